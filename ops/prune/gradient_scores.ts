/**
 * What removing a weight would cost, to first order: the loss changes by about −g · w (Molchanov et al. 2019, arXiv
 * 1906.10771). Gradients are those of the labels' loss in inference mode, on the first training samples.
 */
import type { RunContext } from "../../engine/op.ts";
import { withTensors } from "../../engine/tensor/mod.ts";
import { type Dataset, part } from "../data/dataset.ts";
import { forward } from "../model/forward.ts";
import { weightTensors } from "../model/infer.ts";
import { type Model, structureOf, weightName } from "../model/model.ts";
import { storesKernel } from "../model/kinds/mod.ts";
import { decodeWeight } from "../model/weights.ts";
import { labelRows } from "../learn/terms/parts/head_output.ts";
import { FIRST_BATCH, inputReader, targetReader } from "../learn/batches.ts";
import { lossOfLabels } from "../learn/terms/labels.ts";
import { channelMap } from "../model/channels.ts";
import { unlabelledTaylor } from "./fields.ts";
import type { Gathered } from "./weight_criteria.ts";

/** Training samples that are looked at. */
export const SAMPLES = 512;

/** g · w of each value of a weight. */
type Products = Readonly<Record<string, Float32Array>>;

/** Mean over batches of (g · w)² of every kernel's values, by weight name (eq. 8 for single weights). */
export async function taylorOfWeights(
  model: Model,
  data: Dataset,
  context: RunContext,
): Promise<Gathered> {
  const sums: Record<string, Float64Array> = {};
  const batches = await eachProduct({ model, data, roles: ["kernel"] }, context, (products) => {
    for (const [name, values] of Object.entries(products)) {
      const sum = sums[name] ??= new Float64Array(values.length);
      values.forEach((product, i) => sum[i]! += product * product);
    }
  });
  return Object.fromEntries(
    Object.entries(sums).map(([name, sum]) =>
      [name, Float32Array.from(sum, (each) => each / batches)] as const
    ),
  );
}

/** What samples are to say of: the units of a model, with heads of attention or without. */
export interface SampledCut {
  readonly model: Model;
  readonly data: Dataset;
  readonly heads?: boolean;
}

/**
 * Mean over batches of (Σ g · w)² over all kernels and biases that write a unit of channels (eq. 8 for filters), by
 * the unit's id: channels that go together cost what they cost together.
 */
export async function taylorOfUnits(
  { model, data, heads = false }: SampledCut,
  context: RunContext,
): Promise<ReadonlyMap<number, number>> {
  const units = channelMap(structureOf(model), { heads }).groups.flatMap((group) => group.units);
  const totals = new Map<number, number>(units.map(({ id }) => [id, 0]));
  const roles = ["kernel", "bias"] as const;
  await eachProduct({ model, data, roles }, context, (products, share) => {
    const perChannel = new Map<string, Float64Array>();
    for (const { name } of model.layers.filter(storesKernel)) {
      const kernel = products[weightName(name, "kernel")]!;
      const { shape } = model.weights[weightName(name, "kernel")]!;
      const sums = new Float64Array(shape.at(-1)!);
      kernel.forEach((product, i) => sums[i % sums.length]! += product);
      const bias = products[weightName(name, "bias")];
      if (bias?.length === sums.length) bias.forEach((product, c) => sums[c]! += product);
      perChannel.set(name, sums);
    }
    for (const { id, members } of units) {
      let sum = 0;
      for (const [layer, channels] of members) {
        for (const channel of channels) sum += perChannel.get(layer)![channel]!;
      }
      totals.set(id, totals.get(id)! + share * sum * sum);
    }
  });
  return totals;
}

/** Hands the products of each batch to `body`, with one over the number of batches; gives that number. */
async function eachProduct(
  { model, data, roles }: {
    readonly model: Model;
    readonly data: Dataset;
    readonly roles: readonly ("kernel" | "bias")[];
  },
  context: RunContext,
  body: (products: Products, share: number) => void,
): Promise<number> {
  const train = part(data, "train");
  if (train.y === null) {
    throw unlabelledTaylor();
  }
  const names = model.layers.flatMap(({ name }) => roles.map((role) => weightName(name, role)))
    .filter((name) => model.weights[name] !== undefined);
  const total = Math.min(SAMPLES, train.count);
  const batches = Math.ceil(total / FIRST_BATCH);
  return await withTensors(async (room) => {
    const { weights, dispose } = weightTensors(room, model);
    const read = inputReader(room, data.meta, train, model);
    const targets = targetReader(room, data.meta, train);
    const values = new Map(names.map((name) => [name, decodeWeight(model.weights[name]!)]));
    const { task } = data.meta;
    try {
      for (let k = 0; k < batches; k++) {
        context.signal.throwIfAborted();
        const length = Math.min(FIRST_BATCH, total - k * FIRST_BATCH);
        const samples = Uint32Array.from({ length }, (_, i) => k * FIRST_BATCH + i);
        room.tf.tidy(() => {
          const [x, rows] = [read({ samples }), targets({ samples })];
          const { gradients } = room.valueAndGradients(() => {
            const logits = forward(room, { ...model, weights }, x, { training: false }).outputs[0]!;
            const answers = labelRows(room, task, logits, logits.shape.at(-1)!);
            const seen = { own: { model, weights }, sample: x[0]! };
            return lossOfLabels({ room, task, logits: answers, targets: rows, ...seen }, {
              smoothing: 0,
            });
          }, names.map((name) => weights[name]!));
          const products = names.map((name, i) => {
            const [g, w] = [gradients[i], values.get(name)!];
            return [name, g ? room.values(g).map((each, at) => each * w[at]!) : w.map(() => 0)];
          });
          body(Object.fromEntries(products) as Products, 1 / batches);
        });
        context.progress((k + 1) / batches, `gradients of ${k * FIRST_BATCH + length} samples`);
        await room.yieldToEventLoop();
      }
    } finally {
      dispose();
    }
    return batches;
  }, context);
}
