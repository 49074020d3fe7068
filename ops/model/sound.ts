/** What every model fulfils: the weights its layers need and no others, stored as their encodings say. */
import { excerpt } from "../../engine/quote.ts";
import { sameShape, show, sizeOf } from "../../engine/shape.ts";
import { weightSlots } from "./layers.ts";
import type { Encoding, Model, Weight } from "./model.ts";

/** Throws an Error that names what is wrong. A step that makes such a model has a bug, not its user. */
export function assertSound(model: Model): void {
  const why = unsoundness(model);
  if (why !== undefined) throw new Error(`internal: ${why}`);
}

/** What is wrong with a model, in a sentence; undefined where nothing is. */
export function unsoundness(model: Model): string | undefined {
  const slots = new Map(weightSlots(model).map((slot) => [slot.name, slot.shape]));
  for (const [name, shape] of slots) {
    const weight = model.weights[name];
    if (weight === undefined) return wrong(name, "it is missing");
    if (!sameShape(weight.shape, shape)) {
      return wrong(name, `its shape is ${show(weight.shape)}, its layer needs ${show(shape)}`);
    }
    const why = misstored(weight);
    if (why !== undefined) return wrong(name, why);
  }
  const spare = Object.keys(model.weights).find((name) => !slots.has(name));
  return spare === undefined ? undefined : wrong(spare, "no layer has it");
}

const stored = {
  f32: Float32Array,
  f16: Uint16Array,
  affine: Int8Array,
  codebook: Uint8Array,
} as const satisfies Record<Encoding["use"], unknown>;

/** Why a weight's arrays are not those of its shape and encoding; undefined where they are. */
export function misstored({ shape, encoding, data, mask }: Weight): string | undefined {
  if (!(data instanceof stored[encoding.use])) {
    return `${encoding.use} is stored as ${stored[encoding.use].name}`;
  }
  const size = sizeOf(shape);
  if (data.length !== size) return `${size} values are needed, ${data.length} are there`;
  if (mask !== undefined && mask.length !== size) {
    return `its mask has ${mask.length} values, not ${size}`;
  }
  if (encoding.use !== "affine") return undefined;
  const scales = encoding.axis === null ? 1 : shape[encoding.axis]!;
  return encoding.scale.length === scales && encoding.zero.length === scales
    ? undefined
    : `${scales} scales and zero points are needed`;
}

/** Which number of a model is not finite, in a sentence without its beginning; undefined where all are. */
export function notFinite(
  { weights, preprocess }: Pick<Model, "weights" | "preprocess">,
): string | undefined {
  if (preprocess !== null && !allFinite([...preprocess.scale, ...preprocess.offset])) {
    return "what it does to its input has a number that is not finite";
  }
  const odd = Object.entries(weights).find(([, weight]) => !hasFinite(weight));
  return odd && `weight "${excerpt(odd[0])}" has a number that is not finite`;
}

/** The largest distance of an integer of a weight from its zero point. */
const FARTHEST = 255;

/** Whether all numbers that a weight stands for are finite; integers are where their scales, times the farthest, are. */
function hasFinite({ encoding, data }: Weight): boolean {
  switch (encoding.use) {
    case "f32":
      return allFinite(data);
    case "f16":
      return data.every((bits) => (bits & HALF_EXPONENT) !== HALF_EXPONENT);
    case "affine":
      return encoding.scale.every((scale) => Number.isFinite(Math.fround(scale * FARTHEST)));
    case "codebook":
      return allFinite(encoding.centroids);
    default:
      return encoding satisfies never;
  }
}

/** All bits of the exponent: of infinity and of what is no number. */
const HALF_EXPONENT = 0x7c00;

/** Whether all are finite, by a loop: an encoder has a hundred million of them. */
export function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false;
  return true;
}

function wrong(name: string, why: string): string {
  return `weight "${excerpt(name)}" is not sound: ${why}`;
}
