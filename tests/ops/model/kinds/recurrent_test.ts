import assert from "node:assert/strict";
import { stream } from "../../../../engine/tensor/random.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { recurrent } from "../../../../ops/model/kinds/recurrent.ts";
import { weightSlots } from "../../../../ops/model/layers.ts";
import { assertClose } from "../../../close.ts";
import {
  assertPlain,
  channelsOf,
  layerOf,
  macsOf,
  networkOf,
  shapeOf,
  valuesOf,
} from "../support/one_layer.ts";

refuseLeaks(true);

const last = layerOf("recurrent", { units: 3, sequence: false, gates: "sigmoid" });
const every = { ...last, sequence: true };

Deno.test("it gives the last state or all of them; the kernel stands over its state's rows", () => {
  assert.deepEqual(shapeOf(last, [5, 2]), [3]);
  assert.deepEqual(shapeOf(every, [5, 2]), [5, 3]);
  assert.throws(() => shapeOf(last, [5]), /it reads a sequence/);
  const shapes = weightSlots(networkOf(last, [5, 2])).map(({ shape }) => shape);
  assert.deepEqual(shapes, [[5, 12], [12]]);
});

Deno.test("each step multiplies what enters and its own state with four gates", () => {
  assert.equal(macsOf(last, [5, 2]), 5 * (2 + 3) * 4 * 3);
});

Deno.test("two steps of one unit by hand: all gates open alike, c = f c + i g", async () => {
  // Kernel rows: input, state; columns i, f, g, o. Gates read no input: σ(0) = 1/2; g = tanh(x).
  const one = { ...every, units: 1 };
  const kernel = [0, 0, 1, 0, 0, 0, 0, 0];
  const found = await valuesOf(one, [{ shape: [2, 1], data: [1, -2] }], {
    kernel,
    bias: [0, 0, 0, 0],
  });
  const c1 = 0.5 * Math.tanh(1);
  const c2 = 0.5 * c1 + 0.5 * Math.tanh(-2);
  assertClose(found, [0.5 * Math.tanh(c1), 0.5 * Math.tanh(c2)], 1e-6);
});

Deno.test("a hard gate is clipped at 0 and 1", async () => {
  const one = { ...last, units: 1, gates: "hard-sigmoid" } as const;
  // i = clip(0.2 · 5 + 0.5) = 1, o = clip(0.2 · 0 + 0.5), g = tanh(1).
  const found = await valuesOf(one, [{ shape: [1, 1], data: [1] }], {
    kernel: [5, 0, 1, 0, 0, 0, 0, 0],
    bias: [0, 0, 0, 0],
  });
  assertClose(found, [0.5 * Math.tanh(Math.tanh(1))], 1e-6);
});

Deno.test("a recurrent layer computes what plain loops do", async () => {
  for (const gates of ["sigmoid", "hard-sigmoid"] as const) {
    for (const layer of [last, every]) await assertPlain({ ...layer, gates }, [5, 4]);
  }
});

Deno.test("first weights: rows for the state are orthonormal, forget gates are open", () => {
  const parts: (string | undefined)[] = [];
  const draws = (part?: string) => {
    parts.push(part);
    return stream(1, part ?? "own");
  };
  const kernel = recurrent.initial.kernel!([5, 12], draws);
  assert.deepEqual(parts, [undefined, "state"]);
  const row = (i: number) => kernel.subarray((2 + i) * 12, (3 + i) * 12);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      const dot = row(i).reduce((sum, value, k) => sum + value * row(j)[k]!, 0);
      assert.ok(Math.abs(dot - (i === j ? 1 : 0)) < 1e-6);
    }
  }
  // Glorot's limit for 2 inputs and 12 outputs.
  const limit = Math.sqrt(6 / 14);
  const own = kernel.subarray(0, 24).map(Math.abs);
  assert.ok(Math.max(...own) <= limit && Math.max(...own) > 0.8 * limit);
  assert.deepEqual([...recurrent.initial.bias!([8], draws)], [0, 0, 1, 1, 0, 0, 0, 0]);
});

Deno.test("no channel that it reads or gives can go, and one scale serves its kernel", () => {
  assert.deepEqual(channelsOf(last, [[5, 2]], [[1, 2]]), {
    leaving: [100, 101, 102],
    tied: [],
    fixed: [1, 2, 100, 101, 102],
  });
  assert.deepEqual(recurrent.kernel, { layout: "IO", multiplies: "floats", oneScale: true });
  assert.equal(recurrent.integers.values, "float");
});
