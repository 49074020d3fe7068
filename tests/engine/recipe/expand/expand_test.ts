/** Short form → steps, against the table of the design and the expanded example of the language. */
import assert from "node:assert/strict";
import { expand } from "../../../../engine/recipe/expand/expand.ts";
import { expandedYaml } from "../../../../engine/recipe/expanded_yaml.ts";
import { parseRecipe, recipeFromValue } from "../../../../engine/recipe/parse_recipe.ts";
import type { ExpandedRecipe, Step } from "../../../../engine/recipe/recipe.ts";
import { parse as parseYamlValue } from "../../../../engine/deps/yaml.ts";
import { digits, documents, files, listed, twoTeachers } from "../documents.ts";
import { fakeOps } from "../fake_ops.ts";
import { said, written } from "./written.ts";

function read(text: string): ExpandedRecipe {
  const recipe = parseRecipe(text, "recipes/x.yaml", fakeOps);
  assert.deepEqual(recipe.diagnostics, []);
  return recipe;
}

/** One step a line: name, op, what it reads. */
function shape({ steps }: ExpandedRecipe): string[] {
  return steps.map(({ name, op, inputs }) =>
    [name, op, ...Object.entries(inputs).map(([input, from]) => `${input}=${from}`)].join(" ")
  );
}

function step({ steps }: ExpandedRecipe, name: string): Step {
  const found = steps.find((each) => each.name === name);
  assert.ok(found, `a step ${name} among ${steps.map((each) => each.name)}`);
  return found;
}

const bare = ({ steps }: ExpandedRecipe) =>
  steps.map(({ name, op, inputs, params }) => ({ name, op, inputs, params }));

Deno.test("the demo becomes the steps of the language's expanded example", () => {
  assert.deepEqual(shape(read(digits)), [
    "data data",
    "teacher-init model",
    "teacher train model=teacher-init data=data",
    "teacher-test evaluate model=teacher data=data",
    "student model",
    "teacher-outputs predict model=teacher data=data",
    "distilled distill model=student outputs=teacher-outputs data=data",
    "distilled-test evaluate model=distilled reference=teacher data=data",
    "pruned-cut prune model=distilled",
    "pruned-cut-test evaluate model=pruned-cut reference=teacher data=data",
    "pruned distill model=pruned-cut outputs=teacher-outputs data=data",
    "pruned-test evaluate model=pruned reference=teacher data=data",
    "quantized quantize model=pruned data=data",
    "quantized-test evaluate model=quantized reference=teacher data=data",
    "export-tfjs export model=quantized data=data",
  ]);
});

Deno.test("shapes, seeds and default losses are written out", () => {
  const recipe = read(digits);
  assert.deepEqual(step(recipe, "student").params, {
    use: "mobilenet-v1",
    input: [28, 28, 1],
    outputs: 10,
    depth: 6,
    width: 0.5,
    seed: 0,
  });
  assert.deepEqual(step(recipe, "teacher").params.loss, [{
    use: "labels",
    weight: 1,
    smoothing: 0,
  }]);
  for (const name of ["distilled", "pruned"]) {
    assert.deepEqual(step(recipe, name).params.loss, [
      { use: "labels", weight: 0.1, smoothing: 0 },
      { use: "soft-targets", weight: 0.9, temperature: 4 },
    ]);
  }
  assert.equal(recipe.result, "quantized");
  assert.equal(recipe.reference, "teacher");
});

Deno.test("a seed is written only where the step draws", () => {
  const recipe = read(listed);
  assert.equal(step(recipe, "pruned-cut").params.seed, 7, "its criterion is random");
  assert.equal(step(recipe, "alone").params.seed, 7);
  assert.equal(step(recipe, "data").params.seed, 0, "data have a seed of their own");
  assert.equal("seed" in step(recipe, "quantized").params, false);
  const byMagnitude = read(listed.replace("criterion: random", "criterion: magnitude, seed: 5"));
  assert.equal("seed" in step(byMagnitude, "pruned-cut").params, false, "written in vain");
});

Deno.test("data are read only where the parameters need them", () => {
  const recipe = read(listed);
  assert.deepEqual(step(recipe, "quantized").inputs, { model: "pruned" });
  const needless = read(listed.replace("activations: none", "activations: none, data: data"));
  assert.deepEqual(bare(needless), bare(recipe));
});

