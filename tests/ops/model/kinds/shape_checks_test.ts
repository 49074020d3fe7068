import assert from "node:assert/strict";
import { cannot, image, one, sequence, several } from "../../../../ops/model/kinds/shape_checks.ts";

const layer = { name: "l", kind: "add" };

Deno.test("a layer that reads the right number of shapes of the right rank gets them", () => {
  assert.deepEqual(one(layer, [[3]]), [3]);
  assert.deepEqual(several(layer, [[3], [4], [5]]), [[3], [4], [5]]);
  assert.deepEqual(image(layer, [[3, 4, 5]]), [3, 4, 5]);
  assert.deepEqual(sequence(layer, [[3, 4]]), [3, 4]);
});

Deno.test("any other is refused in a sentence with its name and kind", () => {
  assert.equal(cannot(layer, "why").message, 'Cannot build layer "l" (add): why');
  assert.throws(() => one(layer, []), /"l" \(add\): it reads one layer, not 0/);
  assert.throws(() => one(layer, [[3], [3]]), /not 2/);
  assert.throws(() => one(layer, [[]]), /it reads one layer/);
  assert.throws(() => several(layer, [[3]]), /at least two layers, not 1/);
  assert.throws(() => several(layer, []), /at least two layers, not 0/);
  assert.throws(() => image(layer, [[3, 4]]), /\(height × width × channels\), its input is 3×4/);
  assert.throws(() => sequence(layer, [[3, 4, 5]]), /\(length × size\), its input is 3×4×5/);
});
