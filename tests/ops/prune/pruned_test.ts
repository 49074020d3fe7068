import assert from "node:assert/strict";
import { pruned } from "../../../ops/prune/pruned.ts";
import { runContext } from "../run_context.ts";
import { denseModel } from "./dense_model.ts";

Deno.test("a layer that lost all its weights is warned of by name, one that kept some is not", async () => {
  const small = denseModel([{ kernel: [[1, 2, 3, 4]] }, { kernel: [[0.1], [0.2], [0.3], [0.4]] }]);
  const warnings = async (scope: "global" | "layer") => {
    const context = runContext();
    await pruned(
      small,
      undefined,
      { granularity: "weight", criterion: "magnitude", ratio: 0.5, scope } as never,
      context,
    );
    return context.reported.warnings;
  };
  const found = await warnings("global");
  assert.equal(found.length, 1);
  assert.match(found[0]!, /^Every weight of dense2\/kernel is zero/);
  assert.deepEqual(await warnings("layer"), []);
});
