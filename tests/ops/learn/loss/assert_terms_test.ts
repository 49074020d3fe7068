/** What a term asks of models and data. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../../engine/op.ts";
import { type Dataset, factsOf } from "../../../../ops/data/dataset.ts";
import { drawLatent } from "../../../../ops/data/embedded/draw_latent.ts";
import type { LossTerm } from "../../../../ops/learn/terms/terms.ts";
import { train } from "../../../../ops/learn/train.ts";
import { modelFacts } from "../../../../ops/model/layers.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { denseModel } from "../../prune/dense_model.ts";
import { tableData, training } from "../small_trainings.ts";

const { train: drawn } = drawLatent({ size: 1, conditions: 1, count: 256, seed: 3 }, []);

const latents: Dataset = {
  meta: {
    input: [1],
    type: "float32",
    task: "generation",
    classes: ["0"],
    outputs: 1,
    normalize: { scale: [1], offset: [0] },
  },
  parts: { train: drawn },
};

const affine = (kernel: number, bias: number) => denseModel([{ kernel: [[kernel]], bias: [bias] }]);

const game = (more: Partial<Extract<LossTerm, { use: "adversarial" }>> = {}): LossTerm => ({
  use: "adversarial",
  weight: 1,
  through: "critic",
  objective: "least-squares",
  critic: "trained",
  real: "numbers",
  ...more,
});

const numbers = (...values: number[]) => tableData(values.map((x) => [x]), values.map(() => [0]));

const cloud = numbers(...Array.from(drawn.x, (z) => 1 + z / 2).reverse());

Deno.test("who takes data for real learns from them, and they are what is made", () => {
  const known = (real: Dataset, judge: Model = affine(1, 0)) => ({
    model: modelFacts(affine(1, 0), { ...affine(1, 0), learned: false }),
    data: factsOf(latents.meta),
    ["loss.0.real"]: factsOf(real.meta),
    ["loss.0.through"]: modelFacts(judge, { ...judge, learned: false }),
  });
  const refused = (facts: ReturnType<typeof known>, term: LossTerm, path: string, words: RegExp) =>
    assert.throws(
      () => train.facts(facts, training({ loss: [term] })),
      (error) =>
        error instanceof ParameterError && error.path === path && words.test(error.message),
    );
  train.facts(known(cloud), training({ loss: [game()] }));
  const wide = tableData([[1, 2]], [[0]]);
  refused(known(wide), game(), "loss.0.real", /makes 1, a sample of the data is 2/);
  refused(known(cloud), game({ critic: "frozen" }), "loss.0.critic", /looks at no real samples/);
  refused(known(cloud), game({ teacher: "other" }), "loss.0.teacher", /not from both/);
  const { real: _, ...taught } = game() as Extract<LossTerm, { use: "adversarial" }>;
  refused(known(cloud), taught, "loss.0", /listens to no teacher/);
});