Deno.test("steps: what is nearest above is meant, a step may start again, measures follow", () => {
  assert.deepEqual(shape(read(listed)), [
    "data data",
    "teacher-init model",
    "teacher train model=teacher-init data=data",
    "teacher-test evaluate model=teacher data=data",
    "teacher-speed measure model=teacher",
    "student model",
    "alone train model=student data=data",
    "alone-test evaluate model=alone reference=teacher data=data",
    "alone-speed measure model=alone",
    "teacher-outputs predict model=teacher data=data",
    "taught distill model=student outputs=teacher-outputs data=data",
    "taught-test evaluate model=taught reference=teacher data=data",
    "taught-speed measure model=taught",
    "pruned-cut prune model=taught",
    "pruned-cut-test evaluate model=pruned-cut reference=teacher data=data",
    "pruned-cut-speed measure model=pruned-cut",
    "pruned train model=pruned-cut data=data",
    "pruned-test evaluate model=pruned reference=teacher data=data",
    "pruned-speed measure model=pruned",
    "quantized quantize model=pruned",
    "quantized-test evaluate model=quantized reference=teacher data=data",
    "quantized-speed measure model=quantized",
    "export-onnx export model=quantized data=data",
  ]);
});

Deno.test("bytes are counted in the first export's format", () => {
  assert.deepEqual(step(read(listed), "taught-test").params.format, { use: "onnx" });
  assert.deepEqual(step(read(files), "distilled-test").params.format, { use: "onnx" });
  assert.deepEqual(step(read(twoTeachers), "distilled-test").params.format, {
    use: "tfjs",
    storage: "native",
  });
});

Deno.test("with augmentation the teacher itself is listened to", () => {
  const { inputs } = step(read(files), "distilled");
  assert.deepEqual(inputs, { model: "student", teacher: "teacher", data: "data" });
});

Deno.test("several teachers share what the default loss gives to one", () => {
  const recipe = read(twoTeachers);
  const { inputs, params } = step(recipe, "distilled");
  assert.deepEqual(inputs, { model: "student", data: "data" });
  assert.deepEqual(params.loss, [
    { use: "labels", weight: 0.1, smoothing: 0 },
    { use: "soft-targets", weight: 0.45, teacher: "teacher-1", temperature: 4 },
    { use: "soft-targets", weight: 0.45, teacher: "teacher-2", temperature: 4 },
  ]);
  assert.equal(step(recipe, "teacher-1-init").params.seed, 3);
  assert.equal(step(recipe, "teacher-2-init").params.seed, 4, "the k-th of a list takes seed + k");
  assert.equal(step(recipe, "teacher-2").params.seed, 4);
});

Deno.test("a teacher named once or by every term is the same step", () => {
  const one = read(
    digits.replace("distill: { epochs: 8", "distill: { teacher: teacher, epochs: 8"),
  );
  assert.deepEqual(bare(one), bare(read(digits)));
  const each = read(digits.replace(
    "distill: { epochs: 8",
    "distill: { loss: [{ use: labels, weight: 0.1 }, { use: soft-targets, weight: 0.9, teacher: teacher }], epochs: 8",
  ));
  assert.deepEqual(bare(each), bare(read(digits)));
});

Deno.test("other data have outputs of their own", () => {
  const recipe = read(`decant: 1
name: other
data: digits
teacher: { use: lenet5, train: { epochs: 1 } }
student: lenet5
steps:
  - { op: data, as: few, use: digits, limit: 100 }
  - { op: distill, as: first, epochs: 1 }
  - { op: distill, as: second, model: student, data: few, epochs: 1 }
  - { op: distill, as: third, model: student, epochs: 1 }
`);
  assert.deepEqual(shape(recipe).filter((line) => /predict|distill/.test(line)), [
    "teacher-outputs predict model=teacher data=data",
    "first distill model=student outputs=teacher-outputs data=data",
    "teacher-outputs-few predict model=teacher data=few",
    "second distill model=student outputs=teacher-outputs-few data=few",
    "third distill model=student outputs=teacher-outputs data=data",
  ]);
});

Deno.test("only the result is evaluated where that is asked for", () => {
  const recipe = read(digits.replace(/expect:[^]*/, "evaluate: { models: result }\n"));
  assert.deepEqual(
    shape(recipe).filter((line) => line.includes("evaluate")),
    ["quantized-test evaluate model=quantized reference=teacher data=data"],
  );
});

