/** One model out of a cohort: the best on validation, or one by its number. */
import assert from "node:assert/strict";
import { type CohortFacts, type ModelFacts, ParameterError } from "../../../engine/op.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import type { Cohort } from "../../../ops/distill/cohort.ts";
import { mutual } from "../../../ops/distill/mutual.ts";
import { pick } from "../../../ops/distill/pick.ts";
import type { Training } from "../../../ops/learn/training_fields.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Model } from "../../../ops/model/model.ts";
import { mlp as perceptron } from "../../../ops/model/zoo/mlp.ts";
import { adam, training } from "../learn/small_trainings.ts";
import { term } from "../learn/terms/support/evaluated.ts";
import { declared, fieldsOf } from "../declared.ts";
import { runContext } from "../run_context.ts";
import { noise } from "./noise.ts";

const loss = [term({ use: "labels" }), term({ use: "peers" })];
const mlp = (seed: number, units = 8): Model =>
  initialModel(perceptron.build([6, 6, 1], 4, { hidden: [units], dropout: 0 }), seed);
const config = (more: Partial<Training>) => ({
  ...training({ epochs: 2, batch: 8, optimizer: adam(0.01), loss }),
  updates: "alternate" as const,
  ...more,
});
const taught = (students: readonly Model[], params: ReturnType<typeof config>, data: Dataset) =>
  mutual.run({ students, data }, params, runContext()) as Promise<Cohort>;

Deno.test("the best on validation is taken, the first of equal ones, or one by its number", async () => {
  const data = noise(20, 6, ["train", "validation"]);
  const context = runContext();
  const [blank, other] = [mlp(1), mlp(2)];
  const long = config({ epochs: 60, optimizer: adam(0.02), loss: [term({ use: "labels" })] });
  const { models: [learned] } = await taught([mlp(5), mlp(6)], { ...long, loss }, data);
  const best = await pick.run(
    { cohort: { models: [blank, learned!, other] }, data },
    { peer: "best" },
    context,
  );
  assert.equal(best, learned);
  const scores = context.reported.notes.scores as number[];
  assert.ok(scores[1]! > scores[0]! && scores[1]! > scores[2]!);
  const equal = await pick.run({ cohort: { models: [learned!, { ...learned! }] }, data }, {
    peer: "best",
  }, runContext());
  assert.equal(equal, learned);
  const third = { cohort: { models: [blank, learned!, other] }, data };
  assert.equal(await pick.run(third, { peer: 3 }, runContext()), other);
});

Deno.test("a peer by its number has its own facts, the best those that all share", () => {
  const facts = [mlp(1), mlp(2, 5)].map((model): ModelFacts =>
    modelFacts(model, { learned: true, established: {} })
  );
  const cohort: CohortFacts = { kind: "cohort", peers: facts };
  assert.deepEqual(pick.facts({ cohort }, { peer: 1 }), facts[0]);
  assert.deepEqual(pick.facts({ cohort }, { peer: 2 }), facts[1]);
  const best = pick.facts({ cohort }, { peer: "best" }) as ModelFacts;
  assert.deepEqual([best.architecture, best.learned], [undefined, true]);
  assert.throws(
    () => pick.facts({ cohort }, { peer: 3 }),
    new ParameterError(
      ...["unknown-name", "peer", "there is no peer 3: the cohort has 2", "peer: best"] as const,
    ),
  );
});

Deno.test("the best is not asked of samples without labels, a peer by its number is taken", () => {
  const facts = [1, 2].map((): ModelFacts =>
    modelFacts(mlp(1), { learned: true, established: {} })
  );
  const cohort: CohortFacts = { kind: "cohort", peers: facts };
  const data = { kind: "dataset", labels: "none" } as const;
  const best = { peer: "best" } as const;
  assert.throws(() => pick.facts({ cohort, data }, best), {
    name: "ParameterError",
    path: "peer",
    message: "The best peer is chosen by validation samples with labels, and nobody has labelled " +
      "the data (labels: none)",
    help: "the peer that goes on by its name: in `mutual`, result: left; in a step, peer: 1",
  });
  for (const [task, what] of [["generation", "generate from"], ["reconstruction", "reconstruct"]]) {
    const data = { kind: "dataset", task } as never;
    assert.throws(
      () => pick.facts({ cohort, data }, best),
      new RegExp(`with labels, and samples to ${what} have none$`),
    );
  }
  assert.deepEqual(pick.facts({ cohort, data }, { peer: 1 }), facts[0]);
  assert.deepEqual(pick.facts({ cohort, data: { kind: "dataset" } }, best), facts[0]);
});

Deno.test("without validation samples there is no best", async () => {
  const { meta, parts } = noise(4);
  const given = { cohort: { models: [mlp(1), mlp(2)] }, data: { meta, parts } };
  assert.deepEqual(await pick.run(given, { peer: 2 }, runContext()), mlp(2));
  const empty = { count: 0, x: new Uint8Array(), y: new Int32Array() };
  await assert.rejects(
    async () =>
      await pick.run(
        { ...given, data: { meta, parts: { ...parts, validation: empty } } },
        { peer: "best" },
        runContext(),
      ),
    new RangeError("Cannot choose the best peer: the data have no validation samples"),
  );
});

Deno.test("what it reads and is called, and the values of its field", () => {
  assert.deepEqual(declared(pick), {
    ...{ name: "pick", version: 1, output: "model", makes: "distilled", changes: "cohort" },
    inputs: {
      cohort: "cohort: The models to choose from",
      data: "dataset: The samples by which the best is chosen",
    },
    example: { peer: "best" },
  });
  assert.deepEqual(fieldsOf(pick), {
    peer: {
      default: "best",
      "x-by-type": {
        number: { type: "integer", minimum: 1, maximum: 1000 },
        string: { enum: ["best"] },
      },
    },
  });
});

Deno.test("validation samples are in the key only where they choose", () => {
  const parts = pick.inputs.data.parts!;
  assert.deepEqual(parts({ peer: 2 }), []);
  assert.deepEqual(parts({ peer: "best" }), ["meta", "validation"]);
});
