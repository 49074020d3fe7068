import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { shortLayers } from "../../../../engine/tensor/layers/short.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";

refuseLeaks(true);
const { machine, nn: all } = await roomEquipment();
const nn = shortLayers(machine);
/** The same with units done one by one, from the last to the first. */
const single = shortLayers({
  ...machine,
  launch(kernel, units, ...numbers) {
    for (let unit = units - 1; unit >= 0; unit--) {
      machine.kernels[kernel](...numbers, unit, unit + 1);
    }
  },
});

const { fround } = Math;
/** Integers of 9 bits with both ends. */
const integers9 = (count: number, seed: number) =>
  Int32Array.from(
    { length: count },
    (_, i) => i % 17 === 0 ? (i % 2 ? 255 : -255) : (i * 7919 + seed * 104729) % 511 - 255,
  );

Deno.test("values become integers and back: ties, bounds, no number, and every length", async () => {
  const away = (value: number) => value < 0 ? -Math.round(-value) : Math.round(value);
  const even = (value: number) =>
    value % 1 === 0.5 || value % 1 === -0.5 ? 2 * Math.round(value / 2) : Math.round(value);
  for (const [ties, round] of [["even", even], ["away", away], ["up", Math.round]] as const) {
    for (const length of [...new Array(18).keys(), 8199]) {
      const edges = [NaN, Infinity, -Infinity, 1e30, -1e-30, fround(0.49999997), -0.5, 0.5, 1.5];
      const x = Float32Array.from({ length }, (_, i) => edges[i] ?? ((i * 37) % 1000) / 8 - 60);
      const expected = [...x].map((value) => {
        const cut = Math.min(50, Math.max(-70, fround(value / fround(0.25))));
        return Number.isNaN(value) ? 0 : round(cut) + 0;
      });
      await withTensors(({ tf, tensor, integers, values }) =>
        tf.tidy(() => {
          const to = { scale: 0.25, low: -70, high: 50, ties };
          const short = nn.quantizeShort(tensor(x, [1, length]), to);
          assert.deepEqual(short.shape, [1, length]);
          assert.deepEqual([...integers(short)], expected);
          assert.deepEqual(
            integers(single.quantizeShort(tensor(x, [length]), to)),
            integers(short),
          );
          const back = single.realsOfShort(short, fround(0.3));
          assert.deepEqual([...values(back)], expected.map((q) => fround(q * fround(0.3))));
        })
      );
    }
  }
});

Deno.test("a sum of integers is that of their reals, whatever the activation", async () => {
  await withTensors(({ tf, short, integers }) => {
    for (const activation of ["linear", "relu", "relu6", "gelu"] as const) {
      for (
        const [ties, length] of [["even", 8201], ["up", 13], ["away", 7], ["even", 0]] as const
      ) {
        tf.tidy(() => {
          const to = { scale: fround(0.11), low: -100, high: 90, ties };
          const a = { x: short(integers9(length, 1), [1, length]), scale: fround(0.07) };
          const b = { x: short(integers9(length, 2), [1, length]), scale: 0.25 };
          const reals = [a, b].map(({ x, scale }) => nn.realsOfShort(x, scale));
          const expected = nn.quantizeShort(all.add(reals[0]!, reals[1]!, activation), to);
          const found = nn.addShort(a, b, activation, to);
          assert.deepEqual(found.shape, [1, length]);
          assert.deepEqual(integers(found), integers(expected));
          assert.deepEqual(integers(single.addShort(a, b, activation, to)), integers(expected));
        });
      }
    }
  });
});

Deno.test("means of integers are those of their reals, for any number of cells and channels", async () => {
  await withTensors(({ tf, short, integers }) => {
    for (const shape of [[2, 7, 11, 21], [1, 1, 1, 8], [3, 2, 3, 1], [0, 2, 2, 4]]) {
      tf.tidy(() => {
        const to = { scale: fround(0.003), low: -90, high: 100, ties: "even" } as const;
        const size = shape.reduce((a, b) => a * b);
        const x = { x: short(integers9(size, 3), shape), scale: fround(0.07) };
        const mean = all.globalAveragePool(nn.realsOfShort(x.x, x.scale));
        const found = nn.globalAverageShort(x, to);
        assert.deepEqual(found.shape, [shape[0]!, shape[3]!]);
        assert.deepEqual(integers(found), integers(nn.quantizeShort(mean, to)));
        assert.deepEqual(integers(single.globalAverageShort(x, to)), integers(found));
      });
    }
  });
});

Deno.test("each row has its own range and its own format", async () => {
  await withTensors(({ tf, tensor, values, integers }) => {
    for (const [rows, width] of [[3, 1], [2, 4], [4, 13], [1, 40], [0, 5], [2, 0]] as const) {
      tf.tidy(() => {
        // Rows below 0, above it and on both sides; the last number is the largest magnitude.
        const x = Float32Array.from(
          { length: rows * width },
          (_, i) =>
            ((i * 31) % 50 + i % width) * [-1, 1, i % 2 ? 1 : -1][Math.floor(i / width) % 3]!,
        );
        const given = tensor(x, [rows, 1, width]);
        const row = (at: number) => [...x.subarray(at * width, (at + 1) * width)];
        const ranges = Array.from(
          { length: rows },
          (_, at) => [Math.min(0, ...row(at)) + 0, Math.max(0, ...row(at))],
        );
        const found = [...values(nn.rowRanges(given))].map((value) => value + 0);
        assert.deepEqual(found, ranges.flat());
        const formats = ranges.map((_, at) => [0.5 + at, -3 - at, 7 + at]);
        const expected = formats.flatMap(([scale, low, high], at) =>
          row(at).map((value) => Math.min(high!, Math.max(low!, Math.round(value / scale!))) + 0)
        );
        const table = tensor(Float32Array.from(formats.flat()), [rows, 3]);
        const short = nn.quantizeRows(given, table, "up");
        assert.deepEqual(short.shape, [rows, 1, width]);
        assert.deepEqual([...integers(short)], expected);
        assert.deepEqual([...integers(single.quantizeRows(given, table, "up"))], expected);
      });
    }
    tf.tidy(() => {
      const x = tensor(Float32Array.of(1, NaN, 2, -3), [2, 2]);
      assert.deepEqual([...values(single.rowRanges(x))], [NaN, NaN, -3, 2]);
      const formats = tensor(Float32Array.of(NaN, NaN, NaN, 1, -9, 9), [2, 3]);
      assert.deepEqual([...integers(nn.quantizeRows(x, formats, "even"))], [0, 0, 2, -3]);
      const wrong = () => nn.quantizeRows(x, tensor(Float32Array.of(1, 2, 3), [1, 3]), "even");
      assert.throws(wrong, { message: /formats \[1,3\] are not three numbers for each of 2 rows/ });
    });
  });
});