for (const [name, text] of Object.entries(documents)) {
  Deno.test(`expanding is a fixed point: ${name}`, () => {
    const recipe = read(text);
    const written = expandedYaml(recipe);
    const again = read(written);
    assert.deepEqual(bare(again), bare(recipe));
    // A sweep has a result at each point; its steps written out are one recipe.
    if (recipe.sweep === undefined) {
      assert.deepEqual([again.result, again.reference], [recipe.result, recipe.reference]);
    }
    assert.deepEqual(again.about, recipe.about);
    assert.equal(expandedYaml(again), written);
  });

  Deno.test(`YAML and the same object give the same steps: ${name}`, () => {
    const { decant: _, ...value } = parseYamlValue(text);
    const recipe = recipeFromValue(value, "recipes/", fakeOps);
    assert.deepEqual(recipe.diagnostics, []);
    assert.deepEqual(bare(recipe), bare(read(text)));
  });

  Deno.test(`the order of keys means nothing: ${name}`, () => {
    const value = parseYamlValue(text);
    const reversed = Object.fromEntries(Object.entries(value).reverse());
    assert.deepEqual(bare(recipeFromValue(reversed, "recipes/", fakeOps)), bare(read(text)));
  });
}

Deno.test("a stage whose constraint changes while it trains is one step", () => {
  const gradual = digits.replace("ratio: 0.5", "ratio: { use: cubic, start: 0, end: 0.5 }");
  const recipe = read(gradual);
  assert.deepEqual(shape(recipe).filter((line) => line.startsWith("pruned")), [
    "pruned prune model=distilled",
    "pruned-test evaluate model=pruned reference=teacher data=data",
  ]);
  const { finetune, ratio } = step(recipe, "pruned").params as Record<
    string,
    Record<string, unknown>
  >;
  assert.deepEqual(ratio, { use: "cubic", start: 0, end: 0.5 });
  assert.equal(
    finetune!.teacher,
    "teacher",
    "the teacher of its terms is a name among the parameters",
  );
  assert.equal((finetune!.loss as unknown[]).length, 2);
});

Deno.test("a stage that trains inside reads the data of its finetuning; two sets are one too many", () => {
  const text = (more: string) =>
    `decant: 1
name: mine
data: digits
model: { use: lenet5, train: { epochs: 1 } }
steps:
  - { op: data, as: other, use: digits, limit: 9 }
  - op: prune
    granularity: channel
    criterion: taylor
    ratio: { use: linear, start: 0, end: 0.5 }
    finetune: { epochs: 1, data: other }${more}
`;
  const recipe = read(text(""));
  const { inputs, params } = step(recipe, "pruned");
  assert.deepEqual(inputs, { model: "model", data: "other" });
  assert.equal("data" in (params.finetune as object), false);
  const again = read(expandedYaml(recipe));
  assert.deepEqual(bare(again), bare(recipe));
  const { diagnostics } = parseRecipe(text("\n    data: data"), "recipes/x.yaml", fakeOps);
  assert.deepEqual(diagnostics.map(({ code, path, place }) => [code, path, place?.line]), [
    ["unknown-value", "steps.1.finetune.data", 11],
  ]);
});

Deno.test("a result that nothing changed is the model itself", () => {
  const recipe = read(`decant: 1
name: convert
model: { from: ./model.json }
export: onnx
`);
  assert.equal(recipe.result, "model");
  assert.deepEqual(shape(recipe), [
    "model load",
    "model-test evaluate model=model",
    "export-onnx export model=model",
  ]);
});

/** What expanding gives of a document whose mistakes do not matter. */
const expanded = (text: string) => {
  const document = written(`decant: 1\nname: mine\n${text}`);
  return { ...expand(document), document };
};

Deno.test("nothing written, nothing made", () => {
  const { document, ...rest } = expanded("");
  assert.deepEqual([rest, said(document)], [{ steps: [] }, []]);
});

Deno.test("the result is the last step that changes a model, of several models else the last made", () => {
  const built = "steps: [{ op: model, as: a, use: lenet5 }, { op: model, as: b, use: lenet5 }";
  assert.equal(expanded(`${built}]\n`).result, "b");
  assert.equal(
    expanded(
      `${built}, { op: quantize, as: c, model: a, scheme: int8 }, { op: predict, model: c }]\n`,
    )
      .result,
    "c",
  );
  assert.equal(expanded("student: lenet5\n").result, "student");
});

