import assert from "node:assert/strict";
import { packed } from "../../../../ops/formats/packed/format.ts";
import { encodePacked } from "../../../../ops/formats/packed/packed.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { runContext } from "../../run_context.ts";
import { mlp } from "../../../../ops/model/zoo/mlp.ts";

Deno.test("options are those of the encoder, by the names that recipes have", async () => {
  const model = initialModel(mlp.build([4], 2, { hidden: [], dropout: 0 }), 0);
  for (const indices of ["relative", "bitmap"] as const) {
    const options = { coding: "none", indices } as const;
    const files = await packed.write(model, { ...options, ["index_bits"]: 3 });
    assert.deepEqual(files, { "model.packed": encodePacked(model, { ...options, indexBits: 3 }) });
    assert.ok(packed.magic!(files["model.packed"]!));
  }
});

Deno.test("a packed file is called so where something else is looked for, and is read as a model", async () => {
  assert.deepEqual(packed.refusal, {
    what: "is a model in Decant's packed format",
    help: "it is read where a recipe names it: from: ./model.packed",
  });
  const model = {
    ...initialModel(mlp.build([4], 2, { hidden: [3], dropout: 0 }), 0),
    learned: true,
  };
  const bytes = encodePacked(model, { coding: "huffman", indices: "relative", indexBits: 5 });
  const context = runContext({ files: { "net.packed": bytes } });
  const read = await packed.read!.load("net.packed", context, {});
  assert.deepEqual(read.model.weights, model.weights);
  assert.deepEqual(read.files, [bytes]);
  assert.deepEqual(packed.read!.beside(bytes, "net.packed"), []);
});
