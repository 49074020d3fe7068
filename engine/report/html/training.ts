/**
 * A training over its epochs: the loss and its terms with their weights, the score on validation samples, the learning
 * rate, the gradient of each term.
 */
import type { Task } from "../../facts.ts";
import { percentText, plainText, wholeText } from "../../quantity.ts";
import type { Measure } from "./chart/axis.ts";
import { type Line, lines } from "./chart/lines.ts";
import { type Html, html } from "./html.ts";
import type { EpochNote, TermNote, TrainingNote } from "../notes.ts";
import { folded, tableHtml } from "./section.ts";

/**
 * What a score on validation samples is, by the task of the data: the higher the better as trainings choose by it, so
 * errors are noted with a minus sign.
 */
interface ValidationScore extends Measure {
  of(noted: number): number;
}

const noted = (score: number): number => score;
const error = (score: number): number => 0 - score;

const scores: Readonly<Record<Task, ValidationScore>> = {
  classification: {
    label: "accuracy on validation samples",
    write: percentText,
    most: 1,
    of: noted,
  },
  "multi-label": { label: "nats per label on validation samples", write: plainText, of: error },
  regression: { label: "squared error on validation samples", write: plainText, of: error },
  "next-token": { label: "nats per token on validation samples", write: plainText, of: error },
  reconstruction: { label: "squared error on validation samples", write: plainText, of: error },
  generation: { label: "score on validation samples", write: plainText, of: noted },
};

const unknown = scores.generation;

/** Charts, sentences, and every number folded away. `task` is that of the data, where it is known. */
export function trainingHtml(training: TrainingNote, task?: Task): Html {
  const { history } = training;
  const score = task === undefined ? unknown : scores[task];
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
  const validation = of(({ validation }) =>
    validation === undefined ? validation : score.of(validation)
  );
  const rates = of(({ rate }) => rate);
  const sparsity = of(({ sparsity }) => sparsity);
  const weighted = names.length > 1
    ? "loss, and its terms times their weights"
    : `loss: ${names.join()}`;
  const charts = [
    [plain(weighted), names.length === 1 ? terms : [total, ...terms]] as const,
    [score, [{ name: "validation", points: validation }]] as const,
    [plain("learning rate at each epoch's first update"), [{
      name: "rate",
      points: rates,
    }]] as const,
    [plain("gradient norm at each epoch's first update, times weight"), gradients] as const,
    [plain("share of zeros"), [{ name: "zeros", points: sparsity }]] as const,
  ].flatMap(([measure, all]) => {
    const drawn = all.filter(({ points }) => points.length > 0);
    return drawn.length === 0 ? [] : [lines(drawn, epochs, measure)];
  });
  const said = [sentence(training), ...(validation.length === 0 ? [unvalidated(task)] : [])];
  return html`<div class="charts">${charts.map((chart) => html`<figure>${chart}</figure>`)}</div>
<p class="quiet">${said.filter((each) => each !== "").join(" ")}</p>${
    folded("every epoch", epochTable(history, names))
  }`;
}

const plain = (label: string): Measure => ({ label, write: plainText });

/** Why there is no curve of validation, and how to have one. What is generated has no score that an epoch could take. */
function unvalidated(task: Task | undefined): string {
  return task === "generation"
    ? ""
    : "No epoch was measured on validation samples: `data: { split: { validation: 0.1 } }` sets some aside.";
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
