import assert from "node:assert/strict";
import { structureOf } from "../../../ops/model/model.ts";
import { livelyModel } from "../lively_model.ts";
import { zooNetworks } from "../zoo_networks.ts";

Deno.test("the structure of a model is the network it was made of, and nothing that it learned", () => {
  for (const network of Object.values(zooNetworks)) {
    const structure = structureOf(livelyModel(network));
    assert.deepEqual(structure, structureOf(network));
    assert.deepEqual(Object.keys(structure).sort(), [
      ...["family", "head", "inputs", "layers", "outputs"],
    ]);
  }
});
