/** A training over its epochs: the loss and its terms with their weights, the gradient of each, validation. */
import { plainText, wholeText } from "../../quantity.ts";
import type { Measure } from "./chart/axis.ts";
import { type Line, lines } from "./chart/lines.ts";
import { type Html, html } from "./html.ts";
import type { EpochNote, TermNote, TrainingNote } from "../notes.ts";
import { folded, tableHtml } from "./section.ts";

/** Charts, one sentence, and every number folded away. */
export function trainingHtml(training: TrainingNote): Html {
  const { history } = training;
  const names = termNames(history);
  const of = (read: (epoch: EpochNote) => number | undefined) =>
    history.flatMap((epoch) => {
      const value = read(epoch);
      return value === undefined || !Number.isFinite(value) ? [] : [[epoch.epoch, value] as const];
    });
  const perTerm = (read: (term: TermNote) => number | undefined): Line[] =>
    names.map((name, at) => ({
      name,
      colour: at,
      points: of(({ terms }) => terms[at] && read(terms[at])),
    })).filter(({ points }) => points.length > 0);
  const terms = perTerm(({ value, weight }) => value * weight);
  const gradients = perTerm(({ gradient, weight }) => gradient && gradient * weight);
  const total = { name: "loss", points: of(({ loss }) => loss) };
  const validation = of((epoch) => epoch.validation);
  const sparsity = of((epoch) => epoch.sparsity);
  const weighted = names.length > 1
    ? "loss, and its terms times their weights"
    : `loss: ${names.join()}`;
  const charts = [
    [weighted, names.length === 1 ? terms : [total, ...terms]] as const,
    ["gradient norm at each epoch's first update, times weight", gradients] as const,
    ["validation", [{ name: "validation", points: validation }]] as const,
    ["share of zeros", [{ name: "zeros", points: sparsity }]] as const,
  ].flatMap(([label, all]) => {
    const drawn = all.filter(({ points }) => points.length > 0);
    return drawn.length === 0 ? [] : [lines(drawn, epochs, { label, write: plainText })];
  });
  return html`<div class="charts">${charts.map((chart) => html`<figure>${chart}</figure>`)}</div>
<p class="quiet">${sentence(training)}</p>${folded("every epoch", epochTable(history, names))}`;
}

const epochs: Measure = { label: "epoch", write: String, even: true };

/** Names of the terms, by place; one that occurs again is numbered. */
function termNames(history: readonly EpochNote[]): string[] {
  const uses = history[0]!.terms.map(({ use }) => use);
  return uses.map((use, at) => {
    const before = uses.slice(0, at).filter((each) => each === use).length;
    return before === 0 ? use : `${use} ${before + 1}`;
  });
}

function sentence(
  { history, planned, updates, checkpoint, kept, recalibrated }: TrainingNote,
): string {
  const done = history.length;
  const count = planned === undefined || planned === done ? `${done}` : `${done} of ${planned}`;
  const made = updates === undefined ? "" : `, ${wholeText(updates)} updates`;
  const which = kept === undefined
    ? ""
    : ` The weights are those of epoch ${kept}${
      checkpoint === undefined ? "" : ` (${checkpoint})`
    }.`;
  return `${count} ${done === 1 ? "epoch" : "epochs"}${made}.${which}${anew(recalibrated)}`;
}

function anew(recalibrated: TrainingNote["recalibrated"]): string {
  if (recalibrated === undefined) return "";
  const { layers, validation } = recalibrated;
  const score = validation === undefined ? "" : `: validation ${plainText(validation)}`;
  return ` BatchNorm of ${layers} ${layers === 1 ? "layer" : "layers"} was estimated anew${score}.`;
}

function epochTable(history: readonly EpochNote[], names: readonly string[]): Html {
  const shown = (value: number | undefined) => value === undefined ? "–" : plainText(value);
  const validated = history.some(({ validation }) => validation !== undefined);
  const pruned = history.some(({ sparsity }) => sparsity !== undefined);
  return tableHtml(
    [
      "epoch",
      "learning rate",
      "loss",
      ...names.flatMap((name) => [name, "weight", "gradient"]),
      ...(validated ? ["validation"] : []),
      ...(pruned ? ["zeros"] : []),
    ],
    history.map(({ epoch, rate, loss, terms, validation, sparsity }) => [
      epoch,
      shown(rate),
      shown(loss),
      ...names.flatMap((_, at) => [
        shown(terms[at]?.value),
        shown(terms[at]?.weight),
        shown(terms[at]?.gradient),
      ]),
      ...(validated ? [shown(validation)] : []),
      ...(pruned ? [shown(sparsity)] : []),
    ]),
  );
}
