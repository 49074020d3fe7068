import assert from "node:assert/strict";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { plainView, shifted } from "../../../ops/learn/augment/view.ts";
import {
  batcher,
  batchesPerEpoch,
  eachFirstBatch,
  inputReader,
  targetReader,
} from "../../../ops/learn/batches.ts";
import { fc } from "../../deps.ts";
import { assertStopsMeanwhile } from "../stops_meanwhile.ts";

const data = (count: number): Dataset => ({
  meta: {
    ...{ input: [2, 2, 1], type: "uint8" as const, task: "classification" as const },
    ...{ classes: ["a"], outputs: 1, normalize: { scale: [1], offset: [0] } },
  },
  parts: { train: { count, x: new Uint8Array(count * 4), y: new Int32Array(count) } },
});

const epochOf = (count: number, batch: number, seed: number, epoch: number) => {
  const cut = { batch, augment: [], seed };
  const at = batcher(data(count), cut);
  return Array.from({ length: batchesPerEpoch(count, cut) }, (_, i) => [...at(epoch, i).samples]);
};

Deno.test("an epoch sees each sample once, in full batches but for the last", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 20 }),
      fc.nat(),
      (count, batch, seed) => {
        const batches = epochOf(count, batch, seed, 0);
        assert.deepEqual(
          batches.flat().sort((a, b) => a - b),
          Array.from({ length: count }, (_, i) => i),
        );
        batches.slice(0, -1).forEach((each) => assert.equal(each.length, batch));
        assert.equal(batches.at(-1)!.length, count % batch || batch);
      },
    ),
  );
});

Deno.test("the batch size cuts the same order differently", () => {
  assert.deepEqual(epochOf(20, 3, 1, 2).flat(), epochOf(20, 7, 1, 2).flat());
});

Deno.test("each epoch and each seed has an order of its own", () => {
  const orders = [epochOf(20, 5, 1, 0), epochOf(20, 5, 1, 1), epochOf(20, 5, 2, 0)].map(String);
  assert.equal(new Set(orders).size, 3);
});

Deno.test("a batch is the same whether or not the batches before it were asked for", () => {
  const cut = { batch: 4, augment: [], seed: 9 };
  const fresh = batcher(data(20), cut);
  assert.deepEqual([...fresh(3, 2).samples], epochOf(20, 4, 9, 3)[2]);
});

Deno.test("samples are seen and mixed only where that is asked for", () => {
  const plain = batcher(data(3), { batch: 2, augment: [], seed: 1000 })(0, 0);
  assert.deepEqual(Object.keys(plain), ["samples"]);
  const flip = { use: "flip", axis: "horizontal", chance: 0.5 } as never;
  const seen = batcher(data(3), { batch: 2, augment: [flip], seed: 1000 })(0, 0);
  assert.deepEqual([seen.view!(0).size, seen.mix], [[2, 2], undefined]);
  const augment = [flip, { use: "mixup", alpha: 1, chance: 1 } as never];
  const mixed = batcher(data(3), { batch: 2, augment, seed: 1000 });
  for (const sample of [0, 1, 2]) assert.ok(mixed(0, 0).mix!(sample)!.partner < 3);
  assert.notDeepEqual(
    [0, 1, 2].map((sample) => mixed(0, 0).mix!(sample)),
    [0, 1, 2].map((sample) => mixed(1, 0).mix!(sample)),
  );
});

