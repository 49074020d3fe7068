import assert from "node:assert/strict";
import { fusedCode, paddingOf } from "../../../../ops/formats/tflite/source.ts";

Deno.test("activations that only cut are fused, others are operators", () => {
  assert.deepEqual(
    (["linear", "relu", "relu6", "tanh", "gelu"] as const).map(fusedCode),
    [0, 1, 3, undefined, undefined],
  );
});

Deno.test("borders that are those of SAME are written so, others are added first", () => {
  const window = { strides: [1, 1], dilations: [1, 1] } as const;
  const of = (padding: Parameters<typeof paddingOf>[0]["padding"]) =>
    paddingOf({ ...window, padding }, [3, 3], [5, 5, 1]);
  assert.deepEqual(of("same"), { padding: 0 });
  assert.deepEqual(of("valid"), { padding: 1 });
  assert.deepEqual(of([[0, 0], [0, 0]]), { padding: 1 });
  assert.deepEqual(of([[1, 1], [1, 1]]), { padding: 0 });
  assert.deepEqual(of([[2, 0], [1, 1]]), { padding: 1, pads: [[2, 0], [1, 1]] });
});
