/** The flow between layers (Yim et al. 2017, CVPR): two samples worked by hand. */
import assert from "node:assert/strict";
import { fsp as stated } from "../../../../ops/learn/terms/fsp.ts";
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

const flow = {
  student: [turned(S), turned(scaled(S, () => 0.5))],
  teacher: [turned(T), turned(reversed(T))],
};

const value = async (
  use: string,
  said: { student: readonly Numbers[]; teacher: readonly Numbers[] },
  more = {},
) => (await evaluated(matched(use, more), said)).value;

Deno.test("flows between layers differ by 7.00390625; moving places of both layers together changes nothing", async () => {
  // Products of channels, the mean over four places. The teacher's [[1.25, 7.5], [0.5, 1.25]] and [[1, 2], [1, 1]], the
  // student's [[1.25, 0.375], [0.375, 0.25]] and [[0.25, 0.25], [0.25, 1.25]]; the mean of the squares of what differs.
  assertNear(await value("fsp", flow), 7.00390625);
  const mirrored = (map: Map2): Map2 =>
    map.map((s) => s.map((c) => c.map((row) => [...row].reverse())));
  const moved = {
    ...flow,
    student: [turned(mirrored(S)), turned(mirrored(scaled(S, () => 0.5)))],
  };
  assertNear(await value("fsp", moved), 7.00390625);
});

Deno.test("fsp states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { features: true });
  assert.equal(stated.compares, undefined);
});

Deno.test("flows are compared of images whose channels are as many on both sides, at both ends", () => {
  const unfit = (
    student: readonly (readonly number[])[],
    teacher: readonly (readonly number[])[],
  ) => stated.matching!.unfit(student, teacher, {} as never);
  const sound = [[4, 4, 3], [2, 2, 5]];
  assert.equal(unfit(sound, sound), undefined);
  assert.equal(unfit(sound, [[8, 8, 3], [4, 4, 5]]), undefined);
  const channels = "match layers that have as many channels on both sides";
  assert.equal(unfit(sound, [[4, 4, 4], [2, 2, 5]]), channels);
  assert.equal(unfit(sound, [[4, 4, 3], [2, 2, 6]]), channels);
  const images = "match layers that give images on both sides";
  assert.equal(unfit([[4, 4, 3], [5]], [[4, 4, 3], [5]]), images);
  assert.equal(unfit(sound, [[3], [2, 2, 5]]), images);
  assert.match(unfit(sound, [[4, 4, 3], [3, 3, 5]])!, /height and width/);
});
