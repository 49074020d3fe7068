import { shapeOf } from "../declared.ts";
import {
  assertRecalibrates,
  recalibrateField,
  recalibrationData,
} from "../../../ops/learn/recalibrate_field.ts";
import assert from "node:assert/strict";
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { cluster } from "../../../ops/cluster/cluster.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { recipe, RecipeError } from "../../../mod.ts";
import { prune } from "../../../ops/prune/prune.ts";
import { replace } from "../../../ops/replace/replace.ts";
import { zooNetworks } from "../zoo_networks.ts";

/** The facts of each stage that takes the field, over a network of the zoo. */
function stages(network: string): readonly (() => unknown)[] {
  const facts = modelFacts(zooNetworks[network]!, { learned: true, established: {} });
  const given = { model: facts as ModelFacts };
  const weights = { granularity: "weight", criterion: "magnitude", scope: "global", ratio: 0.5 };
  const pattern = { granularity: "pattern", criterion: "magnitude", keep: 2, of: 4 };
  const svd = { layers: ["type:dense"], with: { use: "svd", rank: 1 }, order: "together" };
  return [
    () => prune.facts(given, { ...weights, recalibrate: 3 }),
    () => prune.facts(given, { ...pattern, recalibrate: 3 }),
    () => cluster.facts(given, { clusters: 4, init: "linear", recalibrate: 3 }),
    () => replace.facts(given, { ...svd, init: "fitted", recalibrate: 3 }),
  ];
}

Deno.test("estimating BatchNorm again where there is none is refused, and said before anything runs", () => {
  for (const facts of stages("lenet5")) {
    assert.throws(facts, (error) => {
      assert.ok(error instanceof ParameterError, String(error));
      assert.equal(error.path, "recalibrate");
      assert.match(error.message, /estimates BatchNorm again, and this model \(lenet5\) has none/);
      assert.equal(error.help, "leave recalibrate out");
      return true;
    });
  }
});

Deno.test("a model with BatchNorm is estimated again by every stage that takes the field", () => {
  for (const facts of stages("mobilenet-v1")) facts();
});

Deno.test("of a model that is not known yet nothing is said", () => {
  const model: ModelFacts = { kind: "model", learned: true, family: "loaded", established: [] };
  cluster.facts({ model }, { clusters: 4, init: "linear", recalibrate: 3 });
});

Deno.test("a word of a training's field in a stage's own is told where it belongs", () => {
  const cut = { granularity: "channel", ratio: 0.5, recalibrate: "never" };
  const value = { name: "x", data: "digits", model: "lenet5", prune: cut };
  assert.throws(() => recipe(value as never), (error) => {
    assert.ok(error instanceof RecipeError);
    const { path, message, help } = error.diagnostics[0]!;
    assert.equal(path, "prune.recalibrate");
    assert.match(message, /must be a whole number/);
    assert.match(help!, /a number of batches.* in it: finetune: \{ recalibrate: never \}$/);
    return true;
  });
});

Deno.test("BatchNorm is needed only where it is to be estimated again, and where layers are known", () => {
  const facts = { kind: "model", learned: true, established: [] } as const;
  const dense = [{ name: "a", type: "dense", kind: "dense", parameters: 1 }] as never;
  assertRecalibrates({ ...facts, layers: dense }, {});
  assertRecalibrates(facts, { recalibrate: 3 });
  assert.throws(
    () => assertRecalibrates({ ...facts, layers: dense, family: "mlp" }, { recalibrate: 3 }),
    /this model \(mlp\) has none/,
  );
});

Deno.test("the field is a number of batches, and training samples are read where it is there", () => {
  assert.deepEqual(shapeOf(recalibrateField), {
    ...{ type: "integer", minimum: 1, maximum: 2 ** 31 - 1 },
  });
  const { description, parts } = recalibrationData;
  assert.equal(description, "The training samples on which BatchNorm is estimated again");
  assert.equal(
    recalibrateField.description,
    "The batches of 64 training samples on which BatchNorm is estimated again",
  );
  assert.deepEqual([...parts!({})], [...parts!({ recalibrate: undefined })]);
  assert.ok(!parts!({}).includes("train" as never));
  assert.ok(parts!({ recalibrate: 1 }).includes("train" as never));
  const facts = { kind: "model", learned: true, established: [] } as const;
  assert.throws(
    () => assertRecalibrates({ ...facts, layers: [] }, { recalibrate: 3 }),
    new ParameterError(
      "unknown-value",
      "recalibrate",
      "`recalibrate` estimates BatchNorm again, and this model (loaded) has none",
      "leave recalibrate out",
    ),
  );
});
