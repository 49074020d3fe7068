import assert from "node:assert/strict";
import { stream } from "../../../../engine/tensor/random.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { DEFINITION } from "../../../../engine/own/entry.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import type { Dataset } from "../../../../ops/data/dataset.ts";
import { openBatches, seenRows } from "../../../../ops/learn/augment/ahead.ts";
import type { Augmentation } from "../../../../ops/learn/augment/augment.ts";
import {
  batcher,
  batchesPerEpoch,
  inputReader,
  type SampleBatch,
  targetReader,
} from "../../../../ops/learn/batches.ts";

refuseLeaks(true);

/** Images of three channels, 64 of which are just worth a thread; as bytes or as floats. */
function images(count: number, type: "uint8" | "float32"): Dataset {
  const size = 8 * 11 * 3;
  const draws = stream(5, "noise").uniforms(0, count * size);
  const x = type === "uint8" ? Uint8Array.from(draws, (draw) => Math.floor(256 * draw)) : draws;
  const y = Int32Array.from({ length: count }, (_, i) => i % 2);
  const normalize = { scale: [1 / 255, 1 / 99, 1], offset: [-0.5, 0.1, 0] };
  const meta = {
    ...{ input: [8, 11, 3], type, task: "classification" as const },
    ...{ classes: ["a", "b"], outputs: 2, normalize },
  };
  return { meta, parts: { train: { count, x, y } } };
}

const turned = { use: "rotate", degrees: 20, chance: 0.7 } as Augmentation;
const noisy = { use: "noise", sigma: 0.1, chance: 0.5 } as Augmentation;
const colored = {
  ...{ use: "color", brightness: 0.2, contrast: 0.2, saturation: 0.2, chance: 1 },
} as Augmentation;
const moved = { use: "shift", pixels: 2, chance: 1 } as Augmentation;
const flipped = { use: "flip", axis: "horizontal", chance: 0.5 } as Augmentation;
const mixed = { use: "mixup", alpha: 0.4, chance: 0.8 } as Augmentation;

const cases: Readonly<Record<string, readonly Augmentation[]>> = {
  "moved and turned": [moved, turned],
  "turned and moved, noisy": [turned, flipped, moved, noisy],
  "coloured and mixed": [flipped, colored, mixed],
};

const cut = (augment: readonly Augmentation[]) => ({ batch: 64, epochs: 2, augment, seed: 3 });

/** Numbers of all batches of two epochs as a model and its loss read them. */
async function numbersOf(data: Dataset, batches: readonly SampleBatch[]) {
  const train = data.parts.train!;
  const model = { inputs: [{ name: "input", shape: data.meta.input }], preprocess: null };
  return await withTensors((room) => {
    const read = inputReader(room, data.meta, train, model);
    const targets = targetReader(room, data.meta, train);
    return batches.map((batch) =>
      room.tf.tidy(() => [room.values(read(batch)[0]!), room.values(targets(batch)!)])
    );
  });
}

for (const type of ["uint8", "float32"] as const) {
  for (const [name, augment] of Object.entries(cases)) {
    Deno.test(`${type} ${name}: other threads make the batches that this one would`, async () => {
      const data = images(150, type);
      const perEpoch = batchesPerEpoch(150, cut(augment));
      const places = [0, 1].flatMap((epoch) =>
        Array.from({ length: perEpoch }, (_, index) => [epoch, index] as const)
      );
      const direct = batcher(data, cut(augment));
      const batches = openBatches(data, cut(augment));
      const made: SampleBatch[] = [];
      for (const [epoch, index] of places) made.push(await batches.at(epoch, index));
      await batches.close();
      const here = places.map(([epoch, index]) => direct(epoch, index));
      assert.deepEqual(await numbersOf(data, made), await numbersOf(data, here));
      // What a thread has made is not computed again.
      const change = made[0]!.view!(made[0]!.samples[0]!).changes;
      assert.equal(change.length, 1);
    });
  }
}

