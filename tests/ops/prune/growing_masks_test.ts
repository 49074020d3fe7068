/** Masks that grow, moment by moment: what is held, what is gathered, and from when on it is settled. */
import assert from "node:assert/strict";
import type { Curve } from "../../../engine/field.ts";
import { type Room, withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { ActiveConstraint, Arrays } from "../../../ops/learn/constraint.ts";
import type { Layer, Model } from "../../../ops/model/model.ts";
import { growingMasks, type Growth } from "../../../ops/prune/gradual.ts";
import { denseModel } from "./dense_model.ts";

refuseLeaks(true);

const [ONE, TWO] = ["dense1/kernel", "dense2/kernel"];
const plain = denseModel([{ kernel: [[1], [2], [3], [4]] }, { kernel: [[5, 6, 7, 8]] }]);
const drop = { name: "drop", kind: "dropout", inputs: ["dense1"], rate: 0.5 } as const;
const [before, after] = plain.layers as [Layer, Layer];
const model: Model = { ...plain, layers: [before, drop, { ...after, inputs: ["drop"] } as Layer] };
const all = { criterion: "magnitude", scope: "global" } as const;
const first = { ...all, layers: ["dense1"] } as const;
const linear = (start: number, end: number, epochs?: [number, number]): Curve =>
  ({ use: "linear", start, end, ...epochs && { epochs } }) as Curve;

/** A training whose weights stay as they are; tells which weights were held, in order. */
async function training(
  growth: Partial<Growth>,
  body: (steps: {
    readonly room: Room;
    readonly active: ActiveConstraint;
    readonly held: string[];
    readonly at: (update: number, epoch: number, epochs: number) => string;
    readonly sparsity: () => number;
  }) => void,
  saved?: Arrays,
) {
  const given: Growth = { params: first, ratio: linear(0, 0.75), every: 1, seed: 0, ...growth };
  await withTensors((room) => {
    const active = growingMasks(model, given).open(room, saved);
    const masks: Record<string, Uint8Array> = {};
    const held: string[] = [];
    const weights = {
      values: (name: string) => Float32Array.from(model.weights[name]!.data),
      mask: (name: string) => masks[name],
      hold(name: string, mask: Uint8Array) {
        held.push(name);
        masks[name] = mask;
      },
    };
    const at = (update: number, epoch: number, epochs: number) => {
      active.between!({ update, epoch, epochs }, weights);
      return [ONE!, TWO!].map((name) => masks[name]?.join("") ?? "-").join(" ");
    };
    body({ room, active, held, at, sparsity: () => active.sparsity!(weights) });
    return Promise.resolve();
  });
}

Deno.test("masks change every so many updates and at the end; without a zero nothing is held", async () => {
  await training({ every: 2 }, ({ active, at, held, sparsity }) => {
    assert.equal(active.settled!(), false);
    const seen: unknown[] = [];
    for (const update of [0, 1, 2, 3, 4, 5]) {
      seen.push([at(update, update / 2, 2.5), held.length, sparsity(), active.settled!()]);
    }
    // 0.75 · 4 · (0, 0.4, 0.8, 1) are 0, 1.2, 2.4 and 3 weights.
    assert.deepEqual(seen, [
      ["- -", 0, 0, false],
      ["- -", 0, 0, false],
      ["0111 -", 1, 0.25, false],
      ["0111 -", 1, 0.25, false],
      ["0011 -", 2, 0.5, false],
      ["0001 -", 3, 0.75, true],
    ]);
  });
});

Deno.test("what was held stays held, whatever its value, and counts", async () => {
  await training({ ratio: { use: "step", start: 0.5, factor: 0.5, at: [1] } }, ({ at }) => {
    assert.deepEqual([at(0, 0, 2), at(1, 1, 2)], ["0011 -", "0011 -"]);
  });
  const both = { ...all, exclude: ["dense2"] };
  await training({ params: both, ratio: 0.25 }, ({ at, sparsity }) => {
    assert.deepEqual([at(0, 0, 1), sparsity()], ["0111 -", 0.25]);
  });
});

Deno.test("masks are settled once they were renewed at or after the epoch in which the curve ends", async () => {
  const step = (...at: number[]): Curve => ({ use: "step", start: 0.1, factor: 2, at });
  // Two updates are an epoch, of ten.
  const cases: [Curve, number, string][] = [
    [linear(0, 0.5, [0, 1]), 2, "0- 1- 2+ 3+ 19+ 20+"],
    [linear(0, 0.5, [0, 1]), 3, "0- 1- 2- 3+ 4+ 20+"],
    [linear(0, 0.5, [0, 4]), 2, "2- 6- 7- 8+ 9+ 20+"],
    [linear(0, 0.5), 3, "0- 1- 18- 19- 20+"],
    [linear(0, 0.5), 1, "0- 1- 18- 19- 20+"],
    [step(0.5), 1, "0- 1+ 2+"],
    [step(0.5, 3), 1, "1- 5- 6+ 20+"],
    [step(), 1, "0- 1+"],
    [0.5, 1, "0- 1+ 2+"],
    [0.5, 4, "0- 1+ 2+"],
  ];
  for (const [ratio, every, expected] of cases) {
    await training({ ratio, every }, ({ active, at }) => {
      const found = expected.split(" ").map((each) => {
        const update = parseInt(each);
        at(update, update / 2, 10);
        return `${update}${active.settled!() ? "+" : "-"}`;
      });
      assert.equal(found.join(" "), expected, `${JSON.stringify(ratio)} every ${every}`);
    });
  }
});

Deno.test("a layer's own ratio ends its curve, and is the whole of a step or a number", async () => {
  const own = [{ layers: ["dense2"], ratio: 0.75 }];
  const params = { ...all, scope: "layer", "per_layer": own } as const;
  const cases: [Curve, string[]][] = [
    [0.25, ["0111 0001", "0111 0001"]],
    [{ use: "step", start: 0.25, factor: 2, at: [2] }, ["0111 0001", "0011 0001"]],
    [linear(0.25, 0.5), ["0111 0111", "0011 0001"]],
  ];
  for (const [ratio, expected] of cases) {
    await training({ params, ratio }, ({ at, sparsity }) => {
      assert.deepEqual([at(0, 0, 2), at(4, 2, 2)], expected);
      const zeros = expected[1]!.split("0").length - 1;
      assert.equal(sparsity(), zeros / 8);
    });
  }
});

/** What was gathered after each of: two gradients, none, a moment between renewals, a renewal. */
async function gathering(criterion: "taylor" | "movement" | "magnitude", saved?: Arrays) {
  const captured: Arrays[] = [];
  const masks: string[] = [];
  const params = { ...first, criterion };
  const growth = { params, ratio: linear(0.25, 0.25), every: 2 };
  await training(growth, ({ room, active, at }) => {
    const weights = { [ONE!]: room.tensor(Float32Array.of(1, 2, 3, 4), [4, 1]) };
    const gradient = room.tensor(Float32Array.of(8, 2, -1, 0.5), [4, 1]);
    const capture = () => void captured.push(active.capture!());
    for (const each of [gradient, gradient, null]) {
      active.gradients!((name) => name === ONE ? each : null, weights);
      capture();
    }
    masks.push(at(1, 0.5, 2));
    capture();
    masks.push(at(2, 1, 2));
    capture();
    gradient.dispose();
    weights[ONE!]!.dispose();
  }, saved);
  return {
    captured: captured.map((each) => [Object.keys(each), [...each[`score:${ONE}`] ?? []]]),
    masks,
  };
}

Deno.test("costs are added up between two renewals, movements over the whole training", async () => {
  const names = [`score:${ONE}`];
  // g · w is 8, 4, −3 and 2.
  const [once, twice, none] = [[64, 16, 9, 4], [128, 32, 18, 8], [0, 0, 0, 0]];
  assert.deepEqual(await gathering("taylor"), {
    captured: [[names, once], [names, twice], [names, twice], [names, twice], [names, none]],
    masks: ["- -", "1110 -"],
  });
  const [moved, further] = [[-8, -4, 3, -2], [-16, -8, 6, -4]];
  assert.deepEqual(await gathering("movement"), {
    captured: [moved, further, further, further, further].map((each) => [names, each]),
    masks: ["- -", "0111 -"],
  });
  assert.deepEqual((await gathering("magnitude")).captured, Array(5).fill([[], []]));
});

Deno.test("what was saved is gone on from, and stays as it was", async () => {
  const saved = { [`score:${ONE}`]: Float32Array.of(1, 10, 100, 1000) };
  const { captured, masks } = await gathering("taylor", saved);
  assert.deepEqual(captured[0]![1], [65, 26, 109, 1004]);
  assert.deepEqual(masks, ["- -", "1011 -"]);
  assert.deepEqual([...saved[`score:${ONE}`]!], [1, 10, 100, 1000]);
});

Deno.test("the learned model has zeros beside what it had before", () => {
  const growth: Growth = { params: first, ratio: 0.5, every: 1, seed: 0 };
  const learned = { ...model, established: { clusters: true } };
  assert.deepEqual(growingMasks(model, growth).finish!(learned as never, {}), {
    ...model,
    established: { clusters: true, zeros: true },
  });
});
