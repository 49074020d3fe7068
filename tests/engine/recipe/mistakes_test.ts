/** Ways to be wrong beyond those the specification shows: for each the code, what is marked, the sentence, the help. */
import assert from "node:assert/strict";
import { compile } from "../../../engine/graph/compile.ts";
import type { Diagnostic } from "../../../engine/error.ts";
import { parseRecipe } from "../../../engine/recipe/parse_recipe.ts";
import { formats } from "../../../ops/formats/formats.ts";
import { fakeOps } from "./fake_ops.ts";
import { roles } from "./mistakes/case.ts";
import { documentMistakes } from "./mistakes/document.ts";
import { fieldMistakes } from "./mistakes/fields.ts";
import { stepMistakes } from "./mistakes/steps.ts";
import { loadWholeYaml } from "../../../engine/recipe/parse/parse_yaml.ts";

await loadWholeYaml();

function wrong(text: string): readonly Diagnostic[] {
  return compile(parseRecipe(text, "mine.yaml", fakeOps), fakeOps).diagnostics;
}

function assertSays(said: string | undefined, expected: string | RegExp): void {
  if (typeof expected === "string") assert.equal(said, expected);
  else assert.match(String(said), expected);
}

const cases = { ...documentMistakes, ...fieldMistakes, ...stepMistakes };

for (const [name, [text, code, marked, message, help]] of Object.entries(cases)) {
  Deno.test(`a mistake is named once, at its place: ${name}`, () => {
    const found = wrong(text);
    assert.equal(found.length, 1, found.map((each) => `${each.code} ${each.message}`).join("\n"));
    const [diagnostic] = found;
    assert.equal(diagnostic!.code, code, diagnostic!.message);
    assertSays(diagnostic!.message, message);
    if (help !== undefined) assertSays(diagnostic!.help, help);
    const { line, column, length } = diagnostic!.place!;
    assert.equal(
      text.split("\n")[line - 1]!.slice(column - 1, column - 1 + length).trim(),
      marked.trim(),
    );
  });
}

Deno.test("what is wrong with every evaluation is said once", async () => {
  const { ops } = await import("../../../ops/mod.ts");
  const { opSet } = await import("../../../engine/op.ts");
  const set = opSet(ops);
  const text = roles + "distill: { epochs: 1 }\nevaluate: { metrics: [mae] }\n";
  const { diagnostics } = compile(parseRecipe(text, "mine.yaml", set), set);
  assert.deepEqual(diagnostics.map(({ code, path }) => `${code} ${path}`), [
    "unknown-value evaluate.metrics.0",
  ]);
});

Deno.test("a line that ends in a carriage return is shown without it", () => {
  const [diagnostic] = wrong(roles.replaceAll("\n", "\r\n") + "distill: { epoch: 1 }\r\n");
  assert.equal(diagnostic!.place!.text, "distill: { epoch: 1 }");
});

Deno.test("a warning does not stop a recipe", () => {
  const found = wrong(
    roles + "steps:\n  - { op: quantize, model: teacher, scheme: int8 }\n" +
      "  - { op: prune, granularity: weight, ratio: 0.5 }\n" +
      "  - { op: train, as: also, model: student, epochs: 1 }\n",
  );
  assert.deepEqual(found.map(({ code, severity }) => [code, severity]), [["order", "warning"]]);
});

Deno.test("one cause has one message: what follows from a mistake is not reported", () => {
  const found = wrong(
    roles.replace("use: lenet5", "use: lenet7") +
      "distill: { epochs: 1 }\nprune: { granularity: channel, ratio: 0.5, exclude: nothing-here, finetune: { epochs: 1 } }\n" +
      "expect: [pruned-cut.accuracy >= 1 %, teacher.recall >= 1 %]\n",
  );
  assert.deepEqual(found.map(({ path }) => path), ["teacher.use"]);
});

Deno.test("in TypeScript the place is the path", async () => {
  const { recipeFromValue } = await import("../../../engine/recipe/parse_recipe.ts");
  const { renderDiagnostics } = await import("../../../engine/recipe/check/render_diagnostics.ts");
  const value = {
    name: "x",
    data: "digits",
    model: "lenet5",
    prune: { granularity: "weight", ratio: 50 },
  };
  const { diagnostics } = recipeFromValue(value, "./", fakeOps);
  assert.equal(
    renderDiagnostics(diagnostics),
    "prune.ratio  out-of-range  `prune.ratio` is the fraction removed, above 0 and below 1; this is 50\n" +
      "     help: did you mean 0.5?\n\n1 problem. Nothing has run.\n",
  );
});

