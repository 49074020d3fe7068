/** One layer by itself: what its kind says of it, and what it computes, in the room and in plain loops. */
import assert from "node:assert/strict";
import { stream } from "../../../../engine/tensor/random.ts";
import { type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import type { Channels, ChannelTies } from "../../../../ops/model/kinds/channels.ts";
import {
  type AccumulatingLayer,
  kindOf,
  type Layer,
  type LayerKind,
  type LayerOf,
} from "../../../../ops/model/kinds/mod.ts";
import { runner } from "../../../../ops/model/infer.ts";
import { shapesOf, sizeOf } from "../../../../ops/model/layers.ts";
import type { Architecture, Model, Role } from "../../../../ops/model/model.ts";
import { floatWeight, mapWeights } from "../../../../ops/model/weights.ts";
import { livelyModel, noise } from "../../lively_model.ts";
import { plainLogits } from "../../plain_forward.ts";
import { assertClose } from "../../../close.ts";

const NAMES = ["a", "b", "c", "d"];

/** A layer called `layer` that reads `count` inputs, `a`, `b` …. */
export function layerOf<K extends LayerKind>(
  kind: K,
  attributes: Omit<LayerOf<K>, "name" | "kind" | "inputs">,
  count = 1,
): LayerOf<K> {
  return {
    name: "layer",
    kind,
    inputs: NAMES.slice(0, count),
    ...attributes,
  } as unknown as LayerOf<K>;
}

/** A network of this layer alone, which reads inputs of these shapes. */
export function networkOf(layer: Layer, ...shapes: readonly (readonly number[])[]): Architecture {
  const inputs = shapes.map((shape, i) => ({ name: NAMES[i]!, shape }));
  return { family: "test", inputs, layers: [layer], outputs: ["layer"], head: "none" };
}

/** The shape that it gives. Throws as `shapesOf` does. */
export function shapeOf(
  layer: Layer,
  ...shapes: readonly (readonly number[])[]
): readonly number[] {
  return shapesOf(networkOf(layer, ...shapes))["layer"]!;
}

/** Its multiply-accumulates. */
export function macsOf(layer: Layer, ...shapes: readonly (readonly number[])[]): number {
  return kindOf(layer).macs(layer, shapes, shapeOf(layer, ...shapes));
}

/** What it gives for inputs of one sample, by its weights. */
export async function valuesOf(
  layer: Layer,
  inputs: readonly { readonly shape: readonly number[]; readonly data: readonly number[] }[],
  weights: Readonly<Partial<Record<Role, readonly number[]>>> = {},
): Promise<number[]> {
  const model = livelyModel(networkOf(layer, ...inputs.map(({ shape }) => shape)));
  const own = Object.entries(weights).map(([role, values]) => {
    const name = `layer/${role}`;
    return [name, floatWeight(model.weights[name]!.shape, Float32Array.from(values))];
  });
  const given = { ...model, weights: { ...model.weights, ...Object.fromEntries(own) } };
  return [...await answers(given, inputs.map(({ data }) => Float32Array.from(data)), 1)];
}

/** Throws where two samples of noise give other values in the room than in plain loops. */
export async function assertPlain(
  layer: Layer,
  ...shapes: readonly (readonly number[])[]
): Promise<void> {
  const model = livelyModel(networkOf(layer, ...shapes));
  const samples = [0, 1].map((index) => noise(model, 2, index));
  const x = shapes.map((_, i) =>
    Float32Array.from(samples.flatMap((sample) => [...sample[i]!.data]))
  );
  assertClose(
    await answers(model, x, samples.length),
    samples.flatMap((sample) => plainLogits(model, sample)),
    2e-6,
  );
}

/** How far a value is moved to see its slope: far enough for a weight, which is rounded to float32. */
const STEP = 1 / 256;

/**
 * Throws where the gradient of a layer, by what it reads and by its weights, is not the slope that plain loops have:
 * Σ wᵢ yᵢ of one sample of noise with other noise w, moved by a little to both sides.
 */
export async function assertSlopes(
  layer: Layer,
  ...shapes: readonly (readonly number[])[]
): Promise<void> {
  const model = livelyModel(networkOf(layer, ...shapes));
  const sample = noise(model, 5);
  const share = stream(6, "share").uniforms(0, sizeOf(shapeOf(layer, ...shapes))).map((u) =>
    u - 0.5
  );
  const sum = (of: Model, x: typeof sample) =>
    plainLogits(of, x).reduce((total, y, i) => total + y * share[i]!, 0);
  const slope = (move: (by: number) => number) => (move(STEP) - move(-STEP)) / (2 * STEP);
  const moved = <T extends Float32Array | Float64Array>(data: T, at: number, by: number): T => {
    const copy = data.slice() as T;
    copy[at]! += by;
    return copy;
  };
  const expected = [
    ...sample.map(({ shape, data }, k) =>
      Array.from(
        data,
        (_, i) =>
          slope((by) =>
            sum(model, sample.map((x, j) => j === k ? { shape, data: moved(data, i, by) } : x))
          ),
      )
    ),
    ...Object.entries(model.weights).map(([name, { shape, data }]) =>
      Array.from(data as Float32Array, (_, i) =>
        slope((by) => {
          const weight = floatWeight(shape, moved(data as Float32Array, i, by));
          return sum({ ...model, weights: { ...model.weights, [name]: weight } }, sample);
        }))
    ),
  ];
  const found = await withTensors(({ tf, tensor, values, valueAndGradients, ...room }) => {
    const whole = { tf, tensor, values, valueAndGradients, ...room };
    const x = sample.map(({ shape, data }) => tensor(Float32Array.from(data), [1, ...shape]));
    const names = Object.keys(model.weights);
    const weights = names.map((name) => {
      const { shape, data } = model.weights[name]!;
      return tensor(data as Float32Array, shape);
    });
    const w = tensor(Float32Array.from(share), [share.length]);
    const { value, gradients } = valueAndGradients(() => {
      const y = kindOf(layer).run(layer, {
        room: whole,
        inputs: x,
        training: false,
        weight: (role) => weights[names.indexOf(`layer/${role}`)]!,
        statistics: () => assert.fail(),
        dropout: () => assert.fail(),
        noise: () => assert.fail(),
      });
      return tf.sum(tf.mul(tf.reshape(y, [share.length]), w));
    }, [...x, ...weights]);
    const result = gradients.map((gradient) => [...values(gradient!)]);
    for (const each of [...x, ...weights, w, value, ...gradients]) each?.dispose();
    return result;
  });
  for (const [index, each] of found.entries()) assertClose(each, expected[index]!, 2e-3);
}

/** Throws where the sums of integer products are not those of plain loops; the layer is linear and has no bias. */
export async function assertIntegerProducts(
  layer: AccumulatingLayer,
  shape: readonly number[],
): Promise<void> {
  const integers = (name: string, count: number) =>
    stream(4, name).uniforms(0, count).map((u) => Math.floor(u * 255) - 127);
  const model = mapWeights(
    livelyModel(networkOf(layer, shape)),
    (weight, name) => floatWeight(weight.shape, integers(name, weight.data.length)),
  );
  const x = integers("x", 2 * sizeOf(shape));
  const kernel = model.weights["layer/kernel"]!;
  const expected = [0, 1].flatMap((sample) => {
    const data = Float64Array.from(
      x.subarray(sample * sizeOf(shape), (sample + 1) * sizeOf(shape)),
    );
    return plainLogits(model, [{ shape, data }]);
  });
  const found = await withTensors((room) => {
    const values = room.tf.tidy(() => {
      const product = kindOf(layer).integers.product!(layer, {
        room,
        x: room.short(Int32Array.from(x), [2, ...shape]),
        kernel: room.tensor(Int32Array.from(kernel.data), kernel.shape, "int32"),
        end: { use: "sums" },
      });
      return [...room.integers(product)];
    });
    return values;
  });
  assert.deepEqual(found, expected);
}

/** The channels that leave a layer, and which were tied or fixed; fresh ones are numbered from 100 on. */
export function channelsOf(
  layer: Layer,
  shapes: readonly (readonly number[])[],
  inputs: readonly (readonly number[])[],
): { readonly leaving: number[]; readonly tied: string[]; readonly fixed: number[] } {
  const tied = new Set<string>();
  const fixed: number[] = [];
  let next = 100;
  const ties: ChannelTies = {
    fresh: (count) => Int32Array.from({ length: count }, () => next++),
    tie(one, other) {
      if (one !== other) tied.add(`${one}=${other}`);
    },
    fix(channels: Channels) {
      fixed.push(...channels);
      return channels;
    },
  };
  const leaving = kindOf(layer).channels.pass({
    layer,
    inputs: inputs.map((each) => Int32Array.from(each)),
    shapes,
    output: shapeOf(layer, ...shapes),
    ties,
  });
  return { leaving: [...leaving], tied: [...tied], fixed };
}

/** The mean per channel that a layer is expected to give; undefined where it is not known. */
export function expectedOf(
  layer: Layer,
  shape: readonly number[],
  means: readonly (readonly number[] | undefined)[],
  weights: Readonly<Partial<Record<Role, readonly number[]>>> = {},
): number[] | undefined {
  const expected = kindOf(layer).expected(layer, {
    inputs: means.map((mean) => mean && { mean: Float64Array.from(mean) }),
    shape,
    weight: (role) => Float32Array.from(weights[role]!),
  });
  return expected && [...expected.mean];
}

async function answers(
  model: Model,
  inputs: readonly Float32Array[],
  count: number,
): Promise<Float32Array> {
  return await withTensors(async (room) => {
    const { run, dispose } = await runner(room, model);
    const x = model.inputs.map(({ shape }, i) => room.tensor(inputs[i]!, [count, ...shape]));
    const y: Tensor = room.tf.tidy(() => run(x));
    const values = room.values(y).slice();
    if (values.length !== count * sizeOf(shapesOf(model)["layer"]!)) {
      throw new Error(`the layer gives ${y.shape}`);
    }
    for (const each of new Set([...x, y])) each.dispose();
    dispose();
    return values;
  });
}
