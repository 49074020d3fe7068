/** The demo at its real size: three seeds hold what it claims, and two cold caches hold the same bytes. */
import assert from "node:assert/strict";
import { load, type Run } from "../../mod.ts";
import { digests, ran } from "../recipes/support/small.ts";
import { accuracyInStock, testSamples } from "../recipes/support/stock_accuracy.ts";

const caches: string[] = [];

/** Runs the demo with a seed in a cache of its own. */
async function demo(seed: number): Promise<Run> {
  const cache = await Deno.makeTempDir();
  caches.push(cache);
  const source = new URL("../../recipes/digits.yaml", import.meta.url).pathname;
  return await ran((await load(source)).with({ seed }), cache);
}

let first: Run | undefined;

for (const seed of [0, 1, 2]) {
  Deno.test(`seed ${seed}: the teacher reads 98 %, the result is within a point of it and 20 times smaller`, async () => {
    const run = await demo(seed);
    if (seed === 0) first = run;
    const of = (name: string) => run.models.find((model) => model.name === name)!;
    const [teacher, result] = [of("teacher"), of(run.report.result!)];
    assert.ok(teacher.accuracy! >= 0.98, `teacher ${teacher.accuracy}`);
    assert.ok(
      result.accuracy! >= teacher.accuracy! - 0.01,
      `${teacher.accuracy} → ${result.accuracy}`,
    );
    assert.ok(result.bytes!.encoded * 20 <= teacher.bytes!.encoded);
    assert.deepEqual(run.expect.map(({ met }) => met), [true, true, true]);
  });
}

Deno.test("the demo's export is as accurate in stock tfjs, within 0.2 points", async () => {
  const out = await Deno.makeTempDir();
  caches.push(out);
  const source = new URL("../../recipes/digits.yaml", import.meta.url).pathname;
  const demo = await load(source);
  const run = await demo.run({ cache: caches[0]!, out });
  const own = run.models.find(({ name }) => name === run.report.result)!.accuracy!;
  const stock = await accuracyInStock(`${out}/tfjs`, await testSamples(demo));
  assert.ok(Math.abs(stock - own) <= 0.002 + 1e-9, `stock ${stock}, engine ${own}`);
});

Deno.test("the whole demo in another cold cache makes the same bytes in every step", async () => {
  assert.deepEqual(digests(await demo(0)), digests(first!));
});

addEventListener("unload", () => {
  for (const cache of caches) Deno.removeSync(cache, { recursive: true });
});
