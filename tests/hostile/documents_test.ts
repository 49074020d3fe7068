import assert from "node:assert/strict";
import { Interruption } from "../../engine/run/problem.ts";
import { memoryStore, type Recipe, recipe as typed } from "../../mod.ts";
import { decant } from "../faults/small_cache.ts";
import { checked, long, repeated } from "./documents.ts";

const recipe = typed as unknown as (document: Readonly<Record<string, unknown>>) => Recipe;

for (const [what, text] of Object.entries(repeated)) {
  Deno.test(`many ${what}: a hundred problems are listed, the others counted`, () => {
    const few = checked(text(3));
    assert.ok(few.wrong > 0 || /warning/.test(few.printed), few.printed);
    assert.doesNotMatch(few.printed, /internal|not listed/);
    const { wrong, printed } = checked(text(500));
    assert.ok(wrong <= 100, `${wrong} problems are listed`);
    assert.ok(printed.length < 60_000, `${printed.length} characters are printed`);
    const total = Number(/, (\d+) more\. Nothing has run\.\n$/.exec(printed)?.[1] ?? 0) + wrong;
    if (few.wrong >= 3) assert.ok(total >= 500, `${total} in all: ${printed.slice(-200)}`);
  });
}

for (const [what, text] of Object.entries(long)) {
  Deno.test(`${what} of 100,000 characters is not quoted whole`, () => {
    const { wrong, printed } = checked(text(100_000));
    assert.ok(wrong > 0);
    assert.ok(printed.length < 5_000, `${printed.length} characters: ${printed.slice(0, 500)}`);
    assert.doesNotMatch(printed, /internal/);
  });
}

Deno.test("twenty thousand unknown fields are checked before the process is killed", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/keys.yaml`;
  await Deno.writeTextFile(path, repeated["unknown fields"]!(20_000));
  const { code, err } = await decant(["check", path]);
  assert.equal(code, 2, err.slice(-500));
  assert.match(err, /\n100 problems, 19900 more\. Nothing has run\.\n$/);
  const asked = await decant(["check", path, "--json"]);
  const { problems } = JSON.parse(asked.out) as { problems: { code: string; message: string }[] };
  assert.equal(problems.length, 101);
  assert.equal(problems.at(-1)!.message, "19900 more are not listed");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a step at the end of a chain of twelve thousand is run to without recursion", async () => {
  const chain = recipe({
    name: "chain",
    steps: [
      { op: "data", use: "iris" },
      { op: "model", use: "mlp", hidden: [4] },
      ...Array.from({ length: 12_000 }, (_, i) => ({
        op: "train",
        model: i === 0 ? "model" : `s${i - 1}`,
        epochs: 1,
        as: `s${i}`,
      })),
    ],
  });
  // Interrupted before it begins: what the step needs is found, and nothing runs.
  const signal = AbortSignal.abort(new Interruption("interrupted"));
  const run = await chain.run({ cache: memoryStore(), until: "s11999", signal });
  assert.equal(run.ending, "interrupted");
  assert.ok(run.steps.length > 12_000);
});
