/** What a step does and what came of it, in a few words: what was measured, changed, where a training ended. */
import type { Json } from "../digest.ts";
import { isMany, type Node } from "../graph/graph.ts";
import { type Metrics, metricsOf } from "../metrics.ts";
import type { Outcome } from "../store/store.ts";
import {
  bytesText,
  countText,
  latencyText,
  percentText,
  plainText,
  wholeText,
} from "../quantity.ts";
import { figureNamed, figureOf, qualityName } from "./figures.ts";

/** What a step does, in a few words: its op, and what that says of its parameters. */
export function stepAction({ op, step: { params } }: Node): string {
  return [op.name, op.summaryOf(params)].filter((text) => text !== "").join(" ");
}

/** Parts of a line, most telling first; empty where there is nothing to say. */
export function stepSummary(node: Node, { artifact, manifest, notes }: Outcome): string[] {
  if (artifact.kind === "metrics") return measured(node, manifest as unknown as Metrics);
  return [...effects(notes.effect), ...sizes(node), ...training(notes.training)];
}

function measured(node: Node, measures: Metrics): string[] {
  const { agreement, parameters, bytes, latency } = measures;
  return [
    ...quality(node, measures),
    ...(agreement === undefined ? [] : [`agrees ${percentText(agreement)}`]),
    ...(parameters === undefined ? [] : [`${countText(parameters)} parameters`]),
    ...(bytes === undefined ? [] : [bytesText(bytes.encoded)]),
    ...(latency === undefined ? [] : [latencyText(latency)]),
  ];
}

/** The accuracy, else the loss, else the first that was asked for of what tells models apart. */
function quality({ op }: Node, measures: Metrics): string[] {
  const { accuracy, loss } = measures;
  if (accuracy !== undefined) return [percentText(accuracy)];
  if (loss !== undefined) return [`loss ${plainText(loss)}`];
  const metrics = metricsOf([op]);
  const name = qualityName(metrics, [measures]);
  const value = name === undefined ? undefined : figureOf(measures, name);
  if (name === undefined || typeof value !== "number") return [];
  const { label, write } = figureNamed(metrics, name);
  return [`${write(value)} ${label}`];
}

/**
 * An effect is a sentence, or names with what happened to each layer: `{ channels: { conv1: { kept, removed } } }` is
 * summed up, `{ formats: { conv1: "int8" } }` is counted.
 */
function effects(effect: Json | undefined): string[] {
  if (typeof effect === "string") return [effect];
  return Object.entries(object(effect)).flatMap(([name, by]) => {
    if (typeof by === "number") return [`${name} ${plainText(by)}`];
    if (typeof by === "string") return [`${name} ${by}`];
    const layers = Object.values(object(by));
    const kept = sumOf(layers, "kept");
    const removed = sumOf(layers, "removed");
    if (kept + removed > 0) return [`${wholeText(kept)} of ${wholeText(kept + removed)} ${name}`];
    const words = layers.filter((value): value is string => typeof value === "string");
    return [...new Set(words)].map((word) =>
      `${words.filter((each) => each === word).length} × ${word}`
    );
  });
}

/** `221 k → 61 k parameters`, where a step changes how many there are. */
function sizes({ op, inputs, facts }: Node): string[] {
  const before = op.changes === undefined ? undefined : inputs[op.changes];
  if (before === undefined || isMany(before)) return [];
  if (facts?.kind !== "model" || before.facts?.kind !== "model") return [];
  const [from, to] = [before.facts.parameters, facts.parameters];
  if (from === undefined || to === undefined || from === to) return [];
  return [`${countText(from)} → ${countText(to)} parameters`];
}

/** `loss 0.31 = labels 0.02 + soft-targets 0.29`, of the last epoch; a term counts with its weight. */
function training(notes: Json | undefined): string[] {
  const { history } = object(notes);
  if (!Array.isArray(history) || history.length === 0) return [];
  const { loss, terms } = object(history.at(-1) as Json);
  if (typeof loss !== "number") return [];
  const shares = (Array.isArray(terms) ? terms as Json[] : []).flatMap((term) => {
    const { use, value, weight } = object(term);
    if (typeof use !== "string" || typeof value !== "number") return [];
    return [`${use} ${plainText(value * (typeof weight === "number" ? weight : 1))}`];
  });
  return [`loss ${plainText(loss)}${shares.length > 1 ? ` = ${shares.join(" + ")}` : ""}`];
}

function sumOf(layers: readonly Json[], field: string): number {
  return layers.reduce<number>((sum, layer) => {
    const value = object(layer)[field];
    return sum + (typeof value === "number" ? value : 0);
  }, 0);
}

function object(value: Json | undefined): { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as { readonly [name: string]: Json }
    : {};
}
