import assert from "node:assert/strict";
import { windowsAlong } from "../../../../../ops/model/kinds/volumes/slide.ts";

const sliding = (size: number, stride: number, padding: "same" | "valid", dilation = 1) => ({
  kernel: [size, 1, 1] as const,
  strides: [stride, 1, 1] as const,
  dilations: [dilation, 1, 1] as const,
  padding,
});

Deno.test("windows as TensorFlow counts them: the odd zero stands behind", () => {
  assert.deepEqual(windowsAlong(0, 5, sliding(2, 1, "same")), { count: 5, zeros: [0, 1] });
  assert.deepEqual(windowsAlong(0, 5, sliding(3, 2, "same")), { count: 3, zeros: [1, 1] });
  assert.deepEqual(windowsAlong(0, 4, sliding(1, 3, "same")), { count: 2, zeros: [0, 0] });
  assert.deepEqual(windowsAlong(0, 5, sliding(2, 2, "valid")), { count: 2, zeros: [0, 0] });
  assert.deepEqual(windowsAlong(0, 5, sliding(3, 1, "valid", 2)), { count: 1, zeros: [0, 0] });
  assert.equal(windowsAlong(0, 4, sliding(3, 1, "valid", 2)).count, 0);
});
