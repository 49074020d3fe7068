/** Features as targets: worked by hand. */
import assert from "node:assert/strict";
import { type LossTerm, termOf } from "../../../../ops/learn/terms/terms.ts";
import { hint as stated } from "../../../../ops/learn/terms/hint.ts";
import { assertNear, evaluated, matched, type Numbers, rows } from "./support/evaluated.ts";

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
  // The squares of the 16 differences are 22 together; over the two samples they are 11.
  assertNear(await value("hint", { student, teacher }), 22 / 16);
  assertNear(await value("hint", { student, teacher }, { reduction: "batch-mean" }), 22 / 2);
});

Deno.test("cosine is 0.24644661, and between lengths of 1 the squared distance is twice that", async () => {
  const said = { student: [rows([1, 2], [0, 1])], teacher: [rows([2, 1], [1, 1])] };
  // 1 − cos of both samples, 1 − 4/5 and 1 − 1/√2, the mean. ‖u − v‖² is 2 − 2 cos.
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

Deno.test("an adapter stands where channels differ, of the kind that suits, and shapes must pair", () => {
  const { adapter, unfit } = termOf({ use: "hint" } as LossTerm).matching!;
  const kind = (adapt: string, student: number[], teacher: number[]) =>
    adapter!(matched("hint", { adapt }) as never, student, teacher);
  assert.deepEqual([kind("auto", [4, 4, 3], [4, 4, 5]), kind("auto", [3], [5])], ["conv", "dense"]);
  assert.deepEqual([kind("auto", [8, 8, 5], [4, 4, 5]), kind("none", [3], [5])], [
    undefined,
    undefined,
  ]);
  assert.deepEqual([kind("conv", [4, 4, 5], [4, 4, 5]), kind("dense", [5], [5])], [
    "conv",
    "dense",
  ]);
  const help = (adapt: string, student: number[], teacher: number[]) =>
    unfit([student], [teacher], matched("hint", { adapt }) as never);
  const pairs = "match a map with a map, a vector with a vector (head.pool gives one)";
  assert.equal(help("auto", [4, 4, 3], [3]), pairs);
  assert.equal(help("auto", [4, 4, 3], [4, 4, 5]), undefined);
  assert.equal(help("auto", [8, 8, 3], [4, 4, 5]), undefined);
  assert.equal(help("conv", [3], [5]), "adapt: dense (a convolution needs maps)");
  assert.equal(help("conv", [4, 4, 3], [4, 4, 5]), undefined);
  assert.equal(help("none", [4, 4, 3], [4, 4, 3]), undefined);
  assert.equal(
    help("none", [4, 4, 3], [4, 4, 5]),
    "adapt: auto puts a trained layer between them (dropped from the result); adapt is none here",
  );
  assert.equal(
    help("auto", [4, 4, 3], [3, 3, 3]),
    "match layers whose height and width divide each other: the larger is pooled to the smaller",
  );
});