Deno.test("a reference is known only where something is compared with it", () => {
  const trained = "data: digits\nmodel: { use: lenet5, train: { epochs: 1 } }\n";
  assert.equal(expanded(trained).reference, undefined);
  assert.equal(expanded(`${trained}quantize: int8\n`).reference, "model");
  const chosen = "evaluate: { reference: other }\n";
  const other = "steps: [{ op: train, as: other, epochs: 1 }, { op: quantize, scheme: int8 }]\n";
  assert.equal(expanded(trained + other + chosen).reference, "other");
});

Deno.test("a mistake in a part breaks its own steps, and the rest expands", () => {
  const { steps, result } = expanded(
    "data: digits\nmodel: lenet5\nquantize: { scheme: int9 }\nexport: onnx\n",
  );
  assert.deepEqual(steps.map(({ name, broken = false }) => [name, broken]), [
    ["data", false],
    ["model", false],
    ["quantized", true],
    ["export-onnx", false],
  ]);
  assert.equal(result, "quantized");
});

Deno.test("an export has the path of its place in the list, and its own name", () => {
  const { steps } = expanded(
    "model: { from: ./m.json }\nexport: [onnx, { as: mine, use: tfjs }]\n",
  );
  const exports = steps.filter(({ op }) => op === "export").map(({ name, path }) => [name, path]);
  assert.deepEqual(exports, [["export-onnx", "export.0"], ["mine", "export.1"]]);
  const one = expanded("model: { from: ./m.json }\nexport: onnx\n").steps.at(-1)!;
  assert.equal(one.path, "export");
});

Deno.test("of an export's options those that `evaluate` takes say how bytes are counted", () => {
  const text = (format: string) => `model: { from: ./m.json }\nexport: ${format}\n`;
  const counted = (format: string) =>
    expanded(text(format)).steps.find(({ op }) => op === "evaluate")!.params.format;
  assert.deepEqual(counted("{ use: tfjs, storage: float32, tolerance: 0.1 }"), {
    use: "tfjs",
    storage: "float32",
  });
  assert.deepEqual(counted("[{ use: onnx, unheard: 1 }, tfjs]"), {
    use: "tfjs",
    storage: "native",
  });
});

Deno.test("a role is the result where no step changes a model, whatever steps make beside it", () => {
  const { result } = expanded("model: lenet5\nsteps: { op: model, as: other, use: lenet5 }\n");
  assert.equal(result, "model");
});

Deno.test("measurements that would be called alike are numbered where nobody named them", () => {
  const measured = (...steps: string[]) => {
    const text = `decant: 1\nname: x\ndata: digits\nmodel: { from: ./m.json }\nsteps:\n${
      steps.map((step) => `  - { op: ${step} }\n`).join("")
    }`;
    const recipe = read(text);
    assert.deepEqual(bare(read(expandedYaml(recipe))), bare(recipe), "a fixed point");
    return recipe.steps.slice(2).map(({ name }) => name);
  };
  assert.deepEqual(measured("evaluate"), ["model-test"]);
  assert.deepEqual(measured("evaluate", "evaluate", "evaluate"), [
    "model-test",
    "model-test-2",
    "model-test-3",
  ]);
  assert.deepEqual(
    measured("evaluate", "evaluate, as: model-test-2", "evaluate, as: model-test"),
    ["model-test-3", "model-test-2", "model-test"],
    "what is named has its name, wherever it stands",
  );
  assert.deepEqual(
    measured("evaluate, as: twice", "evaluate, as: twice"),
    ["twice", "twice"],
    "of two that were named alike, compile tells",
  );
});

Deno.test("models that would be called alike are not numbered: a step below could mean either", () => {
  const { steps } = read(
    "decant: 1\nname: x\ndata: digits\nmodel: { from: ./m.json }\n" +
      "steps:\n  - { op: prune, granularity: channel, ratio: 0.3 }\n  - { op: prune, granularity: channel, ratio: 0.5 }\n",
  );
  assert.deepEqual(steps.filter(({ op }) => op === "prune").map(({ name }) => name), [
    "pruned",
    "pruned",
  ]);
});
