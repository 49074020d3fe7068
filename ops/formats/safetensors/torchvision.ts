/**
 * Weights of a network of the zoo by the names of torchvision's state dicts: `<layer>.weight`, `.bias`, and of batch
 * normalisation `.running_mean`, `.running_var`. What a layer is called there, its family says.
 */
import { listed, quoted } from "../../../engine/quote.ts";
import { sameShape, type Shape, show } from "../../../engine/shape.ts";
import { type WeightSlot, weightSlots } from "../../model/layers.ts";
import { kindOf } from "../../model/kinds/mod.ts";
import { isBatchNorm } from "../../model/kinds/norm.ts";
import type { KernelForm } from "../../model/kinds/weights.ts";
import type { Architecture, Role } from "../../model/model.ts";
import { families } from "../../model/zoo/families.ts";
import type { Family, TorchvisionFamily } from "../../model/zoo/family.ts";
import { decodeWeight, floatWeight, permuted } from "../../model/weights.ts";
import { floatsOf, type SafetensorsFile } from "./safetensors_file.ts";

/** Side and colours of the photographs that torchvision's networks have learned from. */
const SIDE = 224;

const ROLES: { readonly [R in Role]?: string } = {
  kernel: "weight",
  bias: "bias",
  gamma: "weight",
  beta: "bias",
  mean: "running_mean",
  variance: "running_var",
};

/** How many batches a normalisation has seen: no weight. */
const COUNTER = ".num_batches_tracked";

/** By the layout of our kernels: where each of our axes is among theirs. */
const AXES: { readonly [L in KernelForm["layout"]]?: readonly number[] } = {
  // Of OIHW.
  HWIO: [2, 3, 1, 0],
  // Of [C · M, 1, H, W], M fastest: read as [C, M, H, W].
  HWCM: [2, 3, 0, 1],
  // Of [outputs, inputs], or of a convolution of one pixel.
  IO: [1, 0],
};

/**
 * The network that a file's names and shapes tell, for photographs of 224×224 unless others are asked for; undefined where
 * they tell none.
 */
export function torchvisionNetwork(
  { tensors }: SafetensorsFile,
  input?: readonly number[],
): Architecture | undefined {
  const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
  for (const family of Object.values(families) as readonly Family[]) {
    const told = family.torchvision?.told(shapes);
    if (told !== undefined) {
      return family.build(input ?? [SIDE, SIDE, told.channels], told.outputs, told.options);
    }
  }
  return undefined;
}

/**
 * The weights by our names; undefined where the family, or the file, is none of torchvision. Throws a RangeError where a
 * tensor has another shape or has no layer here, or the network has other details than torchvision's.
 */
export function torchvisionWeights(
  { tensors }: SafetensorsFile,
  network: Architecture,
): ReadonlyMap<string, Float32Array> | undefined {
  const { torchvision }: Family = families[network.family as keyof typeof families];
  if (torchvision === undefined) return undefined;
  const named = weightSlots(network).map((slot) =>
    [slot, tensorName(slot, torchvision, network)] as const
  );
  const found = named.filter(([, name]) => tensors.has(name));
  // The stem is in every file of the family.
  if (found[0]?.[0] !== named[0]![0]) return undefined;
  assertDetails(network, torchvision);
  const names = new Set(named.map(([, name]) => name));
  const left = [...tensors.keys()].filter((name) => !names.has(name) && !name.endsWith(COUNTER));
  if (left.length > 0) {
    throw new RangeError(`it has ${listed(left, 3)}, for which this network has no layer`);
  }
  return new Map(found.map(([slot, name]) => {
    const { shape } = tensors.get(name)!;
    return [slot.name, arranged(slot, name, shape, floatsOf(tensors.get(name)!))];
  }));
}

function tensorName(
  { layer, role }: WeightSlot,
  { layerName }: TorchvisionFamily,
  { layers }: Architecture,
): string {
  return `${layerName(layer.name, (name) => layers.some((each) => each.name === name))}.${
    ROLES[role]
  }`;
}

/** A network of the same shapes computes something else where it pads, cuts off or divides otherwise. */
function assertDetails({ layers, family }: Architecture, { epsilon }: TorchvisionFamily): void {
  if (layers.find(isBatchNorm)?.epsilon === epsilon) return;
  throw new RangeError(
    `its names are torchvision's, whose ${family} has other details; conventions: torchvision gives the network those`,
  );
}

function arranged(
  { name: ours, layer, role, shape }: WeightSlot,
  name: string,
  theirs: Shape,
  values: Float32Array,
): Float32Array {
  if (!values.every(Number.isFinite)) {
    throw new RangeError(`its ${quoted(name)} holds a number that is not finite`);
  }
  const layout = role === "kernel" ? kindOf(layer).kernel?.layout : undefined;
  const axes = layout && AXES[layout];
  if (axes === undefined) {
    if (sameShape(theirs, shape)) return values;
  } else {
    const read = axes.map((_, axis) => shape[axes.indexOf(axis)]!);
    const flat = layout === "HWCM"
      ? [read[0]! * read[1]!, 1, read[2]!, read[3]!]
      : [...read, ...Array(Math.max(0, theirs.length - read.length)).fill(1)];
    if (sameShape(theirs, flat)) return decodeWeight(permuted(floatWeight(read, values), axes));
  }
  throw new RangeError(
    `its ${quoted(name)} is ${show(theirs)}, which does not fit ${quoted(ours)} of ${show(shape)}`,
  );
}
