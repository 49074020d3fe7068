/**
 * Layers that stand between a student and its teacher while it learns (Romero et al. 2015, "FitNets", §2.1: the
 * regressor). They are layers of the model as it is trained, so that its optimizer moves them and its state holds
 * them; no output reads them, and the learned model goes without them.
 */
import { selectLayers } from "../../../engine/selector.ts";
import { tapped } from "../../model/forward.ts";
import { initialModel } from "../../model/initialize.ts";
import { namedLayers, type Shape, shapesOf } from "../../model/layers.ts";
import type { Architecture, Layer, Model } from "../../model/model.ts";
import { assertMatch } from "./assert_features.ts";
import type { Teacher } from "./teachers.ts";
import { type LossTerm, matchOf } from "../terms/terms.ts";

/** What a term compares, by names of layers and groups: one entry per pair. */
export type TermPlaces = readonly {
  readonly student: readonly string[];
  readonly teacher: readonly string[];
  /** Of both sides' attention, where the term compares what it reads. */
  readonly heads?: number;
}[];

/** A model as it is trained. */
export interface Adapted {
  /** The model with its adapters, which have fresh weights. */
  readonly model: Model;
  /** Per term; undefined for one that compares no values inside. */
  readonly places: readonly (TermPlaces | undefined)[];
}

/**
 * The model with an adapter wherever a term asks for one; weights are drawn by `seed`. Throws a ParameterError where
 * the places of a term cannot be compared.
 */
export function withAdapters(
  model: Model,
  loss: readonly LossTerm[],
  teachers: readonly (Teacher | undefined)[],
  seed: number,
): Adapted {
  const shapes = shapesOf(model);
  const { replaced = [] } = model.established;
  const adapters: { readonly layer: Layer; readonly input: Shape }[] = [];
  const places = loss.map((term, i) => {
    const matched = matchOf(term, replaced);
    if (matched === undefined) return undefined;
    const theirModel = teachers[i]?.architecture;
    if (theirModel === undefined) {
      throw new Error(`internal: no teacher of "${term.use}" shows layers`);
    }
    assertMatch(term, `loss.${i}`, { student: model, teacher: theirModel, replaced });
    const theirs = shapesOf(theirModel);
    return matched.places.map(({ student, teacher }, k) => {
      const { inside } = matched.matching;
      if (inside !== undefined) {
        const [ours, theirs] = [
          inside.of(model, student[0]!)!,
          inside.of(theirModel, teacher[0]!)!,
        ];
        return { student: ours.taps, teacher: theirs.taps, heads: ours.heads };
      }
      const source = tapped(model, student[0]!);
      const [from, to] = [shapes[source]!, theirs[tapped(theirModel, teacher[0]!)]!];
      const kind = matched.matching.adapter?.(term as never, from, to);
      if (kind === undefined) return { student, teacher };
      const layer = adapter(kind, `~adapter.${i}.${k}`, source, to.at(-1)!);
      adapters.push({ layer, input: from });
      return { student: [layer.name], teacher };
    });
  });
  if (adapters.length === 0) return { model, places };
  const alone: Architecture = {
    family: model.family,
    inputs: adapters.map(({ layer, input }) => ({ name: `${layer.name}.input`, shape: input })),
    layers: adapters.map(({ layer }) => ({ ...layer, inputs: [`${layer.name}.input`] })),
    outputs: [],
    head: "none",
  };
  const layers = [...model.layers, ...adapters.map(({ layer }) => layer)];
  const weights = { ...model.weights, ...initialModel(alone, seed).weights };
  return { model: { ...model, layers, weights }, places };
}

/** Names of the layers that selectors choose in the model itself: an adapter is never among them. */
export function selectedLayers(model: Model, selectors: readonly string[]): string[] {
  if (selectors.length === 0) return [];
  return selectLayers(namedLayers(model), selectors);
}

function adapter(kind: "conv" | "dense", name: string, input: string, channels: number): Layer {
  const common = { name, inputs: [input], bias: true, activation: "linear" } as const;
  if (kind === "dense") return { ...common, kind, units: channels };
  return {
    ...common,
    kind,
    filters: channels,
    kernel: [1, 1],
    strides: [1, 1],
    padding: "valid",
    dilations: [1, 1],
  };
}
