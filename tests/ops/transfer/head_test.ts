/** The op `head`: what it declares, knows before it runs, refuses and says. */
import assert from "node:assert/strict";
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Established } from "../../../ops/model/model.ts";
import { head } from "../../../ops/transfer/head.ts";
import { declared } from "../declared.ts";
import { livelyModel } from "../lively_model.ts";
import { recordingContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";

const params = { pool: "auto", hidden: [], dropout: 0, outputs: 5, seed: 0 } as const;
const resnet = zooNetworks.resnet!;
const known = (established: Established = {}, learned = true) =>
  modelFacts(resnet, { learned, established });
const run = (model = { ...livelyModel(resnet), learned: true }, more = {}) =>
  head.run({ model }, { ...params, ...more }, recordingContext().context) as Promise<typeof model>;
const refused = (facts: ModelFacts, more = {}) => {
  try {
    head.facts({ model: facts }, { ...params, ...more });
  } catch (error) {
    assert.ok(error instanceof ParameterError);
    return `${error.code} ${error.path}: ${error.message} (${error.help})`;
  }
  return "nothing";
};

Deno.test("head declares these inputs, invariants and refusals", () => {
  assert.deepEqual(declared(head), {
    name: "head",
    version: 1,
    inputs: { model: "model: The model whose layers are built on" },
    output: "model",
    numerics: "none",
    changes: "model",
    forgets: true,
    makes: "headed",
    alsoCalled: ["transfer"],
    refusedAfter: [{
      after: "quantize",
      because: "a new classifier would have no number format",
      help: "put head first, then quantize",
    }],
    example: { after: "dense1", hidden: [4], outputs: 3 },
  });
  assert.equal(head.random(params), true);
});

Deno.test("facts before the run are those of what it makes, and it has not learned", async () => {
  for (const more of [{}, { after: ["stage1"], hidden: [6], dropout: 0.5 }]) {
    const after = await run(undefined, more);
    assert.deepEqual(
      head.facts({ model: known() }, { ...params, ...more }),
      modelFacts(after, after),
    );
    assert.equal(after.learned, false);
  }
  const replaced = { replaced: ["stage1.block1.conv1"] };
  const facts = head.facts({ model: known(replaced) }, params) as ModelFacts;
  assert.deepEqual([facts.established, facts.replaced], [["replaced"], replaced.replaced]);
});

Deno.test("while layers or outputs are not known only that is known", () => {
  const open: ModelFacts = {
    kind: "model",
    learned: true,
    family: "loaded",
    established: ["zeros"],
  };
  const forgotten = { ...open, learned: false };
  assert.deepEqual(head.facts({ model: open }, params), forgotten);
  const { outputs: _, ...without } = params;
  assert.deepEqual(head.facts({ model: known() }, without), {
    ...{ kind: "model", learned: false, family: "resnet", established: [] },
  });
});

Deno.test("what earlier steps established and it could not keep is refused", async () => {
  const order = "(put head first, then quantize)";
  const quantized =
    `order model: the model is quantized already, and a new classifier would have no number format ${order}`;
  assert.equal(refused(known({ format: "int8" })), quantized);
  const model = { ...livelyModel(resnet), established: { format: "int8" }, learned: true };
  await assert.rejects(run(model), /the model is quantized already/);
  assert.equal(
    refused(known({ replaced: ["stage1.block1.conv1", "stage3.block1.conv1"] }), {
      after: ["stage1"],
    }),
    "order after: `stage3.block1.conv1`, which stands for what was replaced, would be cut off " +
      "(put head first, then replace)",
  );
  assert.match(refused(known(), { after: ["nowhere"] }), /^selector-empty after: /);
});

Deno.test("it says what the new classifier reads and answers", async () => {
  const model = { ...livelyModel(resnet), learned: true };
  const said = async (more = {}) => head.effect!({ model }, await run(model, more));
  assert.equal(await said(), "`head` behind `head.pool` (16), 5 outputs");
  assert.equal(await said({ outputs: 3 }), "`head` behind `head.pool` (16), 3 outputs");
  assert.equal(
    await said({ after: ["stem.norm"], outputs: 2, dropout: 0.1 }),
    "`head` behind `stem.norm` (8×8×4), 2 outputs",
  );
});
