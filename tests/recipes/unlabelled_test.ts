/** A teacher answers pictures that nobody has labelled, and integers are calibrated on them. */
import assert from "node:assert/strict";
import { encodePng } from "../../engine/deps/fast_png.ts";
import { recipe } from "../../mod.ts";

const SIDE = 8;

/** Dark pictures and light ones, in folders that say nothing. */
async function photos() {
  const folder = await Deno.makeTempDir();
  for (let i = 0; i < 60; i++) {
    const data = Uint8Array.from(
      { length: SIDE * SIDE },
      (_, at) => 150 * (i % 2) + (at * (i + 3)) % 60,
    );
    const png = encodePng({ width: SIDE, height: SIDE, channels: 1, data });
    const [bare, kind] = [
      `${folder}/plain/${i % 3}`,
      `${folder}/known/${i % 2 ? "light" : "dark"}`,
    ];
    for (const place of [bare, kind]) {
      await Deno.mkdir(place, { recursive: true });
      await Deno.writeFile(`${place}/${i}.png`, png);
    }
  }
  return { folder, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

Deno.test("a student learns from a teacher's answers alone, is calibrated and compared without a label", async () => {
  await using place = await photos();
  const optimizer = { use: "adam", "learning_rate": 0.01 };
  const fast = { epochs: 20, batch: 8, optimizer };
  const bound = recipe({ url: `file://${place.folder}/recipe.ts` }, {
    decant: 1,
    name: "unlabelled",
    steps: [
      { op: "data", as: "known", from: "./known" },
      { op: "model", as: "big", use: "mlp", hidden: [8] },
      { op: "train", as: "teacher", model: "big", data: "known", ...fast },
      { op: "data", as: "plain", from: "./plain", labels: "none" },
      { op: "model", as: "small", use: "mlp", hidden: [8], outputs: 2 },
      {
        ...{ op: "distill", as: "student", model: "small", data: "plain", teacher: "teacher" },
        ...{ ...fast, loss: ["soft-targets"] },
      },
      { op: "quantize", as: "integers", model: "student", data: "plain", scheme: "int8" },
      { op: "evaluate", as: "alike", model: "integers", reference: "teacher", data: "plain" },
      { op: "evaluate", as: "right", model: "student", data: "known", split: "train" },
    ],
  } as never);
  const run = await bound.run({ cache: `${place.folder}/cache` });
  assert.deepEqual(run.problems, []);
  const { models } = run.report;
  const [student, integers] = ["student", "integers"].map((name) =>
    models.find((each) => each.name === name)!
  );
  assert.deepEqual([student!.samples, student!.accuracy], [42, 1]);
  const { samples, agreement, accuracy } = integers!;
  assert.deepEqual([samples, agreement, accuracy], [12, 1, undefined]);
});