Deno.test("samples that are drawn again are varied again, in whatever thread", async () => {
  const { meta, parts } = images(150, "uint8");
  const y = Int32Array.from({ length: 150 }, (_, i) => i < 140 ? 0 : 1);
  const data = { meta, parts: { train: { ...parts.train!, y } } };
  for (const augment of [[noisy, mixed], [colored]]) {
    const wish = { ...cut(augment), sampling: "balanced" } as const;
    const [direct, batches] = [batcher(data, wish), openBatches(data, wish)];
    const made = [await batches.at(0, 0), await batches.at(0, 1)];
    await batches.close();
    const here = [direct(0, 0), direct(0, 1)];
    const [first] = made as [SampleBatch];
    assert.ok(new Set(first.samples).size < first.samples.length);
    assert.equal(first.view!(first.variants![0]!).changes.length, 1);
    const found = await numbersOf(data, made);
    assert.deepEqual(found, await numbersOf(data, here));
    // Two rows of one sample are two pictures.
    const row = first.samples.findIndex((sample, i) => first.samples.indexOf(sample) !== i);
    const [x] = found[0]!;
    const size = 8 * 11 * 3;
    const at = (i: number) => [...x!.subarray(i * size, (i + 1) * size)];
    assert.notDeepEqual(at(row), at(first.samples.indexOf(first.samples[row]!)));
  }
});

Deno.test("a training that goes on begins in the middle of an epoch", async () => {
  const data = images(150, "uint8");
  const batches = openBatches(data, cut([noisy]));
  const made = [await batches.at(1, 1), await batches.at(1, 2)];
  await batches.close();
  const direct = batcher(data, cut([noisy]));
  const here = [direct(1, 1), direct(1, 2)];
  assert.deepEqual(await numbersOf(data, made), await numbersOf(data, here));
});

Deno.test("small batches, and what costs little, are seen where the model learns", async () => {
  const view = async (data: Dataset, augment: readonly Augmentation[], batch: number) => {
    const batches = openBatches(data, { ...cut(augment), batch });
    const found = await batches.at(0, 0);
    await batches.close();
    return found.view?.(found.samples[0]!).changes.length;
  };
  assert.equal(await view(images(150, "uint8"), [], 64), undefined);
  assert.equal(await view(images(150, "uint8"), [moved], 64), 0);
  // 62 · 264 values are fewer than 16384: two changes stay two.
  assert.equal(await view(images(150, "uint8"), [colored, colored], 62), 2);
  assert.equal(await view(images(150, "uint8"), [colored, colored], 63), 1);
  assert.equal(await view(images(62, "uint8"), [colored, colored], 64), 2);
});

Deno.test("a definition of one's own has no other thread: what stands beside it is seen here", async () => {
  const definition = { subject: "images", change: () => {} };
  const own = { use: "own", chance: 1, [DEFINITION]: definition } as never;
  const batches = openBatches(images(150, "uint8"), cut([colored, own]));
  const found = await batches.at(0, 0);
  await batches.close();
  assert.equal(found.view!(found.samples[0]!).changes.length, 2);
});

Deno.test("what fails in a thread fails with its own sentence, where the batch is asked for", async () => {
  const data = images(70, "uint8");
  const broken = { ...data, meta: { ...data.meta, normalize: null as never } };
  const train = broken.parts.train!;
  const varied = { meta: broken.meta, augment: [noisy], seed: 3, count: 70 };
  let sentence = "";
  try {
    seenRows(varied, 0, Uint32Array.from({ length: 70 }, (_, i) => i), train.x as Uint8Array);
  } catch (error) {
    sentence = (error as Error).message;
  }
  assert.notEqual(sentence, "");
  const batches = openBatches(broken, cut([noisy]));
  await assert.rejects(batches.at(0, 0), { message: sentence });
  // The one behind it, which nobody asks for, fails for itself.
  await batches.close();
});
