/** Quantization simulated while a model trains: which ranges it watches, and when they stand still. */
import assert from "node:assert/strict";
import { type Room, withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { ActiveConstraint } from "../../../ops/learn/constraint.ts";
import type { Range } from "../../../ops/model/integers/activation_format.ts";
import { simulating, type Simulation } from "../../../ops/quantize/simulation.ts";
import { denseModel } from "../prune/dense_model.ts";
import { assertClose } from "../../close.ts";

refuseLeaks(true);

const simulation: Simulation = {
  layers: [],
  scheme: { bits: 8, symmetry: "symmetric", rules: "onnx" },
  ranges: {
    input: { outer: { minimum: -1, maximum: 1 }, kept: { minimum: -1, maximum: 1 } },
    a: { outer: { minimum: -2, maximum: 4 }, kept: { minimum: -1, maximum: 3 } },
  },
  values: new Map([["input", "input"], ["a", "a"], ["a.pool", "a"]]),
  norms: new Set(["norm"]),
  parameters: {},
  momentum: 0.75,
  freezeAfter: {},
};
const at = (epoch: number) => ({ epoch, epochs: 4, update: 0 });

type Finish = Parameters<typeof simulating>[1];
const same: Finish = (model) => model;

/** One pass in which a value comes by, and what the others read of it. */
function seen(
  room: Room,
  active: ActiveConstraint,
  { name, values, moment }: {
    readonly name: string;
    readonly values: readonly number[];
    readonly moment: ReturnType<typeof at> | undefined;
  },
) {
  let found: { read: number[]; frozen: ReadonlySet<string> | undefined } | undefined;
  room.tf.tidy(() => {
    const { transform, frozen } = active.pass!({ weights: {}, moment });
    const value = room.tensor(Float32Array.from(values), [values.length]);
    found = { read: [...room.values(transform!(name, value))], frozen };
  });
  return found!;
}

/** A training's captured ranges after some passes with values of a layer. */
const captured = (
  changed: Partial<Simulation>,
  passes: readonly { name: string; values: readonly number[]; moment?: ReturnType<typeof at> }[],
) =>
  withTensors((room) => {
    const active = simulating({ ...simulation, ...changed }, same).open(room, undefined);
    for (const pass of passes) {
      seen(room, active, { moment: undefined, ...pass });
      active.between!(at(0), undefined as never);
    }
    return active.capture!();
  });

Deno.test("a watched range is a moving average of the batches', with 0 in it", async () => {
  const [one, two] = [[-4, 0.5], [2, 3]];
  const found = await captured({}, [
    { name: "input", values: one!, moment: at(0) },
    { name: "input", values: two!, moment: at(0) },
  ]);
  const low = 0.75 * -1 + 0.25 * -4;
  const high = 0.75 * 1 + 0.25 * 0.5;
  assertClose(found["range:input"]!, [0.75 * low, 0.75 * high + 0.25 * 3]);
  assertClose(found["range:a"]!, [-2, 4]);
});

Deno.test("inference moves no range, nor does a batch after the epoch at which they stand still", async () => {
  const values = [-50, 50];
  const moment = (epoch: number) => ({ name: "input", values, moment: at(epoch) });
  assert.deepEqual([...(await captured({}, [{ name: "input", values }]))["range:input"]!], [-1, 1]);
  const freezeAfter = { ranges: 2 };
  assert.deepEqual([...(await captured({ freezeAfter }, [moment(2)]))["range:input"]!], [-1, 1]);
  assert.notDeepEqual([...(await captured({ freezeAfter }, [moment(1.9)]))["range:input"]!], [
    -1,
    1,
  ]);
});

Deno.test("values are rounded to the grid of their owner's range; others, and all without a scheme, are not", async () => {
  await withTensors((room) => {
    const active = simulating(simulation, same).open(room, undefined);
    const read = (name: string, values: readonly number[]) =>
      seen(room, active, { name, values, moment: undefined }).read;
    // Symmetric 8 bits: the input's step is 1/127, a's is that of the 3 that calibration left.
    assertClose(read("input", [0.5, 2]), [64 / 127, 1], 1e-6);
    assertClose(read("a.pool", [3, 1, -9]), [3, 42 * 3 / 127, -128 * 3 / 127], 1e-6);
    assert.deepEqual(read("other", [0.123, 7]), [0.123, 7].map(Math.fround));
    const floats = simulating({ ...simulation, scheme: undefined }, same).open(room, undefined);
    const left = seen(room, floats, { name: "input", values: [0.123], moment: undefined }).read;
    assert.deepEqual(left, [Math.fround(0.123)]);
  });
});

Deno.test("BatchNorm stands still from its epoch on, in training alone", async () => {
  await withTensors((room) => {
    const frozen = (batchnorm: number | undefined, moment: ReturnType<typeof at> | undefined) => {
      const freezeAfter = batchnorm === undefined ? {} : { batchnorm };
      const active = simulating({ ...simulation, freezeAfter }, same).open(room, undefined);
      return seen(room, active, { name: "input", values: [0], moment }).frozen;
    };
    assert.equal(frozen(2, at(1)), undefined);
    assert.deepEqual(frozen(2, at(2)), simulation.norms);
    assert.equal(frozen(2, undefined), undefined);
    assert.equal(frozen(undefined, at(3)), undefined);
  });
});

Deno.test("moving averages are used, so not estimated anew, where a norm is folded or will stand still", () => {
  assert.equal(simulating(simulation, same).averages, undefined);
  assert.equal(simulating({ ...simulation, freezeAfter: { ranges: 1 } }, same).averages, undefined);
  assert.equal(simulating({ ...simulation, freezeAfter: { batchnorm: 1 } }, same).averages, "used");
  const layers = [{ norm: { name: "norm" } }] as unknown as Simulation["layers"];
  assert.equal(simulating({ ...simulation, layers }, same).averages, "used");
});

Deno.test("what was captured is gone on with, and moves no array of its own", async () => {
  await withTensors((room) => {
    const saved = { "range:input": Float32Array.of(-8, 8), "range:a": Float32Array.of(0, 1) };
    const active = simulating(simulation, same).open(room, saved);
    seen(room, active, { name: "input", values: [0, 0], moment: at(0) });
    active.between!(at(0), undefined as never);
    assertClose(active.capture!()["range:input"]!, [-6, 6]);
    assert.deepEqual([...saved["range:input"]], [-8, 8]);
    const taken = active.capture!()["range:input"]!;
    taken[0] = -100;
    assertClose(active.capture!()["range:input"]!, [-6, 6]);
    // Nothing was seen since, so nothing moves.
    active.between!(at(0), undefined as never);
    assertClose(active.capture!()["range:input"]!, [-6, 6]);
  });
});

Deno.test("at the end each range is the share of the watched one that calibration left", () => {
  const model = denseModel([{ kernel: [[1]] }]);
  let found: Readonly<Record<string, Range>> = {};
  const arrays = { "range:input": Float32Array.of(-2, 0), "range:a": Float32Array.of(-6, 8) };
  const constraint = simulating(simulation, (learned, ranges, all) => {
    found = ranges;
    assert.equal(all, arrays);
    return learned;
  });
  assert.equal(constraint.finish!(model, arrays), model);
  assert.deepEqual(found, {
    input: { minimum: -2, maximum: 0 },
    a: { minimum: -6 * (1 / 2), maximum: 8 * (3 / 4) },
  });
  // An end that was 0 when calibrated is kept whole.
  const flat = { minimum: 0, maximum: 2 };
  const positive = {
    ...simulation,
    ranges: { a: { outer: flat, kept: { minimum: 0, maximum: 1 } } },
  };
  simulating(positive, (learned, ranges) => {
    found = ranges;
    return learned;
  }).finish!(model, { "range:a": Float32Array.of(-3, 4) });
  assert.deepEqual(found, { a: { minimum: -3, maximum: 2 } });
});

Deno.test("a pass computes with what replaces weights, rounded for the format of what each layer reads", async () => {
  const [layer] = denseModel([{ kernel: [[127]], bias: [0.3] }]).layers;
  const format = { bits: 8, axis: null, symmetry: "symmetric", rules: "onnx" } as const;
  const read = (reads: string | undefined) =>
    withTensors((room) => {
      const layers = [{ layer, norm: undefined, format, scales: undefined, reads }];
      const active = simulating({ ...simulation, layers } as unknown as Simulation, same).open(
        room,
        undefined,
      );
      const weights = {
        "dense1/kernel": room.tensor(Float32Array.of(126.6), [1, 1]),
        "dense1/bias": room.tensor(Float32Array.of(0.3), [1]),
        other: room.tensor(Float32Array.of(0.7), [1]),
      };
      const found = room.tf.tidy(() => {
        const under = active.pass!({ weights, moment: undefined }).weights;
        return Object.fromEntries(
          Object.entries(under).map(([name, each]) => [name, room.values(each)[0]!]),
        );
      });
      for (const each of Object.values(weights)) each.dispose();
      return found;
    });
  // The scale of the kernel is 126.6/127; that of a, from 0 to 3, is 3/127.
  const unit = 3 / 127 * 126.6 / 127;
  const integers = await read("a");
  assertClose([integers["dense1/bias"]!], [Math.round(0.3 / unit) * unit]);
  assertClose([integers["dense1/kernel"]!, integers["other"]!], [126.6, 0.7], 1e-5);
  const floats = await read(undefined);
  assertClose([floats["dense1/bias"]!], [0.3]);
});
