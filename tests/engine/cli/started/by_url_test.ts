/** Everything from a URL, as somebody without a clone has it: no import map, no flag that `plan` does not print. */
import assert from "node:assert/strict";
import { servedRepository } from "./served_repository.ts";

/** The demo, cut to what a test can wait for. */
const DIGITS = `decant: 1
name: digits
data: { use: digits, limit: 300, split: { validation: 0.1, test: 0.02 } }
teacher: { use: cnn, filters: [8, 8], dense: [32], train: { epochs: 6 } }
student: { use: mobilenet-v1, depth: 3, width: 0.25 }
distill: { epochs: 1, loss: [{ use: labels }, { use: soft-targets, temperature: 4 }] }
prune: { granularity: channel, ratio: 0.3 }
quantize: { scheme: int8 }
export: tfjs
`;

const MODULE = (root: string) =>
  `import { main, recipe } from "${root}/mod.ts";
const petals = recipe(import.meta, {
  name: "petals",
  data: { from: "./petals.csv", format: "csv", columns: { label: "kind" } },
  model: { use: "mlp", hidden: [4], train: { epochs: 1 } },
  export: ["tfjs"],
});
if (import.meta.main) await main(petals);
`;

const SCRIPT = (root: string) =>
  `import { recipe } from "${root}/mod.ts";
const petals = recipe({
  name: "petals",
  data: "iris",
  model: { use: "mlp", hidden: [4], train: { epochs: 1 } },
});
const run = await petals.run({ cache: "./cells" });
console.log(run.ok, run.models.length);
`;

/** A table that a line can tell apart, so large that a thread reads it, which imports the reader by its URL. */
const PETALS = [
  "x,kind",
  ...Array.from({ length: 9000 }, (_, i) => `${i / 100},${i < 4500 ? "a" : "b"}`),
];

const served = () =>
  servedRepository((root) => ({
    "/shared/digits.yaml": DIGITS,
    "/shared/petals.csv": `${PETALS.join("\n")}\n`,
    "/shared/petals.ts": MODULE(root),
    "/shared/script.ts": SCRIPT(root),
  }));

const flagsOf = (plan: string): string[] => JSON.parse(plan).flags;

Deno.test("the command line and a recipe by URL run with the flags that plan prints, to the same bits as a clone", async () => {
  await using web = await served();
  const [mod, recipe] = [`${web.root}/mod.ts`, `${web.root}/shared/digits.yaml`];
  const planned = await web.deno(["-A"], mod, "plan", recipe, "--json");
  const far = await web.deno(flagsOf(planned.out), mod, "run", recipe, "--quiet");
  assert.deepEqual([far.code, far.err], [0, ""]);
  assert.match(far.out, /(\d+) of \1 steps ran/);
  const lock = await Deno.readTextFile(`${web.folder}/out/digits/recipe.lock.json`);
  const clone = new URL("../../../../mod.ts", import.meta.url).pathname;
  await Deno.writeTextFile(`${web.folder}/digits.yaml`, DIGITS);
  const places = ["--cache", "near", "--out", "near-out"];
  const near = await web.deno(["-A"], clone, "run", "digits.yaml", "--quiet", ...places);
  assert.equal(near.code, 0, near.err);
  assert.equal(await Deno.readTextFile(`${web.folder}/near-out/recipe.lock.json`), lock);
});

Deno.test("a recipe written in TypeScript runs by URL, its data beside it", async () => {
  await using web = await served();
  const module = `${web.root}/shared/petals.ts`;
  const planned = await web.deno(["-A"], module, "plan", "--json");
  const { code, out, err } = await web.deno(flagsOf(planned.out), module, "run", "--quiet");
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /out\/petals: report.html .* tfjs\/\n(\d+) of \1 steps ran/);
  const denied = flagsOf(planned.out).filter((flag) => !flag.startsWith("--allow-net"));
  const without = await web.deno(denied, module, "run");
  assert.equal(without.code, 2);
  assert.match(without.err, /may not be fetched; add --allow-net=127\.0\.0\.1:\d+/);
});

Deno.test("a script, or a cell of a notebook, that imports from a URL runs a recipe", async () => {
  await using web = await served();
  const { code, out, err } = await web.deno(["-A"], `${web.root}/shared/script.ts`);
  assert.deepEqual([code, out, err], [0, "true 1\n", ""]);
});