Deno.test("what is drawn again is varied anew, and mixed with what is drawn", () => {
  const y = Int32Array.of(0, 0, 0, 0, 0, 1);
  const { meta, parts } = data(6);
  const set = { meta: { ...meta, outputs: 2 }, parts: { train: { ...parts.train!, y } } };
  const shift = { use: "shift", pixels: 9, chance: 1 } as never;
  const mixup = { use: "mixup", alpha: 1, chance: 1 } as never;
  const cut = { batch: 4, seed: 5, sampling: "balanced" } as const;
  const epoch = (augment: readonly never[]) => {
    const at = batcher(set, { ...cut, augment });
    return [at(2, 0), at(2, 1)];
  };
  const [plain, seen, mixed] = [[], [shift], [shift, mixup]].map(epoch);
  const drawn = plain!.map(({ samples }) => [...samples]);
  assert.deepEqual(seen!.map(({ samples }) => [...samples]), drawn);
  assert.deepEqual(plain!.map((batch) => Object.keys(batch)), [["samples"], ["samples"]]);
  assert.equal(drawn.flat().filter((sample) => sample === 5).length, 3);
  // Numbers of draws stand behind those of samples, whatever the batch.
  assert.deepEqual(seen!.map(({ variants }) => [...variants!]), [[6, 7, 8, 9], [10, 11]]);
  assert.deepEqual(seen!.map(({ mix }) => mix), [undefined, undefined]);
  const again = seen!.flatMap(({ samples, variants, view }) =>
    [...samples].flatMap((sample, row) => sample === 5 ? [view!(variants![row]!).vertical] : [])
  );
  assert.equal(new Set(again.map(({ offset }) => offset)).size > 1, true);
  const shares = mixed!.flatMap(({ variants, mix }) =>
    [...variants!].map((each) => mix!(each)!.share)
  );
  assert.equal(new Set(shares).size, 6);
  // Partners are drawn as samples are: over epochs every second one is of the rare class.
  const at = batcher(set, { ...cut, batch: 6, augment: [mixup] });
  const partners = Array.from({ length: 200 }, (_, epoch) => {
    const { variants, mix } = at(epoch, 0);
    return [...variants!].map((each) => mix!(each)!.partner);
  }).flat();
  const rare = partners.filter((each) => each === 5).length / partners.length;
  assert.ok(Math.abs(rare - 1 / 2) < 4 * 0.5 / Math.sqrt(partners.length), `${rare}`);
});

Deno.test("a reader varies each row by its own number, and what it is mixed with by its sample's", async () => {
  await withTensors((room) =>
    room.tf.tidy(() => {
      const table = { ...meta, input: [2, 1, 1] };
      const inputs = [{ name: "x", shape: [2, 1, 1] }] as never;
      const read = inputReader(room, table, classes, { inputs, preprocess: null });
      const targets = targetReader(room, table, classes);
      const plain = plainView(2, 1);
      const batch = {
        samples: Uint32Array.of(1, 1),
        variants: Uint32Array.of(3, 4),
        view: (variant: number) => variant === 4 ? shifted(plain, 1, 0) : plain,
        mix: (variant: number) => variant === 4 ? { partner: 2, share: 0.5 } : undefined,
      };
      const seen = room.values(read(batch)[0]!);
      assert.deepEqual([...seen], [3, 4, (0 + 5) / 2, (3 + 6) / 2]);
      assert.deepEqual([...room.values(targets(batch)!)], [1, 0, 0, 0.5, 0.5, 0]);
    })
  );
});

const meta = {
  ...{ input: [2], type: "float32" as const, task: "classification" as const },
  ...{ classes: [], outputs: 3, normalize: { scale: [1], offset: [0] } },
};
const x = Float32Array.of(1, 2, 3, 4, 5, 6);
const classes = { count: 3, x, y: Int32Array.of(2, 0, 1) };
/** Sample 0 is mixed with sample 2, a quarter of it. */
const mix = (sample: number) => sample === 0 ? { partner: 2, share: 0.75 } : undefined;
const samples = Uint32Array.of(1, 0);

