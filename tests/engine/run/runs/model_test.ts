import assert from "node:assert/strict";
import { load, memoryStore, type Recipe, recipe as typed } from "../../../../mod.ts";

const recipe = typed as unknown as (document: Readonly<Record<string, unknown>>) => Recipe;

/** The first flower of each kind in Fisher's table: setosa, versicolor, virginica. */
const FLOWERS = [[5.1, 3.5, 1.4, 0.2], [7, 3.2, 4.7, 1.4], [6.3, 3.3, 6, 2.5]];

const PETALS = {
  name: "petals",
  data: "iris",
  model: { use: "mlp", hidden: [16], train: { epochs: 150, batch: 8 } },
  quantize: { scheme: "int8" },
};

Deno.test("a model of a run answers raw samples, and saves itself so that it can be loaded again", async () => {
  const folder = await Deno.makeTempDir();
  const cache = memoryStore();
  const run = await recipe(PETALS).run({ cache });
  assert.equal(run.ending, "done", JSON.stringify(run.problems));
  for (const name of ["model", "result"]) {
    const model = run.model(name);
    const rows = await model.predict(FLOWERS);
    assert.deepEqual(rows.map((row) => row.length), [3, 3, 3]);
    assert.deepEqual(rows.map((row) => row.indexOf(Math.max(...row))), [0, 1, 2], name);
    // One after another they are the same samples, and alone each answers as in company.
    assert.deepEqual(await model.predict(Float32Array.from(FLOWERS.flat())), rows);
    assert.deepEqual(await model.predict([new Float32Array(FLOWERS[1]!)]), [rows[1]]);
  }
  await assert.rejects(run.model("model").predict([1, 2, 3]), {
    name: "RangeError",
    message: /from 3 numbers: the model reads samples of 4/,
  });
  const written = await run.model("model").save(`${folder}/saved`);
  assert.ok(written.includes("model.json"));
  await Deno.writeTextFile(
    `${folder}/again.yaml`,
    "decant: 1\nname: again\ndata: iris\nmodel: { from: ./saved/ }\n",
  );
  const again = await (await load(`${folder}/again.yaml`)).run({ cache });
  assert.equal(again.ending, "done", JSON.stringify(again.problems));
  assert.equal(again.models[0]?.accuracy, run.models[0]?.accuracy);
  await Deno.remove(folder, { recursive: true });
});
