/** Mutated recipes, for the suite and at length: each gives a diagnosis or a valid expansion, never a stack trace, and always a bounded number of steps. */
import assert from "node:assert/strict";
import { fc } from "../../deps.ts";
import { compile } from "../../../engine/graph/compile.ts";
import { parse } from "../../../engine/deps/yaml.ts";
import { expandedYaml } from "../../../engine/recipe/expanded_yaml.ts";
import { parseRecipe, recipeFromValue } from "../../../engine/recipe/parse_recipe.ts";
import type { ExpandedRecipe } from "../../../engine/recipe/recipe.ts";
import { renderDiagnostics } from "../../../engine/recipe/check/render_diagnostics.ts";
import { documents } from "./documents.ts";
import { type OpSet, opSet } from "../../../engine/op.ts";
import { ops } from "../../../ops/mod.ts";
import { fakeOps } from "./fake_ops.ts";
import { loadWholeYaml } from "../../../engine/recipe/parse/parse_yaml.ts";

await loadWholeYaml();

/** Declarations of the language's shape, and the ops that ship: their `facts` meet what people may write. */
export const sets: Readonly<Record<string, OpSet>> = { declared: fakeOps, shipped: opSet(ops) };

const texts = Object.values(documents);

const bare = ({ steps }: ExpandedRecipe) =>
  steps.map(({ name, op, inputs, params }) => ({ name, op, inputs, params }));

/** What must hold of whatever a person may have written. */
function assertDiagnosed(recipe: ExpandedRecipe, ops: OpSet, text?: string): void {
  const { diagnostics: own, nodes } = compile(recipe, ops);
  const probes = recipe.search?.probes.slice(0, 2) ?? [];
  const diagnostics = [own, ...probes.map((probe) => compile(probe, ops).diagnostics)].flat();
  const printed = renderDiagnostics(diagnostics, text);
  for (const { message, place } of diagnostics) {
    assert.notEqual(message, "");
    assert.doesNotMatch(message, /internal|undefined|\[object/);
    if (text !== undefined && place !== undefined) {
      assert.ok(place.line >= 1 && place.line <= text.split("\n").length, printed);
      assert.ok(place.column >= 1 && place.length >= 1, printed);
    }
  }
  if (diagnostics.some(({ severity }) => severity === "error")) return;
  assert.equal(nodes.length, recipe.steps.length);
  assert.ok(nodes.length <= 100);
  const again = parseRecipe(expandedYaml(recipe), "expanded.yaml", ops);
  assert.deepEqual(again.diagnostics, [], expandedYaml(recipe));
  assert.deepEqual(bare(again), bare(recipe));
}

const odd = fc.constantFrom<unknown>(
  null,
  true,
  0,
  -1,
  0.5,
  1e9,
  "",
  "$x",
  "*",
  "labels",
  "teacher",
  "result",
  "adam",
  "cosine",
  [],
  {},
  [[]],
  { use: "adam" },
  { use: "nothing" },
  { op: "train" },
  { from: "./x" },
  "a".repeat(200),
  "__proto__",
  "constructor",
  "\u0007\u202e",
);

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

type Holder = Record<string, unknown>;

/** One change of a document: a value replaced, a field removed, renamed, or moved elsewhere. */
function mutate(root: unknown, change: string, at: number, to: number, value: unknown): unknown {
  const copy: unknown = structuredClone(root);
  const paths = pathsOf(copy);
  const path = paths[at % paths.length]!;
  const holder = path.slice(0, -1).reduce<unknown>(
    (inner, key) => (inner as Holder)[key],
    copy,
  ) as Holder;
  const key = path.at(-1);
  if (key === undefined) return change === "replace" ? value : copy;
  const old = holder[key];
  if (change === "replace") holder[key] = value;
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
  if (change === "rename" && !Array.isArray(holder)) holder[`${key}s`] = old;
  if (change === "move") {
    const target = paths[to % paths.length]!.reduce<unknown>(
      (inner, step) => inner instanceof Object ? (inner as Holder)[step] : undefined,
      copy,
    );
    if (target instanceof Object && !Array.isArray(target)) {
      (target as Holder)[key] = structuredClone(old);
    }
  }
  return copy;
}

const changes = fc.array(
  fc.tuple(fc.constantFrom("replace", "remove", "rename", "move"), fc.nat(400), fc.nat(400), odd),
  { minLength: 1, maxLength: 3 },
);

/** Recipes as objects with some fields changed. */
export function mutateValues(ops: OpSet, numRuns: number, seed: number): void {
  fc.assert(
    fc.property(fc.constantFrom(...texts), changes, (text, list) => {
      const value = list.reduce<unknown>((root, change) => mutate(root, ...change), parse(text));
      assertDiagnosed(recipeFromValue(value, "./", ops), ops);
    }),
    { numRuns, seed },
  );
}

const edits = fc.array(
  fc.tuple(
    fc.nat(1200),
    fc.nat(6),
    fc.constantFrom(
      "",
      "{",
      "}",
      "[",
      "]",
      ":",
      ": ",
      "-",
      "\n",
      "  ",
      "&",
      "*",
      "!",
      "$",
      "#",
      "'",
      '"',
      "|",
      ">",
      "%",
      "\t",
      "0",
      "---\n",
      "\u0000",
      "é",
      "a: 1\n",
    ),
  ),
  { minLength: 1, maxLength: 4 },
);

/** Recipes as texts with some characters changed. */
export function mutateTexts(ops: OpSet, numRuns: number, seed: number): void {
  fc.assert(
    fc.property(fc.constantFrom(...texts), edits, (text, list) => {
      let edited = text;
      for (const [at, cut, put] of list) {
        const from = at % edited.length;
        edited = edited.slice(0, from) + put + edited.slice(from + cut);
      }
      assertDiagnosed(parseRecipe(edited, "mutated.yaml", ops), ops, edited);
    }),
    { numRuns, seed },
  );
}
