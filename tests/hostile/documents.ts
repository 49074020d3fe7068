/** Documents that are large, deep or repetitive on purpose, and what `check` prints of each. */
import { opSet } from "../../engine/op.ts";
import { compile } from "../../engine/graph/compile.ts";
import { parseRecipe } from "../../engine/recipe/parse_recipe.ts";
import { renderDiagnostics } from "../../engine/recipe/check/render_diagnostics.ts";
import { ops } from "../../ops/mod.ts";

const all = opSet(ops);

const HEAD = "decant: 1\nname: x\ndata: iris\n";
const MODEL = "model: { use: mlp, hidden: [4], train: { epochs: 1 } }\n";

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join("");

/** Documents by what they repeat; `n` is how often. All of them have as many mistakes. */
export const repeated: Readonly<Record<string, (n: number) => string>> = {
  "unknown fields": (n) => HEAD + MODEL + lines(n, (i) => `key${i}: 1\n`),
  "unknown fields of a block, in one line": (n) =>
    `${HEAD}model: { use: mlp, hidden: [4], train: { epochs: 1 }${
      lines(n, (i) => `, k${i}: 1`)
    } }\n`,
  "unused variables": (n) => `${HEAD}${MODEL}variables:\n${lines(n, (i) => `  v${i}: 1\n`)}`,
  "unused variables in one line": (n) =>
    `${HEAD}${MODEL}variables: { ${lines(n, (i) => `v${i}: 1, `)} }\n`,
  "unknown variables": (n) =>
    `${HEAD}${MODEL}evaluate: { metrics: [${lines(n, (i) => `$v${i}, `)}] }\n`,
  "keys that stand there twice": (n) => HEAD + MODEL + lines(n, () => "name: y\n"),
  "aliases without anchors": (n) => HEAD + MODEL + lines(n, (i) => `k${i}: *a${i}\n`),
  "anchors": (n) => HEAD + MODEL + lines(n, (i) => `k${i}: &a${i} 1\n`),
  "tags": (n) => HEAD + MODEL + lines(n, (i) => `k${i}: !t${i} 1\n`),
  "claims that cannot be read": (n) =>
    `${HEAD}${MODEL}expect:\n${lines(n, (i) => `  - result.accurracy >= ${i} %\n`)}`,
  "claims about nobody": (n) =>
    `${HEAD}${MODEL}expect:\n${lines(n, (i) => `  - model${i}.accuracy >= 1 %\n`)}`,
  "selectors that name nothing": (n) =>
    `${HEAD}${MODEL}prune:\n  granularity: weight\n  ratio: 0.5\n  exclude:\n` +
    lines(n, (i) => `    - layer${i}\n`),
  "steps of unknown ops": (n) =>
    `decant: 1\nname: x\nsteps:\n${lines(n, (i) => `  - b${i}: {}\n`)}`,
  "steps that read what is not there": (n) =>
    `decant: 1\nname: x\nsteps:\n${lines(n, (i) => `  - train: { model: m${i}, data: d${i} }\n`)}`,
  "values of the wrong type": (n) =>
    `${HEAD}model: { use: mlp, hidden: [${lines(n, (i) => `a${i}, `)}], train: { epochs: 1 } }\n`,
  "terms of a loss": (n) =>
    `${HEAD}teacher: { use: mlp, train: { epochs: 1 } }\nstudent: mlp\ndistill:\n  loss:\n` +
    lines(n, (i) => `    - { use: t${i} }\n`),
  "points of a sweep": (n) =>
    `${HEAD}${MODEL}sweep:\n${lines(n, (i) => `  no.field${i}: [1, 2]\n`)}`,
};

/** Documents in which one thing is long. */
export const long: Readonly<Record<string, (n: number) => string>> = {
  "a key": (n) => `${HEAD}${MODEL}${"a".repeat(n)}: 1\n`,
  "a line": (n) => `${HEAD}${MODEL}description: ${"a".repeat(n)}\nbogus: 1\n`,
  "a value": (n) => `decant: 1\nname: x\ndata: ${"a".repeat(n)}\n${MODEL}`,
  "a value of many words": (n) => `decant: 1\nname: x\ndata: ${"ab ".repeat(n / 3)}c\n${MODEL}`,
  "a number": (n) =>
    `${HEAD}model: { use: mlp, hidden: [${"9".repeat(n)}], train: { epochs: 1 } }\n`,
  "a claim": (n) => `${HEAD}${MODEL}expect: [${"a".repeat(n)}]\n`,
  "a selector": (n) =>
    `${HEAD}${MODEL}prune: { granularity: weight, ratio: 0.5, exclude: [${"a".repeat(n)}] }\n`,
  "a name": (n) => `decant: 1\nname: ${"a".repeat(n)}\ndata: iris\n${MODEL}`,
  "an op": (n) => `decant: 1\nname: x\nsteps:\n  - ${"a".repeat(n)}: {}\n`,
  "a nesting of lists": (n) => `${HEAD}${MODEL}x: ${"[".repeat(n)}${"]".repeat(n)}\n`,
  "a nesting of maps": (n) => `${HEAD}${MODEL}x: ${"{a: ".repeat(n)}1${"}".repeat(n)}\n`,
  "a comment": (n) => `${HEAD}${MODEL}# ${"a".repeat(n)}\nbogus: 1\n`,
  "a text in quotes": (n) => `${HEAD}${MODEL}bogus: "${"\\u0041".repeat(n / 6)}"\n`,
  "a variable": (n) => `${HEAD}${MODEL}seed: $${"a".repeat(n)}\n`,
  "empty lines": (n) => `${HEAD}${MODEL}${"\n".repeat(n)}bogus: 1\n`,
};

/** What is wrong with a document, and what is printed of it. */
export function checked(text: string): { readonly wrong: number; readonly printed: string } {
  const recipe = parseRecipe(text, "x.yaml", all);
  const { diagnostics } = compile(recipe, all);
  return {
    wrong: diagnostics.filter(({ severity }) => severity === "error").length,
    printed: renderDiagnostics(diagnostics, text),
  };
}