Deno.test("what JSON cannot say is no recipe", async () => {
  const { recipeFromValue } = await import("../../../engine/recipe/parse_recipe.ts");
  const codes = (value: unknown) =>
    recipeFromValue(value, "./", fakeOps).diagnostics.map(({ code, path }) => `${code} ${path}`);
  assert.deepEqual(codes({ name: "x", seed: NaN }), ["wrong-type seed"]);
  assert.deepEqual(codes({ name: "x", seed: 3n }), ["wrong-type seed"]);
  assert.deepEqual(codes({ name: () => "x" }), ["wrong-type name"]);
  assert.deepEqual(codes({ name: new Date(0) }), ["wrong-type name"]);
  assert.deepEqual(codes("digits"), ["wrong-type "]);
  const loop: Record<string, unknown> = { name: "x" };
  loop.data = loop;
  assert.match(codes(loop)[0]!, /^too-large/);
});

Deno.test("what a sentence quotes of a recipe is short and printable", () => {
  const long = `\u0007${"x".repeat(5000)}`;
  const quoted = JSON.stringify(long);
  const texts = [
    `decant: 1\nname: ${quoted}\ndata: digits\n`,
    `${roles}${quoted}: 1\n`,
    `${roles}distill: ${quoted}\n`,
    `${roles}distill: { epochs: ${quoted} }\n`,
    `${roles}quantize: { scheme: ${quoted} }\n`,
    `${roles}quantize: { scheme: int8, ${quoted}: 1 }\n`,
    `${roles}seed: $${"x".repeat(5000)}\n`,
    `${roles}variables: { ${quoted}: 1 }\n`,
    `${roles}expect: [${JSON.stringify(`result.${long} >= 1`)}]\n`,
    `${roles}expect: [${quoted}]\n`,
    `${roles}seed: 1${"0".repeat(5000)}\n`,
    `${roles}seed: &${"x".repeat(5000)} 1\n`,
    `${roles}seed: !${"x".repeat(5000)} 1\n`,
    `${roles}seed: |${"x".repeat(5000)}\n`,
  ];
  for (const text of texts) {
    const found = wrong(text);
    assert.ok(found.length > 0, text.slice(-100));
    for (const { message, help = "" } of found) {
      assert.ok(message.length < 400, `${message.length}: ${message.slice(0, 200)}`);
      assert.doesNotMatch(message, /\p{Cc}/u);
      assert.ok(help.length < 1000, help.slice(0, 200));
    }
  }
});

Deno.test("a format that nothing writes is said to be one, with those that can be written", async () => {
  const { recipe, RecipeError } = await import("../../../mod.ts");
  const writable = formats.flatMap((each) => "write" in each ? [each.name] : []);
  for (const format of ["Keras", "h5", "torch-script"]) {
    for (const written of [format, { use: format }]) {
      const value = { name: "mine", data: "digits", model: "lenet5", export: ["tfjs", written] };
      assert.throws(() => recipe(value as never), (error) => {
        assert.ok(error instanceof RecipeError);
        const { code, message, help } = error.diagnostics.find(({ path }) => /export/.test(path))!;
        assert.deepEqual([code, message, help], [
          "not-yet",
          `\`${format}\` is a format that cannot be written yet`,
          `those that can: ${writable.join(", ")}`,
        ]);
        return true;
      });
    }
  }
});

Deno.test("steps behind the last epoch of a training, and small numbers that single precision has, are sound", () => {
  const step = "{ use: step, start: 0.5, factor: 1.9, at: [1, 9] }";
  const rate = (curve: string) => `optimizer: { use: adam, learning_rate: ${curve} }`;
  for (
    const rest of [
      `distill: { epochs: 1 }\nprune: { granularity: weight, ratio: ${step}, finetune: { epochs: 4 } }\n`,
      `distill: { epochs: 4, ${rate("{ use: step, start: 0.1, factor: 1e-30, at: [1, 9] }")} }\n`,
      `distill: { epochs: 4, loss: [{ use: soft-targets, temperature: { use: step, start: 4, factor: 1e-25, at: [1, 9] } }] }\n`,
      `distill: { epochs: 4, ${rate("{ use: exponential, start: 0.1, end: 1.2e-38 }")} }\n`,
      "distill: { epochs: 1, loss: [{ use: soft-targets, temperature: 3e-39 }] }\n",
    ]
  ) assert.deepEqual(wrong(roles + rest), [], rest);
});
