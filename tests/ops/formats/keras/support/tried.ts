/**
 * What can be done with each layer class of Keras and of tfjs-layers, found by trying it with the models of the class in
 * `tests/fixtures/keras`.
 */
import { withTensors } from "../../../../../engine/tensor/mod.ts";
import { exportFiles } from "../../../../../ops/formats/export.ts";
import { type FormatParams, formats } from "../../../../../ops/formats/formats.ts";
import { forward } from "../../../../../ops/model/forward.ts";
import { storesKernel } from "../../../../../ops/model/kinds/mod.ts";
import type { Model } from "../../../../../ops/model/model.ts";
import { decodeWeight } from "../../../../../ops/model/weights.ts";
import { maskWeights } from "../../../../../ops/prune/mask_weights.ts";
import { quantized } from "../../../../../ops/quantize/quantized.ts";
import type { IntegerParams } from "../../../../../ops/quantize/fields.ts";
import { noiseData } from "../../../noise_data.ts";
import { runContext } from "../../../run_context.ts";
import { assertAnswers, singles } from "./saved.ts";

/** What came of a class. */
export interface Tried {
  /** Every model of the class is read, and answers as Keras does. */
  readonly reads: boolean;
  /** Every weight has a slope, or there is none; undefined where it is not read. */
  readonly trains: boolean | undefined;
  /** Half of the kernels become zeros; undefined where there are no kernels. */
  readonly prunes: boolean | undefined;
  /** Kernels become integers of 8 bits, values between layers where they can; undefined where there are no kernels. */
  readonly quantizes: boolean | undefined;
  /** Formats whose files were run and answered as the model. */
  readonly exports: readonly string[];
}

const NOTHING: Tried = {
  reads: false,
  trains: undefined,
  prunes: undefined,
  quantizes: undefined,
  exports: [],
};

const int8: IntegerParams = {
  scheme: "int8",
  granularity: "channel",
  symmetry: "symmetric",
  activations: { use: "int8", granularity: "tensor", symmetry: "asymmetric" },
  calibrate: { use: "minmax", samples: 16 },
  fold: "batchnorm",
  equalize: "none",
  "bias_correction": "none",
  rules: "onnx",
};

/** Tries a class; all marks but the first are of the first of its models. */
export async function tried(className: string): Promise<Tried> {
  const names = singles(new RegExp(`^${className}(-|$)`));
  if (names.length === 0) return NOTHING;
  const models: Model[] = [];
  for (const name of names) {
    const model = await assertAnswers(name).catch(() => undefined);
    if (model === undefined) return NOTHING;
    models.push(model);
  }
  const [model] = models as [Model];
  const hasKernels = model.layers.some(storesKernel);
  return {
    reads: true,
    trains: await hasSlopes(model),
    prunes: hasKernels ? losesWeights(model) : undefined,
    quantizes: hasKernels ? await becomesIntegers(model) : undefined,
    exports: await written(model),
  };
}

/** Whether the sum of squares of what a model answers has a finite slope by its weights, and not all are 0. */
async function hasSlopes(model: Model): Promise<boolean | undefined> {
  const names = Object.keys(model.weights).filter((name) => !/\/(mean|variance)$/.test(name));
  if (names.length === 0) return undefined;
  return await withTensors((room) => {
    const { tf, tensor, values, valueAndGradients } = room;
    const { x: data } = noiseData(model, 2).parts.train!;
    const x = [tensor(data as Float32Array, [2, ...model.inputs[0]!.shape])];
    const weights = names.map((name) =>
      tensor(decodeWeight(model.weights[name]!), model.weights[name]!.shape)
    );
    const still = Object.keys(model.weights).filter((name) => !names.includes(name))
      .map((name) =>
        [name, tensor(decodeWeight(model.weights[name]!), model.weights[name]!.shape)] as const
      );
    try {
      const { value, gradients } = valueAndGradients(() => {
        const own = Object.fromEntries([
          ...names.map((name, at) => [name, weights[at]!]),
          ...still,
        ]);
        const pass = forward(room, { ...model, weights: own }, x, {
          training: true,
          dropout: (_layer, shape) => tf.ones([...shape]),
          noise: (_layer, shape) => tf.zeros([...shape]),
        });
        return tf.sum(tf.square(pass.outputs[0]!));
      }, weights);
      const slopes = gradients.flatMap((each) => [...values(each!)]);
      for (const each of [value, ...gradients]) each?.dispose();
      return slopes.every(Number.isFinite) && slopes.some((slope) => slope !== 0);
    } catch {
      return false;
    } finally {
      for (const each of [...x, ...weights, ...still.map(([, each]) => each)]) each.dispose();
    }
  });
}

function losesWeights(model: Model): boolean {
  const params = {
    criterion: "magnitude",
    scope: "global",
    ratio: 0.5,
    layers: ["*"],
    exclude: [],
  };
  const pruned = maskWeights(model, params as never, 0);
  return Object.values(pruned.weights).some(({ mask }) => mask?.includes(0));
}

async function becomesIntegers(model: Model): Promise<boolean> {
  const data = noiseData(model, 16);
  const found = await quantized(model, data, int8, runContext()).catch(() => undefined);
  const weights = Object.values(found?.weights ?? {});
  return weights.some(({ encoding }) => encoding.use === "affine");
}

/** Formats that hold the model: their files are run, or read again, and compared. */
async function written(model: Model): Promise<readonly string[]> {
  const able: string[] = [];
  for (const format of formats) {
    if (!("fields" in format)) continue;
    const fields = Object.entries(
      format.fields.properties as Record<string, { default?: unknown }>,
    );
    const params = {
      ...Object.fromEntries(fields.map(([name, field]) => [name, field.default])),
      use: format.name,
      tolerance: 0.001,
    } as FormatParams;
    try {
      await exportFiles.run({ model, data: undefined }, params, runContext());
      able.push(format.name);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
  return able;
}
