/** Steps → graph: what is bound, what is known, what waits. */
import assert from "node:assert/strict";
import { compile } from "../../../engine/graph/compile.ts";
import type { Graph, Node } from "../../../engine/graph/graph.ts";
import { type DatasetFacts, type ModelFacts, opSet } from "../../../engine/op.ts";
import { parseRecipe, recipeFromValue } from "../../../engine/recipe/parse_recipe.ts";
import { digits, files, listed, twoTeachers } from "../recipe/documents.ts";
import { ops } from "../../../ops/mod.ts";
import { fakeOps } from "../recipe/fake_ops.ts";

function graph(text: string): Graph {
  const compiled = compile(parseRecipe(text, "x.yaml", fakeOps), fakeOps);
  assert.deepEqual(compiled.diagnostics, []);
  return compiled;
}

const name = (node: Node | readonly Node[] | undefined) =>
  Array.isArray(node) ? node.map((each: Node) => each.step.name) : (node as Node).step.name;

Deno.test("names become nodes, in an order to run in", () => {
  const { nodes, node } = graph(digits);
  const seen = new Set<Node>();
  for (const each of nodes) {
    for (const from of Object.values(each.inputs).flat() as Node[]) assert.ok(seen.has(from));
    assert.equal(each.op.name, each.step.op);
    seen.add(each);
  }
  assert.equal(name(node("distilled")!.inputs.outputs), "teacher-outputs");
  assert.equal(node("nobody"), undefined);
});

Deno.test("a name among the parameters is bound as a reference at its path", () => {
  const { references, inputs } = graph(twoTeachers).node("distilled")!;
  assert.deepEqual(
    Object.entries(references).map(([path, node]) => [path, name(node)]),
    [["loss.1.teacher", "teacher-1"], ["loss.2.teacher", "teacher-2"]],
  );
  assert.deepEqual(Object.keys(inputs), ["model", "data"]);
});

Deno.test("facts are known before anything runs where shapes are", () => {
  const { nodes } = graph(digits);
  assert.deepEqual(nodes.filter(({ waits }) => waits !== undefined), []);
  const facts = graph(digits).node("quantized")!.facts as ModelFacts;
  assert.equal(facts.learned, true);
  assert.equal(facts.layers!.length, 15, "stem, six blocks of two, two of the head");
});

Deno.test("what needs the shape of files waits for them, and for nothing else", () => {
  const { nodes } = graph(files);
  const waits = Object.fromEntries(nodes.map(({ step, waits }) => [step.name, waits]));
  assert.deepEqual(waits, {
    data: undefined,
    teacher: undefined,
    "teacher-test": "teacher",
    student: "data",
    distilled: "data",
    "distilled-test": "data",
    quantized: "data",
    "quantized-test": "data",
    "export-onnx": "data",
    "export-tfjs": "data",
  });
  assert.equal(nodes.find(({ step }) => step.name === "student")!.facts, undefined);
});

Deno.test("with what the files have shown, steps are worked out to the end and get their shapes", () => {
  const recipe = parseRecipe(files, "x.yaml", fakeOps);
  const shown: DatasetFacts = {
    kind: "dataset",
    task: "classification",
    input: [8, 8, 3],
    outputs: 4,
  };
  const { nodes, node, diagnostics } = compile(
    recipe,
    fakeOps,
    (step) => step.name === "data" ? shown : undefined,
  );
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(
    nodes.filter(({ waits }) => waits === "data").map(({ step }) => step.name),
    [],
  );
  const { input, outputs } = node("student")!.step.params;
  assert.deepEqual([input, outputs], [[8, 8, 3], 4]);
  const whole = compile(recipe, fakeOps, (step) => {
    if (step.name === "data") return shown;
    if (step.name !== "teacher") return undefined;
    return { kind: "model", learned: true, established: [], layers: [] };
  });
  assert.deepEqual(whole.nodes.filter(({ waits }) => waits !== undefined), []);
});

Deno.test("a selector is checked when the layers it waits for are known", () => {
  const text = `decant: 1
name: later
model: { from: ./model.json }
prune: { granularity: weight, ratio: 0.5, exclude: nothing }
`;
  const recipe = parseRecipe(text, "x.yaml", fakeOps);
  assert.deepEqual(compile(recipe, fakeOps).diagnostics, []);
  const layer = { name: "conv", type: "conv", kind: "conv", shape: [1], parameters: 1, macs: 1 };
  const { diagnostics } = compile(
    recipe,
    fakeOps,
    (step) =>
      step.name === "model"
        ? { kind: "model", learned: true, established: [], layers: [layer] }
        : undefined,
  );
  assert.deepEqual(diagnostics.map(({ code, path }) => `${code} ${path}`), [
    "selector-empty prune.exclude.0",
  ]);
});

