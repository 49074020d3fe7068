import assert from "node:assert/strict";
import {
  inputChannel,
  outputAxes,
  outputsOf,
  ROLES,
  scaleAxis,
  sumsInputs,
  weightName,
  withBias,
} from "../../../../ops/model/kinds/weights.ts";

const form = (
  layout: "IO" | "HWIO" | "DHWIO" | "HWCM" | "rows",
) => ({ layout, multiplies: "floats" } as const);
const layouts = ["IO", "HWIO", "DHWIO", "HWCM", "rows"] as const;

Deno.test("output channels are a kernel's last axis, of a depthwise one the last two", () => {
  assert.deepEqual(outputAxes(form("HWCM"), [3, 3, 4, 2]), [4, 2]);
  assert.equal(outputsOf(form("HWCM"), [3, 3, 4, 2]), 8);
  assert.deepEqual(outputAxes(form("HWIO"), [3, 3, 4, 2]), [2]);
  assert.equal(outputsOf(form("IO"), [4, 2]), 2);
  assert.equal(outputsOf(form("rows"), [9, 5]), 5);
});

Deno.test("a value's input channel is its place along the axis before the last", () => {
  const channel = inputChannel([1, 2, 3, 2]);
  const places = Array.from({ length: 12 }, (_, at) => channel(at));
  assert.deepEqual(places, [0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2]);
  assert.deepEqual([0, 1, 2, 5].map(inputChannel([3, 2])), [0, 0, 1, 2]);
  assert.deepEqual(ROLES, ["kernel", "bias", "gamma", "beta", "mean", "variance"]);
});

Deno.test("scales lie along outputs, of a depthwise kernel along channels, or there is one", () => {
  assert.deepEqual(layouts.map((layout) => scaleAxis(form(layout))), [1, 3, 4, 2, 1]);
  assert.equal(scaleAxis({ ...form("IO"), oneScale: true }), null);
});

Deno.test("where every output sums over the inputs", () => {
  assert.deepEqual(layouts.map((layout) => sumsInputs(form(layout))), [
    true,
    true,
    true,
    false,
    false,
  ]);
});

Deno.test("a bias has one value for each output", () => {
  assert.deepEqual(withBias([4, 2], true, 2), { kernel: [4, 2], bias: [2] });
  assert.deepEqual(withBias([4, 2], false, 2), { kernel: [4, 2] });
  assert.equal(weightName("stem.conv", "kernel"), "stem.conv/kernel");
});
