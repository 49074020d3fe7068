/** Trainings on pictures that lie in a file, beside the same in memory. */
import assert from "node:assert/strict";
import { encodePng } from "../../engine/deps/fast_png.ts";
import { recipe } from "../../mod.ts";

const SIDE = 32;
const EACH = 60;

/** Two classes of grey pictures, dark ones and light ones, and a folder for the caches of runs. */
async function photos() {
  const folder = await Deno.makeTempDir();
  for (const [c, name] of ["dark", "light"].entries()) {
    await Deno.mkdir(`${folder}/photos/${name}`, { recursive: true });
    for (let i = 0; i < EACH; i++) {
      const data = Uint8Array.from(
        { length: SIDE * SIDE },
        (_, at) => 60 * c + (at * (i + 3)) % 180,
      );
      const png = encodePng({ width: SIDE, height: SIDE, channels: 1, data });
      await Deno.writeFile(`${folder}/photos/${name}/${i}.png`, png);
    }
  }
  return { folder, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

Deno.test("a training on pictures of a file ends with the digests of one in memory", async () => {
  await using place = await photos();
  const { folder } = place;
  const augmented = [{ use: "flip" }, { use: "noise", sigma: 0.1 }, { use: "mixup", alpha: 1 }];
  const bound = recipe({ url: `file://${folder}/recipe.ts` }, {
    decant: 1,
    name: "streamed",
    data: { from: "./photos", normalize: "standard", split: { validation: 0.1, test: 0.1 } },
    teacher: { use: "mlp", hidden: [8], train: { epochs: 2, augment: augmented } },
    student: { use: "mlp", hidden: [4] },
    distill: { epochs: 1, sampling: "balanced" },
  } as never);
  const digests = async (cache: string, memory?: number) => {
    const opened: string[] = [];
    const { open } = Deno;
    Deno.open = (path, options) => {
      opened.push(`${path}`);
      return open(path, options);
    };
    try {
      const run = await bound.run({ cache: `${folder}/${cache}`, ...memory && { memory } });
      assert.deepEqual(run.problems, []);
      const files = opened.filter((path) => path.includes("/blobs/")).length;
      const steps = run.report.steps.map(({ name, artifact }) => [name, artifact!.digest]);
      return { steps, files };
    } finally {
      Deno.open = open;
    }
  };
  const held = await digests("held");
  const streamed = await digests("streamed", 8 * 64 * 1024);
  assert.deepEqual(streamed.steps, held.steps);
  assert.ok(streamed.steps.length > 4);
  assert.ok(streamed.files > held.files, "training samples were read out of their blob");
  const temporary = await Array.fromAsync(Deno.readDir(`${folder}/streamed/tmp`));
  assert.deepEqual(temporary, []);
});
