/** What the demo promises about its cache, on the demo cut small: same bits, same keys, and no work done twice. */
import assert from "node:assert/strict";
import { memoryStore, type Run } from "../../mod.ts";
import { stringify } from "npm:yaml@2.9.1";
import { computed, digests, ran, recipe, shipped, small, type Value } from "./support/small.ts";

const demo = small(await shipped("digits"), 500);
const cache = memoryStore();
const first: Run = await ran(recipe(demo), cache);

Deno.test("two cold caches give the same digests in every step", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const second = await ran(recipe(demo), folder);
    assert.deepEqual(digests(second), digests(first));
    assert.ok(Object.values(digests(first)).every((digest) => digest !== undefined));
    assert.equal(computed(second).length, first.steps.length);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a second run recalls every step and says the same", async () => {
  const second = await ran(recipe(demo), cache);
  assert.deepEqual(computed(second), []);
  assert.deepEqual(second.models, first.models);
  assert.deepEqual(digests(second), digests(first));
});

Deno.test("another pruning ratio runs pruning and what follows it, nothing else", async () => {
  const prune = { ...demo.prune as Value, ratio: 0.4 };
  const changed = await ran(recipe({ ...demo, prune }), cache);
  assert.deepEqual(computed(changed), [
    "pruned-cut",
    "pruned-cut-test",
    "pruned",
    "pruned-test",
    "quantized",
    "quantized-test",
    "export-tfjs",
  ]);
});

Deno.test("reordered keys and another name run nothing", async () => {
  const reorder = (value: unknown): unknown =>
    typeof value !== "object" || value === null || Array.isArray(value)
      ? value
      : Object.fromEntries(
        Object.entries(value).reverse().map(([name, field]) => [name, reorder(field)]),
      );
  const same = await ran(recipe({ ...reorder(demo) as Value, name: "other" }), cache);
  assert.deepEqual(computed(same), []);
});

Deno.test("the expanded form has the same keys, and its steps may be called anything", async () => {
  const { stdout } = await decant(["expand"], demo);
  assert.match(stdout, /op: predict/);
  const { parse } = await import("npm:yaml@2.9.1");
  const expanded = parse(stdout) as Value;
  assert.deepEqual(computed(await ran(recipe(expanded), cache)), []);
  const renamed = parse(
    stdout.replaceAll("teacher-outputs", "recorded").replaceAll("distilled", "taught")
      .replaceAll("pruned", "thin"),
  ) as Value;
  const again = await ran(recipe(renamed), cache);
  assert.deepEqual(computed(again), []);
  assert.ok(again.steps.some(({ name }) => name === "thin-cut"));
});

Deno.test("another seed is another training on the same test samples", async () => {
  const seeded = recipe({ ...demo, seed: 1 });
  const run = await ran(seeded, memoryStore());
  const [before, after] = [digests(first), digests(run)];
  assert.equal(after.data, before.data);
  for (const step of ["teacher-init", "teacher", "distilled", "pruned", "quantized"]) {
    assert.notEqual(after[step], before[step], step);
  }
});

Deno.test("the YAML and the TypeScript recipe are the same steps", async () => {
  const { default: typed } = await import("../../recipes/digits.ts");
  const { load } = await import("../../mod.ts");
  const written = await load(new URL("../../recipes/digits.yaml", import.meta.url).pathname);
  const bare = (steps: ReturnType<typeof typed.expand>["steps"]) =>
    steps.map(({ name, op, inputs, params }) => ({ name, op, inputs, params }));
  assert.deepEqual(bare(typed.expand().steps), bare(written.expand().steps));
  const claims = (each: typeof typed) => each.expand().expect.map(({ text }) => text);
  assert.deepEqual(claims(typed), claims(written));
});

/** Runs a command of the command line on a document, in a process of its own. */
async function decant(words: readonly string[], document: Value) {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, stringify({ decant: 1, ...document }));
    const mod = new URL("../../mod.ts", import.meta.url).pathname;
    const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", mod, ...words, file],
    }).output();
    const text = new TextDecoder();
    assert.equal(code, 0, text.decode(stderr));
    return { stdout: text.decode(stdout) };
  } finally {
    await Deno.remove(file);
  }
}
