/** What every model fulfils: the weights its layers need and no others, stored as their encodings say. */
import { sameShape, show, sizeOf } from "./layers/shape.ts";
import { weightSlots } from "./layers.ts";
import type { Encoding, Model, Weight } from "./model.ts";

/** Throws an Error that names what is wrong. A step that makes such a model has a bug, not its user. */
export function assertSound(model: Model): void {
  const slots = new Map(weightSlots(model).map((slot) => [slot.name, slot.shape]));
  for (const [name, shape] of slots) {
    const weight = model.weights[name];
    if (weight === undefined) throw wrong(name, "it is missing");
    if (!sameShape(weight.shape, shape)) {
      throw wrong(name, `its shape is ${show(weight.shape)}, its layer needs ${show(shape)}`);
    }
    assertStored(name, weight);
  }
  for (const name of Object.keys(model.weights)) {
    if (!slots.has(name)) throw wrong(name, "no layer has it");
  }
}

const stored = {
  f32: Float32Array,
  f16: Uint16Array,
  affine: Int8Array,
  codebook: Uint8Array,
} as const satisfies Record<Encoding["use"], unknown>;

function assertStored(name: string, { shape, encoding, data, mask }: Weight): void {
  if (!(data instanceof stored[encoding.use])) {
    throw wrong(name, `${encoding.use} is stored as ${stored[encoding.use].name}`);
  }
  const size = sizeOf(shape);
  if (data.length !== size) {
    throw wrong(name, `${size} values are needed, ${data.length} are there`);
  }
  if (mask !== undefined && mask.length !== size) {
    throw wrong(name, `its mask has ${mask.length} values, not ${size}`);
  }
  if (encoding.use !== "affine") return;
  const scales = encoding.axis === null ? 1 : shape[encoding.axis]!;
  if (encoding.scale.length !== scales || encoding.zero.length !== scales) {
    throw wrong(name, `${scales} scales and zero points are needed`);
  }
}

function wrong(name: string, why: string): Error {
  return new Error(`internal: weight "${name}" is not sound: ${why}`);
}
