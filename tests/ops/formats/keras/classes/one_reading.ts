/** What the reader of one layer class sees, and what it adds. */
import type { FileWeight, Reading } from "../../../../../ops/formats/keras/assembly.ts";
import { configOf } from "../../../../../ops/formats/keras/config.ts";
import type { Shape } from "../../../../../ops/model/layers.ts";
import { kindOf, type Layer } from "../../../../../ops/model/kinds/mod.ts";

/** A reading of the layer `a` with this config, which reads `x0`, `x1` …, and what comes of it. */
export function reading(
  config: object,
  inputs: readonly Shape[],
  weights: Readonly<Record<string, FileWeight>> = {},
  more: Partial<Reading> = {},
) {
  const added: [layer: Layer, weights: Readonly<Record<string, FileWeight>>][] = [];
  const prepared: unknown[] = [];
  const heads: string[] = [];
  const shapes = new Map<string, Shape>(inputs.map((shape, i) => [`x${i}`, shape]));
  const of: Reading = {
    name: "a",
    config: configOf("a", "Layer", config as never),
    inputs: [...shapes.keys()],
    shapes: inputs,
    masks: inputs.map(() => undefined),
    hides: () => {},
    shape: (name) => shapes.get(name)!,
    keras: 2,
    first: true,
    leaves: false,
    weight: (name) => weights[name],
    add(layer, own = {}) {
      added.push([layer, own as Record<string, FileWeight>]);
      shapes.set(
        layer.name,
        kindOf(layer).shape(layer, layer.inputs.map((each) => shapes.get(each)!)),
      );
    },
    preprocess: (found) => void prepared.push(found),
    head: (head) => void heads.push(head),
    fuse: () => false,
    input: () => {},
    ...more,
  };
  return { of, added, prepared, heads };
}

/** A weight of these values. */
export const weight = (shape: readonly number[], ...values: number[]): FileWeight => ({
  shape,
  values: Float32Array.from(values),
});

/** Layers in a line each: its name, its kind, what it reads. */
export const lines = (added: readonly (readonly [Layer, unknown])[]): readonly string[] =>
  added.map(([{ name, kind, inputs }]) => `${name} ${kind} < ${inputs.join(" ")}`);