Deno.test("the graph reports what the recipe reported, each problem once", () => {
  const recipe = parseRecipe(listed.replace("epochs: 2", "epochs: 0"), "x.yaml", fakeOps);
  assert.deepEqual(
    compile(recipe, fakeOps).diagnostics.map(({ path }) => path),
    ["teacher.train.epochs"],
  );
});

Deno.test("the work is linear in the steps: 20,000 of them, each looked at once", () => {
  let asked = 0;
  const counting = opSet(
    [...fakeOps.values()].map((op) => ({
      ...op,
      facts: (...given: Parameters<typeof op.facts>) => {
        asked++;
        return op.facts(...given);
      },
    })),
  );
  const steps = Array.from({ length: 9_999 }, (_, index) => ({
    op: "prune",
    as: `p-${index}`,
    granularity: "weight",
    ratio: 0.1,
  }));
  const value = {
    name: "long",
    data: "digits",
    model: { use: "lenet5", train: { epochs: 1 } },
    steps,
  };
  const { nodes, diagnostics } = compile(recipeFromValue(value, "./", counting), counting);
  assert.deepEqual(diagnostics, []);
  // Data, model-init, model and its test, then each step with its evaluation; data are asked once more for shapes.
  assert.equal(nodes.length, 4 + 2 * 9_999);
  assert.equal(asked, nodes.length + 1);
});

Deno.test("a recipe of too many steps is refused", () => {
  const steps = Array.from({ length: 60_000 }, (_, index) => ({
    op: "prune",
    as: `p-${index}`,
    granularity: "weight",
    ratio: 0.1,
  }));
  const value = {
    name: "long",
    data: "digits",
    model: { use: "lenet5", train: { epochs: 1 } },
    steps,
  };
  const { diagnostics } = compile(recipeFromValue(value, "./", fakeOps), fakeOps);
  assert.deepEqual(diagnostics.map(({ code }) => code), ["too-large"]);
});

Deno.test("a shape that does not fit the data is wrong where it is written", () => {
  const model = (shape: string) => `model: { use: mlp, hidden: [8], train: { epochs: 1 }${shape} }`;
  const distilled = (shape: string) =>
    "teacher: { use: lenet5, train: { epochs: 1 } }\ndistill: { epochs: 1 }\n" +
    `student: { use: mlp, hidden: [8]${shape} }`;
  const found = (rest: string) => {
    const set = opSet(ops);
    const text = `decant: 1\nname: x\ndata: digits\n${rest}\n`;
    return compile(parseRecipe(text, "x.yaml", set), set).diagnostics
      .map(({ path, place, message }) => [path, place?.path, message]);
  };
  const wide = "the model has 12 outputs, the data 10 classes";
  const small = "the model reads 5×5×1, a sample of the data is 28×28×1";
  for (const [role, of] of [["model", model], ["student", distilled]] as const) {
    const at = (field: string) => `${role}.${field}`;
    assert.deepEqual(found(of(", outputs: 12")), [[at("outputs"), at("outputs"), wide]]);
    assert.deepEqual(found(of(", input: [5, 5, 1]")), [[at("input"), at("input"), small]]);
    assert.deepEqual(found(of("")), []);
  }
});

Deno.test("a model of the zoo has the shapes that are found of data in files, whatever stands before them", () => {
  const set = opSet(ops);
  const data = (name: string) => ({ op: "data", as: name, from: `./${name}.csv`, format: "csv" });
  const steps = [
    { op: "model", as: "before", use: "mlp", hidden: [4], input: [3], outputs: 2 },
    data("rows"),
    data("others"),
    { op: "model", as: "behind", use: "mlp", hidden: [8] },
  ];
  const found = (outputs: number): DatasetFacts => ({
    ...{ kind: "dataset", task: "classification", input: [4], outputs },
  });
  const facts: Readonly<Record<string, DatasetFacts>> = { rows: found(3), others: found(5) };
  const parameters = () => {
    const recipe = recipeFromValue({ name: "x", steps }, "./", set);
    const { node } = compile(recipe, set, ({ name }) => facts[name]);
    return (node("behind")!.facts as ModelFacts).parameters;
  };
  assert.equal(parameters(), 4 * 8 + 8 + 8 * 3 + 3);
});

Deno.test("a step that asks for more memory than there may be is refused before it runs, with what decides it", () => {
  const greedy = {
    ...fakeOps.get("train")!,
    needs: () => ({
      bytes: 2000,
      what: "a list of 500 numbers",
      path: "epochs",
      help: "fewer epochs",
    }),
  };
  const set = new Map([...fakeOps, ["train", greedy]]);
  const found = (memory: number) =>
    compile(parseRecipe(digits, "x.yaml", set), set, () => undefined, memory).diagnostics
      .filter(({ code }) => code === "too-large")
      .map(({ path, message, help }) => `${path}: ${message} (${help})`);
  assert.deepEqual(found(2000), []);
  const [first, ...more] = found(1999);
  assert.match(
    first!,
    /\.epochs: a list of 500 numbers would take 2\.00 kB of memory, and the budget is 2\.00 kB \(fewer epochs, or --memory 1GB\)$/,
  );
  assert.equal(more.length, fakeSteps("train") - 1);
});

