import assert from "node:assert/strict";
import { runContext } from "../run_context.ts";
import { modelDigest } from "../model_digest.ts";
import { alternativesOf, declared } from "../declared.ts";
import { mlp as mlpFamily } from "../../../ops/model/zoo/mlp.ts";
import type { Model } from "../../../ops/model/model.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { build } from "../../../ops/formats/model.ts";

Deno.test("a model whose data are not known yet has open facts", () => {
  const facts = build.facts({}, { use: "lenet5", seed: 0 });
  assert.deepEqual(facts, { kind: "model", learned: false, family: "lenet5", established: [] });
});

Deno.test("a model whose shapes are known has all facts", () => {
  const params = { use: "mlp", hidden: [4], dropout: 0, input: [3], outputs: 2, seed: 0 };
  const facts = build.facts({}, params) as ModelFacts;
  assert.equal(facts.parameters, 3 * 4 + 4 + 4 * 2 + 2);
  assert.equal(facts.macs, 3 * 4 + 4 * 2);
});

Deno.test("what does not fit is refused at its place", () => {
  const refusal = (params: unknown) => {
    try {
      build.facts({}, params);
    } catch (error) {
      assert.ok(error instanceof ParameterError);
      return [error.code, error.path, error.message];
    }
  };
  const [code, path, message] = refusal({ use: "lenet5", input: [9], outputs: 2, seed: 0 })!;
  assert.deepEqual([code, path], ["shape-mismatch", ""]);
  assert.match(message!, /lenet5 reads images/);
  for (const [input, outputs] of [[[4, 4, 4, 4], 2], [[4, 0], 2], [[4, 0.5], 2], [[4], 2e6]]) {
    const [code, , sentence] = refusal({
      use: "mlp",
      hidden: [4],
      dropout: 0,
      input,
      outputs,
      seed: 0,
    })!;
    assert.equal(code, "shape-mismatch");
    assert.equal(
      sentence,
      "mlp is made for samples of one to 3 axes, each of 1 to 1000000; the data have samples of " +
        `${(input as number[]).join("×")} and ${outputs} outputs`,
    );
  }
});

const mlp = { use: "mlp", hidden: [4], dropout: 0, input: [3], outputs: 2, seed: 0 };
const knows = (params: object) => (build.facts({}, params) as ModelFacts).parameters !== undefined;

Deno.test("a network is known as soon as its input, its answer and its words are", () => {
  assert.ok(knows(mlp));
  for (const field of ["input", "outputs"]) assert.ok(!knows({ ...mlp, [field]: undefined }));
  assert.ok(knows({ ...mlp, input: [1], outputs: 1 }));
  assert.ok(knows({ ...mlp, input: [1, 2, 3] }));
  const { properties } = build.params["x-choice"].alternatives["text-cnn"];
  assert.ok("vocabulary" in properties);
  const text = {
    use: "text-cnn",
    input: [9],
    outputs: 2,
    embedding: 4,
    filters: 2,
    sizes: [3],
    dropout: 0,
    seed: 0,
  };
  assert.ok(!knows(text));
});

Deno.test("with weights of a file a model has learned, and reads it", () => {
  const weights = "./net.safetensors";
  assert.equal((build.facts({}, { ...mlp, weights }) as ModelFacts).learned, true);
  assert.equal((build.facts({}, { use: "mlp", weights, seed: 0 }) as ModelFacts).learned, true);
  assert.equal((build.facts({}, mlp) as ModelFacts).learned, false);
  assert.deepEqual(build.source({ ...mlp, weights } as never), [weights]);
  assert.deepEqual(build.source(mlp as never), []);
});

Deno.test("a network that no memory holds is refused before it is made", () => {
  const refused = (params: object) => {
    try {
      build.facts({}, { ...mlp, ...params });
    } catch (error) {
      assert.ok(error instanceof ParameterError);
      return [error.code, error.path, error.message, error.help];
    }
  };
  const help = "fewer or narrower layers, or smaller samples";
  // 2¹⁵ · 2¹⁵ weights are the most already, without the biases.
  const parameters = 2 ** 30 + 2 ** 15 + 2 * 2 ** 15 + 2;
  assert.deepEqual(refused({ input: [2 ** 15], hidden: [2 ** 15] }), [
    "too-large",
    "",
    `the network would have ${parameters} parameters; ${2 ** 30} is the most`,
    help,
  ]);
  assert.equal(refused({ input: [2 ** 15], hidden: [2 ** 15 - 4] }), undefined);
  const wide = { use: "lenet5", input: [20_000, 20_000, 1] };
  const [code, path, message, way] = refused(wide)!;
  assert.deepEqual([code, path, way], ["too-large", "", help]);
  assert.match(message!, /^`conv1` would give \d+ numbers for each sample; 268435456 is the most$/);
});

Deno.test("weights are drawn from the seed", async () => {
  const made = async (seed: number) =>
    modelDigest(await build.run({}, { ...mlp, seed } as never, runContext()) as Model);
  const architecture = mlpFamily.build([3], 2, { hidden: [4], dropout: 0 });
  assert.equal(await made(5), modelDigest(initialModel(architecture, 5)));
  assert.notEqual(await made(6), await made(5));
  await assert.rejects(
    async () => await build.run({}, { ...mlp, input: undefined } as never, runContext()),
    new Error("internal: a model was to be built before its input and outputs were known"),
  );
});

Deno.test("what the op declares, and the fields that every family has", () => {
  assert.deepEqual(declared(build), {
    ...{ name: "model", version: 1, output: "model", inputs: {} },
    example: { use: "mlp", hidden: [4], input: [3], outputs: 2 },
  });
  assert.ok(build.random({}));
  for (const [family, fields] of Object.entries(alternativesOf(build))) {
    const { input, outputs, seed, weights } = fields;
    const units = { type: "integer", minimum: 1, maximum: 1_000_000 };
    assert.deepEqual({ input, outputs, seed, weights }, {
      input: { type: "array", items: units, minItems: 1, maxItems: 3 },
      outputs: units,
      seed: { type: "integer", minimum: 0, maximum: 0xffff_ffff_ffff, default: 0 },
      weights: { "x-source": true },
    }, family);
  }
});
