/** Attention maps (Zagoruyko & Komodakis 2017, arXiv 1612.03928): two samples and powers, worked by hand. */
import assert from "node:assert/strict";
import { attentionTransfer as stated } from "../../../../ops/learn/terms/attention_transfer.ts";
import { assertNear, evaluated, matched, type Numbers } from "./support/evaluated.ts";

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

const reversed = (map: Map2): Map2 => map.map((sample) => [...sample].reverse());

const scaled = (map: Map2, by: (channel: number) => number): Map2 =>
  map.map((sample) => sample.map((channel, c) => channel.map((row) => row.map((x) => x * by(c)))));

const student = [turned(S)];

const teacher = [turned(T)];

const value = async (
  use: string,
  said: { student: readonly Numbers[]; teacher: readonly Numbers[] },
  more = {},
) => (await evaluated(matched(use, more), said)).value;

Deno.test("attention is 0.01929382; scale, order and number of channels mean nothing", async () => {
  // Sums of squares over channels, of each sample: the teacher's [1, 5, 10, 16], [5, 1, 1, 5], the student's [2, 1, 4,
  // 5], [4, 2, 2, 4]; over their lengths √382, √52, √46, √40; then the squares of what differs, over the 8 numbers.
  assertNear(await value("attention-transfer", { student, teacher }), 0.01929382);
  const same = [scaled(S, () => 3), reversed(S), S.map((sample) => [...sample, ...sample])];
  for (const each of same) {
    assertNear(await value("attention-transfer", { student: [turned(each)], teacher }), 0.01929382);
  }
});

Deno.test("attention of another power is of |f|ᵖ, by hand for one channel", async () => {
  // One channel: Q = |f|³ / ‖|f|³‖; student (1, 1), teacher (1, 2).
  const [ours, theirs] = [[[[[1, -1]]]], [[[[1, 2]]]]] as [Map2, Map2];
  const said = { student: [turned(ours)], teacher: [turned(theirs)] };
  const [a, b] = [1 / Math.SQRT2, 1 / Math.SQRT2];
  const [c, d] = [1 / Math.sqrt(65), 8 / Math.sqrt(65)];
  const expected = ((a - c) * (a - c) + (b - d) * (b - d)) / 2;
  assertNear(await value("attention-transfer", said, { power: 3 }), expected);
});

Deno.test("attention-transfer states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { features: true });
  assert.equal(stated.compares, undefined);
});
