import assert from "node:assert/strict";
import { packed } from "../../../../ops/formats/packed/format.ts";
import { encodePacked } from "../../../../ops/formats/packed/packed.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
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

Deno.test("a packed file is called so where a network is looked for", () => {
  assert.deepEqual(packed.refusal, {
    what: "is a model in Decant's packed format",
    help:
      "export: [tfjs, packed] writes the same model in a form that can be read, from: ./out/…/tfjs/",
  });
});
