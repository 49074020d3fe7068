/** One word, one meaning; and no name that nobody uses. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path/posix";
import { fromFileUrl, sources, testFiles } from "./imports.ts";

/** The text of a file without its comments. */
async function codeOf(path: string): Promise<string> {
  const text = await Deno.readTextFile(fromFileUrl(path));
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

/** The sources as they are read, the compiled kernels apart. */
async function texts(): Promise<ReadonlyMap<string, string>> {
  const found = (await sources()).filter((path) => !path.endsWith("kernels.wasm.ts"));
  return new Map(
    await Promise.all(found.map(async (path) => [path, await codeOf(path)] as const)),
  );
}

Deno.test("no two files declare types of one name, those that they keep to themselves included", async () => {
  const homes = new Map<string, Set<string>>();
  const declared = /^(?:export )?(?:declare |abstract )*(?:interface|type|class|enum) (\w+)[ <]/gm;
  for (const [path, text] of await texts()) {
    for (const [, name] of text.matchAll(declared)) {
      homes.set(name!, (homes.get(name!) ?? new Set()).add(path));
    }
  }
  assert.ok(homes.size > 1000, "types are found");
  const shared = [...homes].filter(([, paths]) => paths.size > 1)
    .map(([name, paths]) => `${name}: ${[...paths].join(" ")}`);
  assert.deepEqual(shared, []);
});

Deno.test("things are called what the trade calls them: no word of a stage play stands for one", async () => {
  const play =
    /\b(?:courts?|judges?|deaf|hired?|hires|crews?|gregarious|lessons?|deeds?|theatres?|verdicts?)\b/i;
  const found: string[] = [];
  for (const path of [...await sources(), ...await testFiles()]) {
    if (!path.endsWith(".ts") || path.endsWith("kernels.wasm.ts")) continue;
    if (path === "tests/architecture/names_test.ts") continue;
    const text = await Deno.readTextFile(fromFileUrl(path));
    const word = play.exec(text.replace(/([a-z\d])([A-Z])/g, "$1 $2").replaceAll("_", " "));
    if (word !== null) found.push(`${path}: ${word[0]}`);
  }
  assert.deepEqual(found, []);
});

/**
 * Where names of ops stand in the engine, and how often: the words of the language, two words whose granularity is to come
 * (`head` of one of them is a part of a layer), and `train` as a part of data.
 */
const opNames: Readonly<Record<string, number>> = {
  "engine/graph/key.ts": 1,
  "engine/recipe/words/language.ts": 9,
  "engine/recipe/words/later.ts": 1,
};

Deno.test("the engine knows the words of the language, not the ops", async () => {
  const { ops } = await import("../../ops/mod.ts");
  const names = new Set<string>(ops.map(({ name }) => name));
  // Names of kinds, of inputs, of the parts of data and of columns too: they count where an op is meant.
  const words = new Set(["data", "model", "head", "part"]);
  const meansOp = /(\bop: |\bop(\.name)? [!=]== |ops\.(get|has)\(|^export const [A-Z]+ = )$/;
  const found: Record<string, number> = {};
  for (const [path, text] of await texts()) {
    if (!path.startsWith("engine/")) continue;
    // Classes of HTML are no names of ops.
    for (const match of text.matchAll(/(?<!class=)"([a-z]+)"|^\s*([a-z]+): (?=\[|\{|")/gm)) {
      const [quoted, key] = [match[1], match[2]];
      const line = text.slice(text.lastIndexOf("\n", match.index) + 1, match.index);
      const isOp = quoted !== undefined
        ? names.has(quoted) && (!words.has(quoted) || meansOp.test(line))
        : names.has(key!) && !words.has(key!);
      if (isOp) found[path] = (found[path] ?? 0) + 1;
    }
  }
  assert.deepEqual(found, opNames);
});

/** Comparisons with a layer kind outside the kinds: where layers of another structure are made, not where one is asked what it does. */
const kindTests: readonly string[] = [
  "ops/learn/loss/adapters.ts: kind === undefined) return { student, teacher };",
  'ops/learn/loss/adapters.ts: kind === "dense") return { ...common, kind, units: channels };',
  'ops/replace/blocks.ts: kind === "dense"',
  'ops/replace/candidates.ts: kind === "conv" && typeOf(layer) !== "pointwise";',
];

Deno.test("what a layer kind does stands at the kind, not in comparisons elsewhere", async () => {
  const asks =
    /\bkind [!=]==.*|\bswitch \([\w.]*\.kind\)|\.(?:has|includes|get)\([\w.]*\.kind\)|\w\[[\w.]*\.kind\]/g;
  const found: string[] = [];
  for (const [path, text] of await texts()) {
    if (!/^ops\/(?!formats\/|model\/kinds\/)/.test(path)) continue;
    for (const [asked] of text.matchAll(asks)) found.push(`${path}: ${asked}`);
  }
  assert.deepEqual(found, kindTests);
});

/** The file that a specifier in another names; undefined where it leaves the project. */
const fileOf = (from: string, specifier: string): string | undefined =>
  specifier.startsWith(".") ? join(dirname(from), specifier) : undefined;

/** Another file's exports, all of them passed on. */
const PASSED_ON = /^export \* from "([^"]+)"/gm;

/**
 * What a file takes from others: the names in its import clauses, and all its words where a module is loaded by need,
 * as a whole, or by its address in a thread.
 */
function taken(from: string, text: string): readonly (readonly [string, ReadonlySet<string>])[] {
  const clause = /\b(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s*from\s*"([^"]+)"/g;
  const found: (readonly [string, ReadonlySet<string>])[] = [];
  const rest = text.replace(clause, (_all, names: string, specifier: string) => {
    const file = fileOf(from, specifier);
    const own = names.split(",").map((each) => each.trim().replace(/^type\s+/, "").split(/\s/)[0]!);
    if (file !== undefined) found.push([file, new Set(own)]);
    return "";
  });
  const words = new Set(rest.match(/\w+/g));
  // What a thread runs is named by the file that it stands in: `module: import.meta.url, name: …`.
  if (rest.includes("module: import.meta.url, name")) {
    const named = /module: import\.meta\.url, name: (?:"(\w+)"|(\w+)\.name)/g;
    const run = [...rest.matchAll(named)].map(([, quoted, name]) => (quoted ?? name)!);
    found.push([from, new Set(run)]);
  }
  for (
    const [, specifier] of rest.replace(PASSED_ON, "").matchAll(
      /["'`](\.{1,2}\/[^"'`\s]+\.ts)["'`]/g,
    )
  ) {
    const file = fileOf(from, specifier!);
    if (file !== undefined) found.push([file, words]);
  }
  return found;
}

Deno.test("every export is imported from its file", async () => {
  const all = await texts();
  const tests = (await testFiles()).filter((path) => path.endsWith(".ts"));
  const readers = [
    ...all,
    ...await Promise.all(
      tests.map(async (path) => [path, await Deno.readTextFile(fromFileUrl(path))] as const),
    ),
  ];
  const imported = new Map<string, Set<string>>();
  for (const [path, text] of readers) {
    for (const [file, names] of taken(path, text)) {
      const known = imported.get(file) ?? new Set();
      for (const name of names) known.add(name);
      imported.set(file, known);
    }
  }
  for (const [path, text] of all) {
    for (const [, specifier] of text.matchAll(PASSED_ON)) {
      const file = fileOf(path, specifier!);
      if (file !== undefined) {
        const known = imported.get(file) ?? new Set();
        imported.set(file, known.union(imported.get(path) ?? new Set()));
      }
    }
  }
  const unused: string[] = [];
  for (const [path, text] of all) {
    if (/^(engine\/deps\/|recipes\/|mod\.ts$)/.test(path)) continue;
    const exported = /^export (?:async )?(?:function\*?|const|let|interface|type|class) (\w+)/gm;
    for (const [, name] of text.matchAll(exported)) {
      if (!imported.get(path)?.has(name!)) unused.push(`${path}: ${name}`);
    }
  }
  assert.deepEqual(unused, []);
});
