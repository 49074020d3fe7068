/** One update: weights of terms, clipping, and its figures, by hand. */
import assert from "node:assert/strict";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { closeLearner, openLearner } from "../../../ops/learn/learner.ts";
import { type PeerUpdates, updateTogether } from "../../../ops/learn/update.ts";
import { denseModel } from "../prune/dense_model.ts";
import { fitted, sgd, tableData, training, valuesOf } from "./small_trainings.ts";
import { term } from "./terms/support/evaluated.ts";
import { assertClose } from "../../close.ts";

const neuron = () => denseModel([{ kernel: [[0.5], [-0.5]], bias: [0.1] }]);

const sample = tableData([[1, 2]], [[1]]);

// The answer is −0.4, the squared error 1.96, its gradient 2 · (−0.4 − 1) = −2.8 times [1, 2] and 1.
const GRADIENT = [-2.8, -5.6, -2.8];

async function after(params: Parameters<typeof training>[0]): Promise<number[]> {
  const { model } = await fitted(neuron(), sample, training(params));
  return [...valuesOf(model, "dense1/kernel"), ...valuesOf(model, "dense1/bias")];
}

/** The same neuron in double precision, moved by `step` as often as asked. */
function byHand(
  epochs: number,
  step: (gradient: readonly number[], weights: readonly number[], t: number) => number[],
): number[] {
  let weights = [0.5, -0.5, 0.1];
  for (let t = 1; t <= epochs; t++) {
    const error = 2 * (weights[0]! + 2 * weights[1]! + weights[2]! - 1);
    weights = step([error, 2 * error, error], weights, t);
  }
  return weights;
}

Deno.test("a weight of a term scales its gradient, a curve of weights moves with time", async () => {
  const half = { use: "labels", weight: 0.5, smoothing: 0 } as const;
  assertClose(await after({ loss: [half] }), [0.5 + 0.14, -0.5 + 0.28, 0.1 + 0.14], 2e-6);
  const falling = { ...half, weight: { use: "linear", start: 1, end: 0 } } as const;
  const expected = byHand(
    2,
    (gradient, weights, t) => weights.map((w, i) => w - 0.1 * (t === 1 ? 1 : 0.5) * gradient[i]!),
  );
  assertClose(
    await after({ epochs: 2, optimizer: sgd(0.1, { momentum: 0 }), loss: [falling] }),
    expected,
    2e-6,
  );
});

Deno.test("clip_norm shortens a gradient that is too long and leaves a shorter one", async () => {
  const norm = Math.hypot(...GRADIENT);
  const shortened = [0.5, -0.5, 0.1].map((w, i) => w - 0.1 * GRADIENT[i]! / norm);
  assertClose(await after({ clip_norm: 1 }), shortened, 2e-6);
  assertClose(await after({ clip_norm: 7 }), [0.78, 0.06, 0.38], 2e-6);
});

Deno.test("the note gives the loss before the update, the term's gradient norm and the rate", async () => {
  const { note } = await fitted(
    neuron(),
    sample,
    training({ loss: [{ use: "labels", weight: 0.25, smoothing: 0 }] }),
  );
  const [epoch] = note.history;
  assertClose(
    [epoch!.loss, epoch!.terms[0]!.value, epoch!.terms[0]!.weight],
    [0.49, 1.96, 0.25],
    2e-6,
  );
  assertClose([epoch!.terms[0]!.gradient], [Math.hypot(...GRADIENT)], 2e-6);
});

/** Updates of neurons side by side on the one sample; their figures, and the weights they end with. */
async function updated(
  loss: ReturnType<typeof training>["loss"],
  { count = 1, measure = false, updates = "alternate" as PeerUpdates, data = sample } = {},
) {
  return await withTensors((room) => {
    const job = {
      ...{ model: neuron(), data, training: training({ loss, optimizer: sgd(0.1) }) },
      teachers: loss.map(() => undefined),
    };
    const learners = Array.from({ length: count }, () => openLearner(room, job));
    const options = { moment: { epoch: 0, epochs: 1, update: 0 }, measure, updates };
    const figures = updateTogether(room, learners, { samples: Uint32Array.of(0) }, options);
    const weights = learners.map(({ variables }) =>
      variables.moving.flatMap(({ tensor }) => [...room.values(tensor)])
    );
    for (const learner of learners) closeLearner(learner);
    return { figures, weights };
  });
}

const squared = (weight: number) => ({ use: "labels", weight, smoothing: 0 }) as const;

Deno.test("norms are those of each term before its weight, and measured only where asked for", async () => {
  const { figures: [asked] } = await updated([squared(0.5), squared(2)], { measure: true });
  const norm = Math.hypot(...GRADIENT);
  assertClose([asked!.loss, ...asked!.values], [2.5 * 1.96, 1.96, 1.96], 2e-6);
  assertClose(asked!.norms!, [norm, norm], 2e-6);
  const { figures: [silent] } = await updated([squared(0.5), squared(2)]);
  assert.equal(silent!.norms, undefined);
  assert.equal(silent!.loss, asked!.loss);
});

Deno.test("measuring moves no weight otherwise", async () => {
  const [plain, measured] = [false, true].map((measure) => updated([squared(1)], { measure }));
  assert.deepEqual((await measured!).weights, (await plain!).weights);
});

Deno.test("where the loss is not finite no weight moves", async () => {
  const { figures, weights } = await updated([squared(1)], {
    data: tableData([[1, 2]], [[Number.POSITIVE_INFINITY]]),
  });
  assert.equal(figures[0]!.loss, Number.POSITIVE_INFINITY);
  assertClose(weights[0]!, [0.5, -0.5, Math.fround(0.1)], 2e-6);
});

Deno.test("models that do not learn from one another move alike beside one another, in either order", async () => {
  const { weights: [alone] } = await updated([squared(1)]);
  for (const updates of ["alternate", "simultaneous"] as const) {
    const { figures, weights } = await updated([squared(1)], { count: 3, updates });
    assert.deepEqual(figures.map(({ loss }) => loss), Array(3).fill(figures[0]!.loss));
    assert.deepEqual(weights, [alone, alone, alone]);
  }
});

Deno.test("a model sees which peers have learned already: alternate moves the second model elsewhere, the first alike", async () => {
  const classes = {
    meta: { ...sample.meta, task: "classification", classes: ["a", "b"], outputs: 2 },
    parts: { train: { count: 1, x: Float32Array.of(1), y: Int32Array.of(0) } },
  } as const;
  const models = [[2, 0], [0, 1]].map((logits) => denseModel([{ kernel: [logits] }]));
  const loss = [term({ use: "labels" }), term({ use: "peers" })];
  const moved = (updates: PeerUpdates) =>
    withTensors((room) => {
      const learners = models.map((model) =>
        openLearner(room, {
          ...{ model, data: classes, training: training({ loss, optimizer: sgd(0.5) }) },
          teachers: loss.map(() => undefined),
        })
      );
      const options = { moment: { epoch: 0, epochs: 1, update: 0 }, measure: false, updates };
      updateTogether(room, learners, { samples: Uint32Array.of(0) }, options);
      const weights = learners.map((
        { variables },
      ) => [...room.values(variables.moving[0]!.tensor)]);
      for (const learner of learners) closeLearner(learner);
      return weights;
    });
  const [alternate, simultaneous] = [await moved("alternate"), await moved("simultaneous")];
  assert.deepEqual(alternate[0], simultaneous[0]);
  assert.ok(Math.abs(alternate[1]![0]! - simultaneous[1]![0]!) > 1e-3);
});
