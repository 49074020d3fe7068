import assert from "node:assert/strict";
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
  const [code, , message] = refusal({ use: "lenet5", input: [9], outputs: 2, seed: 0 })!;
  assert.equal(code, "shape-mismatch");
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
    assert.match(sentence!, /mlp is made for samples of one to 3 axes/);
  }
});
