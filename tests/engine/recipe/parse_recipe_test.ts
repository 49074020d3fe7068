/** The language's front door: reading never throws, and says where everything stands. */
import assert from "node:assert/strict";
import {
  parseRecipe,
  type ReadingOptions,
  recipeFromValue,
} from "../../../engine/recipe/parse_recipe.ts";
import { digits, searched, swept } from "./documents.ts";
import { fakeOps } from "./fake_ops.ts";
import { loadWholeYaml } from "../../../engine/recipe/parse/parse_yaml.ts";

await loadWholeYaml();

const read = (text: string, options: ReadingOptions = {}) =>
  parseRecipe(text, "folder/x.yaml", fakeOps, options);
const wrong = (text: string) => read(text).diagnostics.map(({ code, path }) => `${code} ${path}`);
const small =
  "decant: 1\nname: small\ndata: digits\nmodel: { use: lenet5, train: { epochs: 2 } }\n";

Deno.test("what is no recipe has no steps, and a sentence", () => {
  for (const text of ["", "- 1\n", "decant: 2\nname: x\n", "decant: 1\nname: [\n"]) {
    const { steps, about, diagnostics } = read(text);
    assert.deepEqual([steps, about.name], [[], "recipe"], text);
    assert.ok(diagnostics.some(({ severity }) => severity === "error"), text);
  }
});

Deno.test("what a recipe says of itself is kept, what is no text in it is not", () => {
  const said = "authors: Ann\nlicense: MIT\nreferences: [one, { two: 2 }]\ndescription: Words\n";
  assert.deepEqual(read(small + said).about, {
    name: "small",
    description: "Words",
    authors: ["Ann"],
    license: "MIT",
    references: ["one"],
  });
});

Deno.test("sources resolve against the folder of the document", () => {
  const text = "decant: 1\nname: mine\nmodel: { from: ./model.json }\n";
  const { base, steps } = read(text);
  assert.equal(base, "folder/");
  assert.equal(steps[0]!.params.from, "./model.json");
  const child = "decant: 1\nname: child\nextends: other/x.yaml\n";
  const behind = { source: "other/x.yaml", text };
  const [inherited] = read(child, { parents: [behind] }).steps;
  assert.equal(inherited!.params.from, "../other/model.json", "as its own document means it");
});

Deno.test("a setting from outside replaces what is written, before anything is checked", () => {
  const epochs = (options: ReadingOptions) => {
    const recipe = read(small, options);
    return recipe.diagnostics.length > 0
      ? recipe.diagnostics.map(({ code }) => code)
      : recipe.steps.find(({ op }) => op === "train")!.params.epochs;
  };
  assert.equal(epochs({}), 2);
  assert.equal(epochs({ set: { "model.train.epochs": "5" } }), 5);
  assert.deepEqual(epochs({ set: { "model.train.epochs": "0" } }), ["out-of-range"]);
});

Deno.test("a recipe extends another, and a parent that cannot be read leaves nothing", () => {
  const child = "decant: 1\nname: child\nextends: parent.yaml\nmodel: { train: { epochs: 7 } }\n";
  const recipe = read(child, { parents: [{ source: "parent.yaml", text: small }] });
  assert.deepEqual(recipe.diagnostics, []);
  assert.equal(recipe.about.name, "child");
  assert.equal(recipe.steps.find(({ op }) => op === "train")!.params.epochs, 7);
  const broken = read(child, { parents: [{ source: "parent.yaml", text: "decant: [\n" }] });
  assert.deepEqual(broken.steps, []);
  assert.equal(broken.diagnostics[0]!.place!.source, "parent.yaml");
});

Deno.test("mistakes come in the order of the text, whatever finds them", () => {
  const text = `${
    small.replace("epochs: 2", "epochs: 0")
  }expect: [result.acuracy >= 1 %]\nunheard: 1\n`;
  assert.deepEqual(wrong(text), [
    "out-of-range model.train.epochs",
    "claim expect.0",
    "unknown-field unheard",
  ]);
});

Deno.test("the place of a path is that in the text, of one that is not written that of what is around", () => {
  const recipe = read(small);
  assert.equal(recipe.place("model.train.epochs")!.line, 4);
  const around = recipe.place("model.train")!;
  const { line, column } = recipe.place("model.train.batch")!;
  assert.deepEqual([line, column], [around.line, around.column]);
  assert.equal(
    recipeFromValue({ name: "a", data: "digits" }, "./", fakeOps).place("data")?.line,
    undefined,
  );
});

Deno.test("an object that is no JSON is reported and not expanded", () => {
  const { steps, diagnostics } = recipeFromValue({ name: "mine", seed: 1n }, "./", fakeOps);
  assert.deepEqual(steps, []);
  assert.ok(diagnostics.length > 0);
});

Deno.test("the seed of a sweep's recipe is its own, the result each point's", () => {
  const recipe = read(swept);
  assert.deepEqual(recipe.diagnostics, []);
  assert.equal(recipe.sweep!.points.length, 4);
  assert.equal(recipe.result, undefined);
  assert.equal(recipe.search, undefined);
  assert.equal(recipe.place("sweep.over.ratio")!.line, 13);
});

Deno.test("a searched recipe can be read at every point, each with the values of that point", () => {
  const { search, sweep, diagnostics } = read(searched);
  assert.deepEqual([diagnostics, sweep], [[], undefined]);
  const [ratios, schemes] = search!.variables.map(({ values }) => values);
  for (const point of [[0, 0], [3, 1], [16, 0]] as const) {
    const { steps, search: again } = search!.recipe(point);
    assert.equal(again, undefined, "a point is not searched");
    const params = (op: string) => steps.find((step) => step.op === op)!.params;
    assert.equal(params("prune").ratio, ratios![point[0]]);
    assert.equal(params("quantize").scheme, schemes![point[1]]);
  }
});

