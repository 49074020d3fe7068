import assert from "node:assert/strict";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import type { SelfTestCases } from "../../../../engine/tensor/native/drawn.ts";
import { selfTest } from "../../../../engine/tensor/native/self_test.ts";
import { compiled, ignore } from "./compiled.ts";

refuseLeaks(true);

/** Four times 45 numbers: of special ones NaN and -0 are among them. */
const cases: SelfTestCases = {
  turned: ({ room: { tf }, numbers }) => [1, 2, 3, 4].map(() => tf.transpose(numbers(5, 9))),
  added: ({ room: { tf }, numbers }) => [tf.add(numbers(9), numbers(9))],
};

/** Turns 5 rows of 9, each number as its bits become by WRONG. */
const TURN = `
const int32_t panelColumns = 16, tileRows = 4, byteGroup = 2;
KERNEL(transpose) {
  ARGUMENTS;
  uint32_t *y = (uint32_t *)POINTER(0);
  const uint32_t *x = (const uint32_t *)POINTER(1);
  for (int32_t r = begin * 4; r < least(end * 4, 5); r++)
    for (int32_t c = 0; c < 9; c++) y[c * 5 + r] = WRONG(x[r * 9 + c]);
}
`;

async function found(name: string, kernels: string): Promise<readonly string[]> {
  const folder = await Deno.makeTempDir();
  try {
    return await selfTest(await compiled(folder, name, kernels), cases);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a kernel that makes the same bits passes; of NaNs any is the same", {
  ignore,
}, async () => {
  const payload = "#define WRONG(x) (((x) & 0x7fffffff) > 0x7f800000 ? 0xffc12345 : (x))";
  assert.deepEqual(await found("payload", payload + TURN), []);
});

Deno.test("one wrong bit is found, of plain numbers or of a special one alone", {
  ignore,
}, async () => {
  assert.deepEqual(
    await found("last", `#define WRONG(x) ((x) ^ ((x) > 0xbf700000 && (x) < 0xbf800000))${TURN}`),
    ["turned differs", "turned of special numbers differs"],
  );
  const unsigned = "#define WRONG(x) ((x) == 0x80000000 ? 0 : (x))";
  assert.deepEqual(await found("zero", unsigned + TURN), ["turned of special numbers differs"]);
});

Deno.test("a kernel that no case runs is found", { ignore }, async () => {
  const more = `#define WRONG(x) x${TURN}
KERNEL(softmax) {}
KERNEL(argMax) {}
`;
  assert.deepEqual(await found("more", more), ["softmax is in no case", "argMax is in no case"]);
});
