/** The arrows between rooms, and what a module may load: read from the import graph itself. */
import assert from "node:assert/strict";
import { fromFileUrl, type Import, imports, kernels, sources } from "./imports.ts";

/**
 * Rooms from the ground up, each with the rooms whose files it may import beside its own. A file belongs to the
 * first room whose pattern matches.
 */
const engine: readonly (readonly [string, RegExp, readonly string[]])[] = [
  ["deps", /^engine\/deps\//, []],
  ["contracts", /^engine\/[^/]+\.ts$/, ["deps"]],
  ["own", /^engine\/own\//, ["deps", "contracts"]],
  ["recipe", /^engine\/recipe\//, ["deps", "contracts"]],
  ["store", /^engine\/store\//, ["deps", "contracts"]],
  ["tensor", /^engine\/tensor\//, ["deps", "contracts"]],
  ["graph", /^engine\/graph\//, ["deps", "contracts", "recipe", "store"]],
  ["run", /^engine\/run\//, ["deps", "contracts", "own", "recipe", "store", "graph"]],
  ["report", /^engine\/report\//, ["deps", "contracts", "recipe", "store", "graph", "run"]],
  ["notebook", /^engine\/notebook\//, [
    "deps",
    "contracts",
    "recipe",
    "store",
    "graph",
    "run",
    "report",
  ]],
  ["library", /^engine\/library\//, [
    "deps",
    "contracts",
    "recipe",
    "store",
    "tensor",
    "graph",
    "run",
    "report",
    "notebook",
  ]],
  ["cli", /^engine\/cli\//, [
    "deps",
    "contracts",
    "recipe",
    "store",
    "graph",
    "run",
    "report",
    "notebook",
    "library",
  ]],
];

const libraries = ["data", "model", "learn", "formats"].map((name) => `ops/${name}`);
const techniques = ["distill", "prune", "cluster", "quantize", "replace", "evaluate", "transfer"]
  .map((name) => `ops/${name}`);

/** A library imports those below it; a technique imports every library and no other technique. */
const rooms: readonly (readonly [string, RegExp, readonly string[]])[] = [
  ...engine,
  ...libraries.map((name, place): [string, RegExp, readonly string[]] => [
    name,
    new RegExp(`^${name}/`),
    ["deps", "contracts", "own", "tensor", ...libraries.slice(0, place)],
  ]),
  ...techniques.map((name): [string, RegExp, readonly string[]] => [
    name,
    new RegExp(`^${name}/`),
    ["deps", "contracts", "own", "tensor", ...libraries],
  ]),
  ["ops/drafts", /^ops\/drafts\//, ["deps", "contracts", "recipe", ...libraries]],
  ["ops", /^ops\/mod\.ts$/, ["deps", "contracts", ...libraries, ...techniques]],
  ["surface", /^(mod|engine\/api\/(define|language))\.ts$/, [
    ...engine.map(([name]) => name),
    "ops",
    "ops/drafts",
    "ops/evaluate",
    ...libraries,
  ]],
  ["recipes", /^recipes\//, ["surface"]],
];

/** Imports against the arrows that are still to be turned; none may be added. */
const owed: readonly string[] = [];

function roomOf(path: string): string {
  const room = rooms.find(([, pattern]) => pattern.test(path));
  assert.ok(room, `${path} stands in no room`);
  return room[0];
}

Deno.test("every import, of types and by need too, follows an arrow between rooms", async () => {
  const wrong = new Set<string>();
  for (const { from, to } of (await imports()).filter((each) => !each.external)) {
    const room = roomOf(from);
    const target = roomOf(to);
    const allowed = rooms.find(([name]) => name === room)![2];
    if (room !== target && !allowed.includes(target)) wrong.add(`${from} → ${to}`);
  }
  assert.deepEqual([...wrong].sort(), owed);
});

/** The folders of the language from the ground up. The files beside them stand above all; their types are for all. */
const language = ["parse", "words", "resolve", "check", "claims", "expand", "search"];

Deno.test("a folder of the language imports those before it, and types of the whole recipe", async () => {
  const folderOf = (path: string) => /^engine\/recipe\/([^/]+)\//.exec(path)?.[1];
  const folders = new Set((await sources()).flatMap((path) => folderOf(path) ?? []));
  assert.deepEqual([...folders].sort(), [...language].sort());
  const wrong = (await imports()).filter(({ from, to, typeOnly }) => {
    const [folder, target] = [folderOf(from), folderOf(to)];
    if (folder === undefined || !to.startsWith("engine/recipe/")) return false;
    return target === undefined ? !typeOnly : language.indexOf(target) > language.indexOf(folder);
  });
  assert.deepEqual(wrong.map(({ from, to }) => `${from} → ${to}`), []);
});

/** Formats that others are made of: tfjs reads layers as Keras does and graphs as ONNX does, a page holds a packed model. */
const madeOf: readonly string[] = [
  "page → packed",
  "page → preprocessing",
  "tfjs → keras",
  "tfjs → onnx",
];

Deno.test("a format imports no other's folder but those it is made of", async () => {
  const folderOf = (path: string) => /^ops\/formats\/([^/]+)\//.exec(path)?.[1];
  const found = (await imports()).flatMap(({ from, to }) => {
    const [folder, target] = [folderOf(from), folderOf(to)];
    return folder === undefined || target === undefined || folder === target
      ? []
      : [`${folder} → ${target}`];
  });
  assert.deepEqual([...new Set(found)].sort(), madeOf);
});

Deno.test("a file that defines an op is imported by the list of ops alone", async () => {
  const ops = new Set<string>();
  for (const path of await sources()) {
    const text = await Deno.readTextFile(fromFileUrl(path));
    if (path.startsWith("ops/") && /\bdefineOp\(/.test(text)) ops.add(path);
  }
  assert.ok(ops.size > 15, "ops are found");
  const wrong = (await imports()).filter(({ from, to }) => ops.has(to) && from !== "ops/mod.ts");
  assert.deepEqual(wrong.map(({ from, to }) => `${from} → ${to}`), []);
});

Deno.test("third-party code enters through engine/deps alone, at exact versions", async () => {
  const wrong = (await imports()).filter((each) =>
    each.external && !each.to.startsWith("node:") &&
    (!each.from.startsWith("engine/deps/") || !/^npm:(@[^/]+\/)?[^@/]+@\d+\.\d+\.\d+/.test(each.to))
  );
  assert.deepEqual(wrong.map(({ from, to }) => `${from} → ${to}`), []);
});

Deno.test("a package that is loaded by a computed specifier has an exact version, and stands in engine/deps", async () => {
  const texts = new Map<string, string>();
  for (const path of await sources()) texts.set(path, await Deno.readTextFile(fromFileUrl(path)));
  const deps = [...texts].filter(([path]) => path.startsWith("engine/deps/"));
  const versions = new Map(
    deps.flatMap(([, text]) => [...text.matchAll(/const ([A-Z_]+) = "([^"]+)"/g)])
      .map(([, name, version]) => [name!, version!]),
  );
  const exact = /^npm:(@[^/]+\/)?[^@/]+@\d+\.\d+\.\d+/;
  const specifiers = deps.flatMap(([path, text]) =>
    [...text.matchAll(/["'`](npm:[^"'`]+)["'`]/g)].map(([, specifier]) => [
      path,
      specifier!.replace(/\$\{(\w+)\}/g, (all, name) => versions.get(name) ?? all),
    ])
  );
  assert.ok(specifiers.length > 20, "specifiers are found");
  assert.deepEqual(specifiers.filter(([, specifier]) => !exact.test(specifier!)), []);
  // What a recipe names itself is loaded elsewhere, by a name that is computed whole: `npm:${…}`.
  const outside = [...texts].flatMap(([path, text]) =>
    path.startsWith("engine/deps/") ? [] : [
      ...text.replace(/\/\*[\s\S]*?\*\//g, "").matchAll(
        /specifier\w* = ["'`]npm:[^"'`]*|import\(["'`]npm:[^"'`]*/g,
      ),
    ].map(([found]) => `${path}: ${found}`)
  );
  assert.deepEqual(outside, []);
});

Deno.test("packages stand behind computed specifiers: no start waits for what it does not use", async () => {
  const wrong = (await imports()).filter(({ to, typeOnly }) => to.startsWith("npm:") && !typeOnly);
  assert.deepEqual(wrong.map(({ from, to }) => `${from} → ${to}`), []);
});

/** What a run loads that recalls every step: each is loaded at once, or by need from the one before. */
const recalling = [
  "mod.ts",
  "engine/api/language.ts",
  "engine/cli/run_command.ts",
  "engine/library/run_graph.ts",
  "engine/store/disk_store.ts",
  "engine/report/html/report_html.ts",
  "engine/graph/plan.ts",
];

Deno.test("what a cached run loads holds no parser, no tensor library, no data set and no threads", async () => {
  const edges = Map.groupBy(
    (await imports()).filter((each) => !each.dynamic && !each.typeOnly),
    (each) => each.from,
  );
  const reached = new Set<string>();
  const heavy: Import[] = [];
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const each of edges.get(path) ?? []) {
      // The handler of signals is a text of its own, for a thread that starts with the first computed step.
      if (
        each.external && path !== "engine/cli/signalled.ts" &&
        /tensorflow|assemblyscript|mnist|onnx|iris|yaml|typebox|ajv|node:/
          .test(each.to)
      ) {
        heavy.push(each);
      }
      if (!each.external) visit(each.to);
    }
  };
  recalling.forEach(visit);
  assert.ok(reached.size > 200, "the walk found the engine");
  assert.deepEqual(heavy.map(({ from, to }) => `${from} → ${to}`), []);
  // Ops compute facts with these two; whatever reaches kernels is loaded where a step computes.
  assert.deepEqual(
    [...reached].filter((path) => path.startsWith("engine/tensor/")).sort(),
    ["engine/tensor/random.ts", "engine/tensor/scalar_math.ts"],
  );
});

Deno.test("no file is longer than 300 lines", async () => {
  const long: string[] = [];
  for (const path of [...await sources(), ...await kernels()]) {
    const text = await Deno.readTextFile(fromFileUrl(path));
    const lines = text.split("\n").length;
    if (lines > 301) long.push(`${path}: ${lines}`);
  }
  assert.deepEqual(long, []);
});

Deno.test("only the command line prints", async () => {
  const wrong: string[] = [];
  for (const path of await sources()) {
    if (path.startsWith("engine/cli/")) continue;
    const text = await Deno.readTextFile(fromFileUrl(path));
    if (/\bconsole\.\w+\(|Deno\.std(out|err)\.write/.test(text)) wrong.push(path);
  }
  assert.deepEqual(wrong, []);
});

Deno.test("nothing that reaches an artifact uses a function that IEEE 754 does not fix", async () => {
  const wrong: string[] = [];
  const forbidden =
    /Math\.(random|exp|expm1|log|log2|log10|log1p|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|cbrt|hypot)\b|[\w)\]] \*\* [\w(]/;
  for (const path of await sources()) {
    if (!/^(ops|engine\/tensor)\//.test(path)) continue;
    const code = (await Deno.readTextFile(fromFileUrl(path)))
      .replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
    const match = forbidden.exec(code);
    if (match) wrong.push(`${path}: ${match[0]}`);
  }
  assert.deepEqual(wrong, []);
});

Deno.test("no op takes tf.abs, whose gradient at 0 is −1: terms have a magnitude of their own", async () => {
  const wrong: string[] = [];
  for (const path of await sources()) {
    if (!path.startsWith("ops/")) continue;
    const code = (await Deno.readTextFile(fromFileUrl(path))).replace(/\/\*[\s\S]*?\*\//g, "");
    if (/\btf\.abs\(|\.abs\(\)/.test(code)) wrong.push(path);
  }
  assert.deepEqual(wrong, []);
});
