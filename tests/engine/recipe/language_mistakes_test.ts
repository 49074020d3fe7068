/** The mistakes that the language's specification shows, with the sentences it shows for them. */
import assert from "node:assert/strict";
import { at, printed } from "./printed.ts";
import { loadWholeYaml } from "../../../engine/recipe/parse/parse_yaml.ts";

await loadWholeYaml();

const head = { 1: "decant: 1", 2: "name: mine" };
const taught = {
  3: "data: digits",
  4: "teacher: { use: lenet5, train: { epochs: 1 } }",
  5: "student: { use: mobilenet-v1 }",
};
const distilled = "distill: { epochs: 40 }";

Deno.test("a field that other toolkits have is answered with the language's way", () => {
  const text = at({ ...head, ...taught, 28: "distill: { epochs: 40, alpha: 0.9 }" });
  assert.equal(
    printed(text, "classic.yaml"),
    `classic.yaml:28:24  unknown-field  \`distill\` has no field \`alpha\`
  28 | distill: { epochs: 40, alpha: 0.9 }
     |                        ^^^^^
     help: toolkits disagree about which side alpha weighs. Say both:
           loss: [{ use: labels, weight: 0.1 }, { use: soft-targets, weight: 0.9 }]`,
  );
});

Deno.test("a missing tag is answered with what the alternatives mean", () => {
  const text = at({ ...head, ...taught, 30: distilled, 31: "prune: { ratio: 0.5 }" });
  assert.equal(
    printed(text, "classic.yaml"),
    `classic.yaml:31:8  missing-field  \`prune\` needs \`granularity\`
  31 | prune: { ratio: 0.5 }
     |        ^^^^^^^^^^^^^^
     help: channel = whole channels go (smaller and faster); weight = single weights become zero (smaller only when packed)`,
  );
});

Deno.test("a number out of range says what the number is", () => {
  const text = at({
    ...head,
    ...taught,
    30: distilled,
    31: "prune: { ratio: 50, granularity: channel }",
  });
  assert.equal(
    printed(text, "classic.yaml"),
    `classic.yaml:31:17  out-of-range  \`prune.ratio\` is the fraction removed, above 0 and below 1; this is 50
  31 | prune: { ratio: 50, granularity: channel }
     |                 ^^
     help: did you mean 0.5?`,
  );
});

Deno.test("a variable in braces is no YAML", () => {
  assert.equal(
    printed(at({ ...head, 6: "prune: { ratio: ${ratio}, granularity: channel }" })),
    `mine.yaml:6:18  yaml  \`{\` cannot begin here inside \`{ … }\`
   6 | prune: { ratio: \${ratio}, granularity: channel }
     |                  ^
     help: variables are written without braces: $ratio`,
  );
});

Deno.test("a selector that begins with a star must be quoted", () => {
  const text = at({
    ...head,
    ...taught,
    10: distilled,
    11: "prune:",
    12: "  granularity: channel",
    13: "  ratio: 0.5",
    14: "  exclude: [*.conv1]",
  });
  assert.equal(
    printed(text),
    `mine.yaml:14:13  yaml  a plain value cannot start with \`*\` (YAML reads an alias)
  14 |   exclude: [*.conv1]
     |             ^^^^^^^
     help: quote it: ["*.conv1"]`,
  );
});

Deno.test("a selector that matches nothing is answered with the nearest layers", () => {
  const text = at({
    ...head,
    ...taught,
    10: distilled,
    11: "prune:",
    12: "  granularity: channel",
    13: "  ratio: 0.5",
    14: '  exclude: ["stage4.*"]',
  });
  assert.equal(
    printed(text),
    `mine.yaml:14:13  selector-empty  "stage4.*" matches no layer of \`distilled\` (mobilenet-v1, 29 layers)
  14 |   exclude: ["stage4.*"]
     |             ^^^^^^^^^^
     help: nearest: block4, block4.depthwise, block4.pointwise. All names: decant layers mine.yaml distilled`,
  );
});

Deno.test("a bare name that needs more is answered with the longer form", () => {
  const text = at({ ...head, ...taught, 5: "student: resnet", 6: distilled });
  assert.equal(
    printed(text),
    `mine.yaml:5:10  missing-parameter  \`resnet\` needs \`depth\`, so its bare name is not enough
   5 | student: resnet
     |          ^^^^^^
     help: student: { use: resnet, depth: 8 }`,
  );
});

Deno.test("a teacher that nothing has taught", () => {
  const text = at({
    ...head,
    3: "data: digits",
    4: "teacher: { use: resnet, depth: 32 }",
    5: "student: lenet5",
    6: distilled,
  });
  assert.equal(
    printed(text),
    `mine.yaml:4:10  untrained  \`teacher\` has random weights: nothing trains or loads it
   4 | teacher: { use: resnet, depth: 32 }
     |          ^^^^^^^^^^^^^^^^^^^^^^^^^^
     help: add train: { epochs: … }, or weights:, or load it with from:`,
  );
});

Deno.test("a step that uses what is made below it", () => {
  const text = at({
    ...head,
    ...taught,
    11: "steps:",
    12: "  - { op: distill, as: taught, model: hinted, epochs: 60 }",
    15: "  - { op: distill, as: hinted, model: student, epochs: 20 }",
  });
  assert.equal(
    printed(text, "fitnets.yaml"),
    `fitnets.yaml:12:39  unknown-name  \`hinted\` is made below (line 15); a step uses what is above it
  12 |   - { op: distill, as: taught, model: hinted, epochs: 60 }
     |                                       ^^^^^^
     help: move the step at line 15 above line 12`,
  );
});

Deno.test("a percentage after a sign could be points or a share", () => {
  const text = at({
    ...head,
    ...taught,
    20: distilled,
    21: "expect:",
    22: "  - result.accuracy >= teacher.accuracy - 1 %",
  });
  assert.equal(
    printed(text),
    `mine.yaml:22:43  claim-unit  \`1 %\` of accuracy could mean one point or one hundredth of it
  22 |   - result.accuracy >= teacher.accuracy - 1 %
     |                                           ^^^
     help: teacher.accuracy - 1 point, or teacher.accuracy * 0.99`,
  );
});

Deno.test("all problems at once, ordered by place, and their number", async () => {
  const { renderDiagnostics } = await import("../../../engine/recipe/check/render_diagnostics.ts");
  const { parseRecipe } = await import("../../../engine/recipe/parse_recipe.ts");
  const { fakeOps } = await import("./fake_ops.ts");
  const text = at({
    ...head,
    ...taught,
    6: "prune: { ratio: 50, granularity: chanel }",
    7: "distill: { epoch: 40 }",
  });
  const shown = renderDiagnostics(parseRecipe(text, "mine.yaml", fakeOps).diagnostics, text);
  assert.match(shown, /^mine.yaml:6:34 {2}unknown-value/);
  assert.match(shown, /\n\nmine.yaml:7:12 {2}unknown-field/);
  assert.match(shown, /\n\n2 problems\. Nothing has run\.\n$/);
});
