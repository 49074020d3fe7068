/** Fields and tags that should be there: what is needed, and an example to write. */
import assert from "node:assert/strict";
import { Choice, OneOf, type TSchema, Type } from "../../../../engine/field.ts";
import { formOf } from "../../../../engine/recipe/words/form.ts";
import {
  missingField,
  missingParameter,
  missingTag,
} from "../../../../engine/recipe/check/missing_field.ts";
import { told, treeOf } from "../trees.ts";

const ways = Choice({
  channel: Type.Object({}, { description: "Whole channels go. Smaller." }),
  weight: Type.Object({}, { description: "Single weights become zero" }),
}, { tag: "granularity", description: "What goes" });

const field = (name: string, schema: TSchema, block = "train") =>
  told((problems) =>
    missingField({ tree: treeOf("{}"), path: block }, { block, name, schema }, problems)
  )[0];

Deno.test("a field that is missing is shown with a value that could stand there, and what it is", () => {
  assert.equal(
    field("epochs", Type.Integer({ minimum: 1, description: "Passes" })),
    "missing-field train: `train` needs `epochs` | epochs: 1   (Passes)",
  );
  assert.match(field("x", Type.Number())!, /\| x: …$/);
  assert.match(field("x", Type.Number({ minimum: 1, examples: [0.5] }))!, /\| x: 0\.5$/);
  assert.match(field("x", OneOf(["b", "a"], { description: "W" }))!, /\| x: b {3}\(W\)$/);
  assert.equal(
    field("name", Type.String(), ""),
    "missing-field : a recipe needs `name` | name: …",
  );
});

Deno.test("a choice that is missing is answered with what each alternative means", () => {
  assert.equal(
    field("prune", ways, ""),
    "missing-field : a recipe needs `prune` | channel = whole channels go; weight = single weights become zero",
  );
});

const tag = (text: string, schema: TSchema, path = "prune") => {
  const form = formOf(schema);
  assert.ok(form.form === "choice");
  return told((problems) =>
    missingTag({ tree: treeOf(text), path }, { block: path, form }, problems)
  )[0];
};

Deno.test("a map without its tag is told which it needs; a single alternative as a field, how to choose it", () => {
  assert.equal(
    tag("{ ratio: 1 }", ways),
    "missing-field prune: `prune` needs `granularity` | channel = whole channels go; weight = single weights become zero",
  );
  assert.match(
    tag("{ weight: { ratio: 1 } }", ways)!,
    /\| \{ granularity: weight, … \} in place of weight: \{ … \}$/,
  );
});

Deno.test("what may stand without a tag is named beside it, and a word of another toolkit as the tag's", () => {
  const model = Choice({ mlp: Type.Object({}), cnn: Type.Object({}) }, {
    description: "A model",
    untagged: Type.Object({ from: Type.String() }),
  });
  assert.equal(
    tag("{ type: mlp }", model, "model"),
    "missing-field model: `model` needs `use` or `from` | `use` in place of `type`, one of: mlp, cnn",
  );
});

Deno.test("steps as a map are shown as the list that was meant", () => {
  const steps = Choice({ prune: Type.Object({}), train: Type.Object({}) }, {
    tag: "op",
    description: "A step",
  });
  assert.equal(
    tag("{ prune: { ratio: 1 }, first: { op: train } }", steps, "steps"),
    "wrong-type steps: `steps` is a list of steps, and this is a map" +
      " | steps:\n  - { op: prune, … }\n  - { op: train, as: first, … }",
  );
  assert.match(tag("{ ratio: 1 }", steps, "steps.0")!, /^missing-field steps\.0: .* needs `op`/);
});

Deno.test("a bare name that is not enough is shown as a map, in the field it stands in", () => {
  const schema = Type.Object({ hidden: Type.Integer({ examples: [20] }), dropout: Type.Number() });
  const parameter = (path: string) =>
    told((problems) =>
      missingParameter(
        { tree: treeOf("mlp"), path },
        { name: "mlp", needed: ["hidden", "dropout"], schema, tag: "use" },
        problems,
      )
    )[0]!.split(" | ");
  assert.deepEqual(parameter("teacher.0"), [
    "missing-parameter teacher.0: `mlp` needs `hidden`, `dropout`, so its bare name is not enough",
    "teacher: { use: mlp, hidden: 20, dropout: … }",
  ]);
});

Deno.test("a bare name whose alternative is a choice itself is shown with the tag of that", () => {
  const wrong = told((problems) =>
    missingParameter(
      { tree: treeOf("prune"), path: "steps.0" },
      { name: "prune", needed: ["granularity"], schema: ways, tag: "op" },
      problems,
    )
  );
  assert.match(wrong[0]!, /\| steps: \{ op: prune, granularity: … \}$/);
});

Deno.test("up to six alternatives are described, more are listed; so are those that nothing describes", () => {
  const choice = (count: number, description?: string) =>
    Choice(
      Object.fromEntries(
        Array.from({ length: count }, (_, at) => [
          `w${at}`,
          Type.Object({}, description === undefined ? {} : { description }),
        ]),
      ),
      { description: "x" },
    );
  const help = (schema: TSchema) => field("use", schema)!.split(" | ")[1];
  assert.equal(help(choice(1)), "one of: w0");
  assert.equal(
    help(choice(6, "What")),
    "w0 = what; w1 = what; w2 = what; w3 = what; w4 = what; w5 = what",
  );
  assert.equal(help(choice(7, "What")), "one of: w0, w1, w2, w3, w4, w5, w6");
});

Deno.test("a bare name that needs a field which its alternative does not declare is shown with a gap", () => {
  const wrong = told((problems) =>
    missingParameter(
      { tree: treeOf("x"), path: "3" },
      { name: "x", needed: ["gone", "more"], schema: Type.Object({}), tag: "use" },
      problems,
    )
  );
  assert.deepEqual(wrong, [
    "missing-parameter 3: `x` needs `gone`, `more`, so its bare name is not enough" +
    " | : { use: x, gone: …, more: … }",
  ]);
});
