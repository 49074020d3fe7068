/** Checks of what a layer reads: each throws a RangeError that names the layer. */
import { quoted } from "../../../engine/quote.ts";
import { type Shape, show } from "../../../engine/shape.ts";

interface LayerIdentity {
  readonly name: string;
  readonly kind: string;
}

/** The error of a layer that cannot be built. */
export function cannot({ name, kind }: LayerIdentity, why: string): RangeError {
  return new RangeError(`Cannot build layer ${quoted(name)} (${kind}): ${why}`);
}

/** The one shape that a layer reads. */
export function one(layer: LayerIdentity, inputs: readonly Shape[]): Shape {
  const [shape] = inputs;
  if (inputs.length !== 1 || shape === undefined || shape.length === 0) {
    throw cannot(layer, `it reads one layer, not ${inputs.length}`);
  }
  return shape;
}

/** The shapes of a layer that reads two or more. */
export function several(
  layer: LayerIdentity,
  inputs: readonly Shape[],
): readonly [Shape, ...Shape[]] {
  const [first, ...others] = inputs;
  if (first === undefined || others.length === 0) {
    throw cannot(layer, `it reads at least two layers, not ${inputs.length}`);
  }
  return [first, ...others];
}

/** Height, width and channels of the image that a layer reads. */
export function image(
  layer: LayerIdentity,
  inputs: readonly Shape[],
): readonly [number, number, number] {
  const shape = one(layer, inputs);
  if (shape.length === 3) return shape as unknown as readonly [number, number, number];
  throw cannot(layer, `it reads an image (height × width × channels), its input is ${show(shape)}`);
}

/** Depth, height, width and channels of the volume that a layer reads. */
export function volume(layer: LayerIdentity, inputs: readonly Shape[]): Volume {
  const shape = one(layer, inputs);
  if (shape.length === 4) return shape as unknown as Volume;
  throw cannot(
    layer,
    `it reads a volume (depth × height × width × channels), its input is ${show(shape)}`,
  );
}

type Volume = readonly [number, number, number, number];

/** Length and size of the sequence that a layer reads. */
export function sequence(
  layer: LayerIdentity,
  inputs: readonly Shape[],
): readonly [number, number] {
  const shape = one(layer, inputs);
  if (shape.length === 2) return shape as unknown as readonly [number, number];
  throw cannot(layer, `it reads a sequence (length × size), its input is ${show(shape)}`);
}
