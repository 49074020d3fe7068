/** Which layers are replaced: the selected ones that can be, would be smaller, and share their weights with no other. */
import { ParameterError } from "../../engine/op.ts";
import { kindOf } from "../model/kinds/mod.ts";
import { layerFacts, type Shape, sizeOf, weightSlots } from "../model/layers.ts";
import {
  type Architecture,
  type Layer,
  type LayerOf,
  ownerOf,
  weightName,
} from "../model/model.ts";
import { selectionOf } from "../model/selection.ts";
import { usesOf } from "../model/tied.ts";
import type { Factorable } from "./blocks.ts";
import type { ReplaceParams } from "./fields.ts";
import { type Extents, gainfulRank } from "./rank.ts";

/** A layer and the shape of its kernel. */
interface CandidateLayer<L extends Layer> {
  readonly layer: L;
  readonly shape: Shape;
}

/** Those by name. */
export type Candidates<L extends Layer> = ReadonlyMap<string, CandidateLayer<L>>;

/** Which layers a recipe selects, and which of them it leaves out. */
export type LayerChoice = Pick<ReplaceParams, "layers" | "exclude">;

const typeOf = (layer: Layer): string => kindOf(layer).selects(layer);

/** The selected convolutions with a window whose block has fewer weights than they have. */
export function windowLayers(
  architecture: Architecture,
  params: LayerChoice,
  weights: (shape: Shape, layer: LayerOf<"conv">) => number,
): Candidates<LayerOf<"conv">> {
  const suits = (layer: Layer) => layer.kind === "conv" && typeOf(layer) !== "pointwise";
  return chosen<LayerOf<"conv">>(
    architecture,
    params,
    suits,
    (shape, layer) => weights(shape, layer) < sizeOf(shape),
  );
}

/** The selected dense layers and 1×1 convolutions that factors of rank 1 are smaller than. */
export function lowRankLayers(
  architecture: Architecture,
  params: LayerChoice,
): Candidates<Factorable> {
  const suits = (layer: Layer) => ["dense", "pointwise"].includes(typeOf(layer));
  return chosen<Factorable>(
    architecture,
    params,
    suits,
    (shape) => gainfulRank(extentsOf(shape)) > 0,
  );
}

/** Rows and columns of the matrix that a kernel's last two axes are. */
export function extentsOf(shape: Shape): Extents {
  return { rows: shape.at(-2)!, columns: shape.at(-1)! };
}

function chosen<L extends Layer>(
  architecture: Architecture,
  params: LayerChoice,
  suits: (layer: Layer) => boolean,
  gains: (shape: Shape, layer: L) => boolean,
): Candidates<L> {
  const uses = usesOf(architecture.layers);
  const able = new Map(
    architecture.layers.filter((layer) => suits(layer) && uses.get(ownerOf(layer))!.length === 1)
      .map((layer) => [layer.name, layer as L] as const),
  );
  const treatable = layerFacts(architecture).filter(({ name }) => able.has(name));
  const selected = selectionOf(treatable, params, undefined, () => undefined);
  const shapes = new Map(
    weightSlots(architecture).map(({ name, shape }) => [name, shape] as const),
  );
  const candidates = [...selected.keys()]
    .map((name) =>
      [name, { layer: able.get(name)!, shape: shapes.get(weightName(name, "kernel"))! }] as const
    )
    .filter(([, { shape, layer }]) => gains(shape, layer));
  if (candidates.length > 0) return new Map(candidates);
  throw new ParameterError(
    "out-of-range",
    "layers",
    "nothing would be smaller: these layers have too few channels",
    "choose larger layers",
  );
}
