/** Where a step's field is written in the recipe. */
import assert from "node:assert/strict";
import { stepPath, stepProblem } from "../../../../engine/recipe/expand/step_path.ts";
import { parseRecipe } from "../../../../engine/recipe/parse_recipe.ts";
import { fakeOps } from "../fake_ops.ts";

const step = { path: "distill", paths: { format: "export.0", "metrics.1": "evaluate.metrics.2" } };

Deno.test("a field stands below its step, except where it is said to stand elsewhere", () => {
  assert.equal(stepPath(step, ""), "distill");
  assert.equal(stepPath(step, "loss.1.temperature"), "distill.loss.1.temperature");
  assert.equal(stepPath(step, "format"), "export.0");
  assert.equal(stepPath(step, "format.storage"), "export.0.storage");
  assert.equal(stepPath(step, "metrics.1"), "evaluate.metrics.2");
  assert.equal(stepPath(step, "metrics.0"), "distill.metrics.0");
});

Deno.test("a problem at a field has its place in the text, and help only where there is some", () => {
  const text =
    "decant: 1\nname: mine\ndata: digits\nmodel: { use: lenet5, train: { epochs: 3 } }\n";
  const recipe = parseRecipe(text, "x.yaml", fakeOps);
  const train = recipe.steps.find(({ op }) => op === "train")!;
  const problem = stepProblem(recipe, train, "epochs", { code: "out-of-range", message: "many" });
  assert.deepEqual([problem.severity, problem.path, problem.place!.line, problem.place!.column], [
    ...["error", "model.train.epochs"],
    ...[4, 40],
  ]);
  assert.equal("help" in problem, false);
  const warning = { code: "out-of-range", message: "m", help: "h", severity: "warning" } as const;
  const { severity, help } = stepProblem(recipe, train, "", warning);
  assert.deepEqual([severity, help], ["warning", "h"]);
});
