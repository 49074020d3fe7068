/** Features as targets: published vectors and hand's computations. */
import assert from "node:assert/strict";
import { hint as stated } from "../../../../ops/learn/terms/hint.ts";
import { assertNear, evaluated, matched, type Numbers, rows } from "./evaluated.ts";

type Map2 = readonly (readonly (readonly (readonly number[])[])[])[];

const T: Map2 = [[[[1, 2], [3, 4]], [[0, 1], [1, 0]]], [[[2, 0], [0, 2]], [[1, 1], [1, 1]]]];

const S: Map2 = [[[[1, 1], [2, 2]], [[1, 0], [0, 1]]], [[[0, 1], [1, 0]], [[2, 1], [1, 2]]]];

/** [B][C][H][W] → [B, H, W, C]. */
function turned(map: Map2): Numbers {
  const [channels, height, width] = [map[0]!.length, map[0]![0]!.length, map[0]![0]![0]!.length];
  const values = map.flatMap((sample) =>
    Array.from(
      { length: height * width },
      (_, place) => sample.map((channel) => channel[Math.floor(place / width)]![place % width]!),
    ).flat()
  );
  return { shape: [map.length, height, width, channels], values };
}

const student = [turned(S)];

const teacher = [turned(T)];

const value = async (
  use: string,
  said: { student: readonly Numbers[]; teacher: readonly Numbers[] },
  more = {},
) => (await evaluated(matched(use, more), said)).value;

Deno.test("a hint is the mean squared difference; summed over values and meaned over the batch it is 11", async () => {
  assertNear(await value("hint", { student, teacher }), 1.375);
  // The table's 5.5 is half of it.
  assertNear(await value("hint", { student, teacher }, { reduction: "batch-mean" }), 2 * 5.5);
});

Deno.test("cosine is 0.24644661, and between lengths of 1 the squared distance is twice that", async () => {
  const said = { student: [rows([1, 2], [0, 1])], teacher: [rows([2, 1], [1, 1])] };
  assertNear(await value("hint", said, { distance: "cosine" }), 0.24644661);
  const patient = { normalize: "l2", reduction: "batch-mean" };
  assertNear(await value("hint", said, patient), 0.49289322);
  const longer = { ...said, student: [rows([10, 20], [0, 0.1])] };
  assertNear(await value("hint", longer, { distance: "cosine" }), 0.24644661);
});

Deno.test("hints by other distances, by hand", async () => {
  const said = { student: [rows([0, 2, -3])], teacher: [rows([0.5, 0, 0])] };
  assertNear(await value("hint", said, { distance: "l1" }), 5.5 / 3);
  assertNear(await value("hint", said, { distance: "smooth-l1" }), (0.125 + 1.5 + 2.5) / 3);
});

Deno.test("the cosine of a sample without values is 0, as torch's is", async () => {
  const said = { student: [rows([0, 0], [3, 0])], teacher: [rows([2, 1], [1, 0])] };
  assertNear(await value("hint", said, { distance: "cosine" }), 1 / 2);
  const dark = { student: [rows([0, 0])], teacher: [rows([0, 0])] };
  assertNear(await value("hint", dark, { distance: "cosine" }), 1);
});

Deno.test("the larger map is pooled to the smaller, on either side", async () => {
  // 2×2 of one channel against 1×1: the mean 2.5 against 1.
  const large = { shape: [1, 2, 2, 1], values: [1, 2, 3, 4] };
  const small = { shape: [1, 1, 1, 1], values: [1] };
  assertNear(await value("hint", { student: [large], teacher: [small] }), 2.25);
  assertNear(await value("hint", { student: [small], teacher: [large] }), 2.25);
});

Deno.test("hint states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { features: true });
  assert.equal(stated.compares, undefined);
});
