import assert from "node:assert/strict";
import {
  type Diagnostic,
  memoryStore,
  type Recipe,
  recipe as typed,
  RecipeError,
} from "../../../../mod.ts";
import { commandLine } from "../../../../engine/cli/command_line.ts";
import { opSet } from "../../../../engine/op.ts";
import { ops } from "../../../../ops/mod.ts";

const recipe = typed as unknown as (document: Readonly<Record<string, unknown>>) => Recipe;

/** Each asks for more than 4 GiB, and what is said of it. */
const large: readonly (readonly [string, object, RegExp])[] = [
  [
    "text.length",
    { use: "names", text: { tokens: "words", length: 1_000_000 } },
    /8849 samples of 1000000 tokens would take 70.8 GB .* 4.29 GB/,
  ],
  [
    "resize",
    { use: "digits", resize: [1000, 1000] },
    /10000 pictures of 1000×1000×1 would take 30.0 GB/,
  ],
  [
    "count",
    { use: "latent", count: 1_000_000, size: 1000 },
    /1000000 vectors of 1000 numbers would take 12.0 GB/,
  ],
];

for (const [field, data, sentence] of large) {
  Deno.test(`what is asked for beyond the budget is refused before anything runs: ${field}`, async () => {
    const asked = recipe({ name: "large", steps: [{ op: "data", ...data }] });
    const large = async (memory?: number): Promise<readonly Diagnostic[]> => {
      // That nobody uses the data is wrong too, whatever the budget.
      const found: unknown = await asked.compile({}, memory ? { memory } : {}).catch((e) => e);
      assert.ok(found instanceof RecipeError);
      return found.diagnostics.filter(({ code }) => code === "too-large");
    };
    const [problem, ...others] = await large();
    assert.deepEqual(others, []);
    assert.match(problem!.message, sentence);
    assert.equal(problem!.path, `steps.0.${field}`);
    assert.match(problem!.help!, /--memory \d+GB$/);
    assert.deepEqual(await large(Infinity), []);
    await assert.rejects(asked.run({ cache: memoryStore() }), RecipeError);
  });
}

Deno.test("a budget changes no key and no result", async () => {
  const names = recipe({
    name: "names",
    data: { use: "names", limit: 200, text: { tokens: "characters", length: 8 } },
    model: { use: "text-cnn", embedding: 4, filters: 4, train: { epochs: 1 } },
  });
  const digests = async (memory?: number) => {
    const run = await names.run({ cache: memoryStore(), until: "data", ...memory && { memory } });
    assert.ok(run.ok, JSON.stringify(run.problems));
    return run.steps.map(({ key, artifact }) => [key, artifact?.digest]);
  };
  assert.deepEqual(await digests(1e9), await digests());
});

Deno.test("a step that finds more than the budget fails with both figures, and is not stored", async () => {
  const folder = await Deno.makeTempDir();
  const lines = Array.from({ length: 500 }, (_, i) => `k${i % 2} some text of ${i}`).join("\n");
  await Deno.writeTextFile(`${folder}/t.txt`, lines);
  const texts = recipe({
    name: "texts",
    data: { from: `${folder}/t.txt`, text: { tokens: "words", length: 100_000 } },
    model: { use: "text-cnn", embedding: 4, filters: 4, train: { epochs: 1 } },
  });
  const run = await texts.run({ cache: memoryStore(), memory: 1e8, until: "data" });
  assert.equal(run.ending, "failed");
  assert.match(
    run.problems[0]!.message,
    /500 samples of 100000 tokens would take 400 MB .* 100 MB; .*--memory 1GB/,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("--memory takes a size, as --max-size does", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/r.yaml`;
  const long = "decant: 1\nname: r\ndata: { use: names, text: { length: 170000 } }\n" +
    "model: { use: text-cnn, embedding: 4, filters: 4, train: { epochs: 1 } }\n";
  await Deno.writeTextFile(path, long);
  const check = async (...words: string[]) => {
    let err = "";
    const terminal = {
      out: () => {},
      err: (text: string) => void (err += text),
      rewrite() {},
      live: false,
      columns: 100,
    };
    return {
      code: await commandLine(["check", path, ...words], { ops: opSet(ops), terminal }),
      err,
    };
  };
  assert.equal((await check()).code, 2);
  assert.match(
    (await check()).err,
    /8849 samples of 170000 tokens would take 12.0 GB of memory, and the budget is 4.29 GB/,
  );
  assert.equal((await check("--memory", "12.1GB")).code, 0);
  assert.equal((await check("--memory", "12 GB")).code, 2);
  const { code, err } = await check("--memory", "much");
  assert.equal(code, 2);
  assert.match(err, /--memory needs a size; this is "much"/);
  await Deno.remove(folder, { recursive: true });
});