Deno.test("a trial exports nothing; the probes have every listed value and the ends of a range", () => {
  const { search } = read(`${searched}export: tfjs\n`);
  assert.ok(search!.recipe([0, 0]).steps.some(({ op }) => op === "export"));
  assert.ok(!search!.trial([0, 0]).steps.some(({ op }) => op === "export"));
  const tried = (op: string, field: string) =>
    new Set(search!.probes.map(({ steps }) => steps.find((step) => step.op === op)!.params[field]));
  assert.deepEqual(tried("prune", "ratio"), new Set([0.1, 0.15, 0.9]));
  assert.deepEqual(tried("quantize", "scheme"), new Set(["int8", "int4"]));
});

Deno.test("a mistake at one value of a search is reported before anything runs", () => {
  const text = searched.replace("scheme: [int8, int4]", "scheme: [int8, int9]");
  assert.deepEqual(wrong(text), ["unknown-value quantize.scheme"]);
});

Deno.test("reading twice gives the same recipe", () => {
  const plain = (recipe: ReturnType<typeof read>) => JSON.stringify(recipe);
  assert.equal(plain(read(digits)), plain(read(digits)));
});

/** The same as a text and as an object. */
const said = `decant: 1
name: mine
authors: [A, B]
license: MIT
seed: 4
variables: { ratio: 0.5 }
data: digits
model: { use: lenet5, train: { epochs: 1 } }
prune: { granularity: weight, ratio: $ratio }
expect: result.accuracy >= 10 %
`;
const value = {
  name: "mine",
  authors: ["A", "B"],
  license: "MIT",
  seed: 4,
  data: "digits",
  model: { use: "lenet5", train: { epochs: 1 } },
  prune: { granularity: "weight", ratio: 0.5 },
  expect: "result.accuracy >= 10 %",
};

Deno.test("a text and the object that says the same are the same recipe", () => {
  const [written, made] = [read(said), recipeFromValue(value, "folder/", fakeOps)];
  assert.deepEqual([written.diagnostics, made.diagnostics], [[], []]);
  for (const name of ["about", "seed", "steps", "expect", "base", "metrics"] as const) {
    assert.deepEqual(written[name], made[name], name);
  }
  assert.deepEqual([written.about.authors, written.about.license, written.seed], [
    ["A", "B"],
    "MIT",
    4,
  ]);
});

Deno.test("a sweep is all its points in one, and a seed that differs is each point's own", () => {
  const recipe = read(`${said}sweep: { over: { ratio: [0.25, 0.5], seed: [1, 2] } }\n`);
  assert.deepEqual(recipe.diagnostics, []);
  assert.deepEqual(recipe.sweep!.points.map(({ values }) => values), [
    { ratio: 0.25, seed: 1 },
    { ratio: 0.25, seed: 2 },
    { ratio: 0.5, seed: 1 },
    { ratio: 0.5, seed: 2 },
  ]);
  const ratios = recipe.steps.filter(({ op }) => op === "prune").map(({ params }) => params.ratio);
  assert.deepEqual(ratios.sort(), [0.25, 0.25, 0.5, 0.5]);
});

Deno.test("points times the length of a recipe are bounded", () => {
  const many = `${said}sweep: { over: { seed: { min: 1, max: 9999, step: 1 } } }\n`
    .replace("[A, B]", `[${Array(500).fill("A").join(", ")}]`);
  const recipe = read(many);
  assert.deepEqual([wrong(many), recipe.steps], [["too-large sweep"], []]);
  assert.equal(recipe.diagnostics[0]!.place!.line, 11);
});

Deno.test("an object may be set from outside too", () => {
  const set = { "model.train.epochs": 9 };
  const { steps } = recipeFromValue(value, "folder/", fakeOps, { set });
  assert.equal(steps.find(({ op }) => op === "train")!.params.epochs, 9);
});

const varied = (over: string) =>
  read(`${small.replace("epochs: 2", "epochs: $e")}seed: 3
variables: { e: 1, r: 0.5 }
prune: { granularity: weight, ratio: $r }
sweep: { over: { ${over} } }
`);

Deno.test("a sweep has a reference only where all points have the same", () => {
  assert.equal(varied("r: [0.3, 0.5]").reference, "model");
  assert.equal(varied("e: [1, 2]").reference, undefined);
  assert.equal(varied("e: [1, 2]").seed, 3);
});

Deno.test("places are known of what is refused as a whole, and of a search in the document around it", () => {
  assert.equal(read("decant: 2\nname: x\n").place("name")!.line, 2);
  assert.equal(read(searched).place("search.over.ratio")!.line, 9);
  assert.equal(read(searched).place("prune.ratio")!.line, 6);
});

Deno.test("a sweep of a long recipe may have fewer points", () => {
  const claims = Array.from({ length: 500 }, () => "result.bytes <= 1 kB").join(", ");
  const swept = (points: number) =>
    parseRecipe(
      `decant: 1\nname: x\nvariables: { n: 1 }\ndata: { use: digits, limit: $n }\nexpect: [${claims}]\n` +
        `sweep: { over: { n: { min: 1, max: ${points}, step: 1 } } }\n`,
      "x.yaml",
      fakeOps,
    ).diagnostics.filter(({ code }) => code === "too-large");
  const [wrong] = swept(9000);
  assert.deepEqual([wrong!.path, wrong!.message, wrong!.help, wrong!.place!.line], [
    "sweep",
    "9000 points of a recipe of this length are too many to read",
    "fewer points, or a shorter recipe",
    6,
  ]);
  assert.deepEqual(swept(2), []);
});