Deno.test("a model reads the samples of a batch as it expects them, mixed, with their classes beside", async () => {
  await withTensors((room) =>
    room.tf.tidy(() => {
      const inputs = [{ name: "x", shape: [2] }, { name: "class", shape: [3] }] as never;
      const rows = (each: ReturnType<ReturnType<typeof inputReader>>) =>
        each.map((tensor) => [tensor.shape, [...room.values(tensor)]]);
      const read = inputReader(room, meta, classes, { inputs, preprocess: null });
      const condition = [[2, 3], [1, 0, 0, 0, 0, 1]];
      assert.deepEqual(rows(read({ samples })), [[[2, 2], [3, 4, 1, 2]], condition]);
      assert.deepEqual(rows(read({ samples, mix })), [[[2, 2], [3, 4, 2, 3]], condition]);
      const own = { scale: [2], offset: [1] };
      const prepared = inputReader(room, meta, classes, { inputs, preprocess: own });
      // A longer batch after a shorter one.
      assert.deepEqual(rows(prepared({ samples: Uint32Array.of(2) }))[0], [[1, 2], [11, 13]]);
      assert.deepEqual(rows(prepared({ samples }))[0], [[2, 2], [7, 9, 3, 5]]);
      const pictures = { ...meta, input: [2, 1, 1] };
      const picture = [{ name: "x", shape: [2, 1, 1] }] as never;
      const moved = inputReader(room, pictures, classes, { inputs: picture, preprocess: null });
      const view = () => shifted(plainView(2, 1), 1, 0);
      assert.deepEqual(rows(moved({ samples, view })), [[[2, 2, 1, 1], [0, 3, 0, 1]]]);
      assert.deepEqual(rows(moved({ samples, view, mix })), [[[2, 2, 1, 1], [0, 3, 0, 2]]]);
    })
  );
});

Deno.test("labels are rows: classes, classes of places, or numbers; mixed as their samples are", async () => {
  await withTensors((room) =>
    room.tf.tidy(() => {
      const rows = (part: Parameters<typeof targetReader>[2], outputs = 3) => {
        const read = targetReader(room, { ...meta, outputs }, part);
        return [read({ samples }), read({ samples, mix })].map((each) =>
          each && [each.shape, [...room.values(each)]]
        );
      };
      assert.deepEqual(rows(classes), [
        [[2, 3], [1, 0, 0, 0, 0, 1]],
        [[2, 3], [1, 0, 0, 0, 0.25, 0.75]],
      ]);
      const places = { count: 3, x, y: Int32Array.of(0, 1, 2, 0, 1, 1) };
      assert.deepEqual(rows(places), [
        [[4, 3], [0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 0]],
        [[4, 3], [0, 0, 1, 1, 0, 0, 0.75, 0.25, 0, 0, 1, 0]],
      ]);
      assert.deepEqual(rows({ count: 3, x, y: x }, 2), [
        [[2, 2], [3, 4, 1, 2]],
        [[2, 2], [3, 4, 2, 3]],
      ]);
      assert.deepEqual(rows({ count: 3, x, y: null }), [null, null]);
    })
  );
});

Deno.test("the first samples come 64 at a time, in their order, and no more than asked for", async () => {
  const count = 70;
  const part = { count, x: Float32Array.from({ length: count }, (_, i) => i), y: null };
  const table = { meta: { ...meta, input: [1] }, parts: { train: part } };
  const model = { inputs: [{ name: "x", shape: [1] }] } as never;
  const seen = async (samples: number, signal = new AbortController().signal) => {
    const [batches, told]: [number[][], unknown[]] = [[], []];
    const progress = (...each: unknown[]) => void told.push(each);
    await withTensors((room) => {
      const wanted = { data: table, samples, context: { signal, progress } as never };
      return eachFirstBatch(room, model, wanted, ([x]) => void batches.push([...room.values(x!)]));
    });
    return { batches, told };
  };
  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => from + i);
  assert.deepEqual(await seen(100), {
    batches: [numbers(0, 64), numbers(64, 70)],
    told: [[64 / 70, "64 of 70 samples", 70], [1, "70 of 70 samples", 70]],
  });
  assert.deepEqual(await seen(64), {
    batches: [numbers(0, 64)],
    told: [[1, "64 of 64 samples", 64]],
  });
  await assert.rejects(seen(1, AbortSignal.abort(new Error("enough"))), /enough/);
});

Deno.test("between batches other work goes on, and a signal that comes meanwhile stops it", async () => {
  const train = { count: 65, x: new Float32Array(65), y: null };
  const table = { meta: { ...meta, input: [1] }, parts: { train } };
  const model = { inputs: [{ name: "x", shape: [1] }] } as never;
  await assertStopsMeanwhile((signal, begun) =>
    withTensors((room) => {
      const context = { signal, progress() {} };
      return eachFirstBatch(room, model, { data: table, samples: 65, context } as never, begun);
    })
  );
});