/** How many steps of an op the recipe has. */
function fakeSteps(op: string): number {
  return graph(digits).nodes.filter(({ step }) => step.op === op).length;
}

/** What is wrong with steps of the ops that ship, as a value. */
const wrong = (value: Record<string, unknown>, base = "./") => {
  const set = opSet(ops);
  return compile(recipeFromValue({ name: "x", ...value }, base, set), set).diagnostics
    .map(({ code, path, message, help }) =>
      `${code} ${path}: ${message}${help === undefined ? "" : ` (${help})`}`
    );
};
const taught = { data: "digits", model: { use: "lenet5", train: { epochs: 1 } } };

Deno.test("a name that means the end of a recipe is reserved", () => {
  const reserved = (name: string, as: string) =>
    `bad-name ${as}: \`${name}\` is reserved: it means what a recipe ends with`;
  for (const name of ["result", "best"]) {
    const step = { op: "quantize", scheme: "int8", as: name };
    assert.ok(wrong({ ...taught, steps: [step] }).includes(reserved(name, "steps.0")));
    const text =
      `decant: 1\nname: x\ndata: digits\nmodel: { use: lenet5, train: { epochs: 1 } }\nsteps:\n` +
      `  - { op: quantize, scheme: int8, as: ${name} }\n`;
    const set = opSet(ops);
    const { diagnostics } = compile(parseRecipe(text, "x.yaml", set), set);
    assert.ok(diagnostics.some(({ path, code }) => code === "bad-name" && path === "steps.0.as"));
  }
});

Deno.test("two steps of one name are told where the first is, in a text by its line", () => {
  const twice = [1, 2].map(() => ({ op: "quantize", scheme: "int8", as: "small" }));
  assert.ok(
    wrong({ ...taught, steps: twice }).some((each) =>
      each ===
        "duplicate-name steps.1: `small` is the name of two steps; the first is at steps.0 " +
          "(give one of them another name: as: …)"
    ),
    wrong({ ...taught, steps: twice }).join("\n"),
  );
  const text = `decant: 1
name: x
data: digits
model: { use: lenet5, train: { epochs: 1 } }
steps:
  - { op: quantize, scheme: int8, as: small }
  - { op: quantize, scheme: int8, as: small }
`;
  const set = opSet(ops);
  const [first] = compile(parseRecipe(text, "x.yaml", set), set).diagnostics;
  assert.deepEqual([first!.path, first!.message], [
    "steps.1.as",
    "`small` is the name of two steps; the first is at line 6",
  ]);
});

Deno.test("files of two steps in one folder, too many steps and too many layers are said so", () => {
  const exported = [{ op: "export", use: "tfjs", as: "tfjs" }, { op: "export", use: "tfjs" }];
  assert.deepEqual(wrong({ ...taught, steps: exported }), [
    "duplicate-name steps.1: the files of `tfjs` and `export-tfjs` would lie in one folder, tfjs/ " +
    "(give one of them another name: as: …)",
  ]);
  const many = recipeFromValue({ name: "x", ...taught }, "./", fakeOps);
  const steps = Array.from({ length: 100_001 }, (_, at) => ({ ...many.steps[0]!, name: `s${at}` }));
  const { nodes, diagnostics } = compile({ ...many, steps }, fakeOps);
  assert.deepEqual([nodes.length, diagnostics.map(({ message }) => message)], [0, [
    "A recipe may have 100000 steps and no more; this has 100001",
  ]]);
});

Deno.test("the layers of all models are counted, of equal facts once", () => {
  const layer = { name: "conv", type: "conv", kind: "conv", shape: [1], parameters: 1, macs: 1 };
  const layered = (count: number) => ({
    ...{ kind: "model", learned: true, established: [] } as const,
    layers: Array<typeof layer>(count).fill(layer),
  });
  const text =
    "decant: 1\nname: x\nmodel: { from: ./a.json }\nsteps:\n  - { op: load, as: b, from: ./b.json }\n";
  const recipe = parseRecipe(text, "x.yaml", fakeOps);
  const said = (of: (name: string) => ModelFacts) =>
    compile(recipe, fakeOps, ({ name }) => name === "model" || name === "b" ? of(name) : undefined)
      .diagnostics.filter(({ code }) => code === "too-large")
      .map(({ path, message }) => `${path}: ${message}`);
  const half = 1 << 18;
  assert.deepEqual(said(() => layered(half)), []);
  const one = layered(half + 1);
  assert.deepEqual(said(() => one), []);
  assert.deepEqual(said((name) => layered(name === "b" ? half + 1 : half)), [
    "steps.0: the models of a recipe may have 524288 layers together and no more",
  ]);
});
