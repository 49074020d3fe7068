import assert from "node:assert/strict";
import type { Meta } from "../../../../ops/data/dataset.ts";
import { stream } from "../../../../engine/tensor/random.ts";
import { DEFINITION } from "../../../../engine/own/entry.ts";
import { colored, rotated } from "../../../../ops/learn/augment/pixel_changes.ts";
import type { Augmentation, Varying } from "../../../../ops/learn/augment/augment.ts";
import { variation } from "../../../../ops/learn/augment/vary.ts";

const meta: Meta = {
  input: [8, 8, 1],
  type: "uint8",
  task: "classification",
  classes: ["a"],
  outputs: 1,
  normalize: { scale: [1 / 255], offset: [0] },
};
const views = (augment: readonly Augmentation[], count = 4000, seed = 1, epoch = 0) => {
  const { view } = variation(meta, augment, seed, count);
  return Array.from({ length: count }, (_, sample) => view(epoch, sample));
};

/** Within four standard deviations of a fraction among `count` draws. */
function assertFraction(hits: number, count: number, fraction: number) {
  const deviation = Math.sqrt(fraction * (1 - fraction) / count);
  assert.ok(
    Math.abs(hits / count - fraction) < 4 * deviation,
    `${hits} of ${count}, expected ${fraction}`,
  );
}

Deno.test("a shift moves by each whole number of pixels up to its limit, all equally often", () => {
  const moves = views([{ use: "shift", pixels: 2, chance: 1 }]);
  for (const axis of ["vertical", "horizontal"] as const) {
    for (let offset = -2; offset <= 2; offset++) {
      assertFraction(moves.filter((view) => view[axis].offset === offset).length, 4000, 0.2);
    }
  }
  // The two axes are independent: one of 25 moves is none at all.
  assertFraction(
    moves.filter((view) => !view.vertical.offset && !view.horizontal.offset).length,
    4000,
    0.04,
  );
});

Deno.test("crop pads and cuts: as a shift by up to its padding", () => {
  const offsets = views([{ use: "crop", padding: 1, chance: 1 }]).map((view) =>
    view.vertical.offset
  );
  assert.deepEqual([...new Set(offsets)].sort(), [-1, 0, 1]);
});

Deno.test("a flip mirrors every second image, along its axis only", () => {
  const flips = views([{ use: "flip", axis: "vertical", chance: 1 }]);
  assertFraction(flips.filter((view) => view.vertical.sign === -1).length, 4000, 0.5);
  assert.ok(flips.every((view) => view.horizontal.sign === 1));
});

Deno.test("a chance is the fraction of draws in which it happens", () => {
  const some = views([{ use: "cutout", pixels: 3, chance: 0.25 }]);
  assertFraction(some.filter((view) => view.holes.length === 1).length, 4000, 0.25);
  assert.ok(
    views([{ use: "cutout", pixels: 3, chance: 0 }], 100).every((view) => view.holes.length === 0),
  );
});

Deno.test("a cutout's middle lies anywhere in the image", () => {
  const middles = views([{ use: "cutout", pixels: 3, chance: 1 }]).map(({ holes }) =>
    holes[0]!.top + 1
  );
  assert.deepEqual([Math.min(...middles), Math.max(...middles)], [0, 7]);
});

Deno.test("a sample's view depends on seed, epoch and sample, and on nothing else", () => {
  const augment: Augmentation[] = [{ use: "shift", pixels: 3, chance: 1 }, {
    use: "flip",
    axis: "horizontal",
    chance: 1,
  }];
  const of = (seed: number, epoch: number) => views(augment, 50, seed, epoch);
  assert.deepEqual(of(1, 0), of(1, 0));
  assert.notDeepEqual(of(1, 0), of(1, 1));
  assert.notDeepEqual(of(1, 0), of(2, 0));
  assert.ok(new Set(of(1, 0).map((view) => JSON.stringify(view))).size > 25);
});

Deno.test("each augmentation reads its own four draws, and each number its own of them", () => {
  const uniforms = stream(6, "augment");
  const sample = 5;
  const augment: Augmentation[] = [
    { use: "cutout", pixels: 3, chance: 1 },
    { use: "shift", pixels: 9, chance: 1 },
  ];
  const [cut, moved] = [0, 1].map((k) => (draw: number) =>
    uniforms.uniform(2, (sample * 2 + k) * 4 + draw)
  );
  const view = variation(meta, augment, 6, 10).view(2, sample);
  const within = (uniform: number) => Math.floor(uniform * 19) - 9;
  assert.deepEqual(view.holes, [
    { top: Math.floor(cut!(1) * 8) - 1, left: Math.floor(cut!(2) * 8) - 1, side: 3 },
  ]);
  // The first moves down, the second to the right: pixels come from above and from the left.
  assert.deepEqual(
    [view.vertical.offset + 0, view.horizontal.offset + 0],
    [-within(moved!(1)) + 0, -within(moved!(2)) + 0],
  );
  const { vertical, horizontal } = variation(meta, [{ use: "crop", padding: 9, chance: 1 }], 6, 10)
    .view(2, sample);
  const own = (draw: number) => uniforms.uniform(2, sample * 4 + draw);
  assert.deepEqual(
    [vertical.offset + 0, horizontal.offset + 0],
    [-within(own(1)) + 0, -within(own(2)) + 0],
  );
});

Deno.test("brightness, contrast and saturation are drawn one by one, noise and turns by their own size", () => {
  const uniforms = stream(6, "augment");
  const draw = (index: number) => 2 * uniforms.uniform(0, 3 * 4 + index) - 1;
  const pictures: Meta = { ...meta, input: [2, 2, 3] };
  const after = (augmentation: Augmentation): number[] => {
    const values = Float32Array.of(10, 60, 200, 40, 80, 90, 100, 30, 60, 250, 0, 120);
    for (const change of variation(pictures, [augmentation], 6, 10).view(0, 3).changes) {
      change(values);
    }
    return [...values];
  };
  const color = { use: "color", brightness: 0, contrast: 0, saturation: 0, chance: 1 } as const;
  const expected = (change: (values: Float32Array) => void): number[] => {
    const values = Float32Array.of(10, 60, 200, 40, 80, 90, 100, 30, 60, 250, 0, 120);
    change(values);
    return [...values];
  };
  const plain = { brightness: 1, contrast: 1, saturation: 1 };
  for (const [i, name] of (["brightness", "contrast", "saturation"] as const).entries()) {
    const factors = { ...plain, [name]: 1 + 0.5 * draw(i + 1) };
    assert.deepEqual(after({ ...color, [name]: 0.5 }), expected(colored(factors, pictures)), name);
  }
  assert.deepEqual(
    after({ use: "rotate", degrees: 30, chance: 1 }),
    expected(rotated(30 * draw(1), [2, 2])),
  );
});

Deno.test("a view has the height and the width of its picture, of what is none one pixel", () => {
  const size = (input: readonly number[]) =>
    variation({ ...meta, input }, [], 1, 1).view(0, 0).size;
  assert.deepEqual([size([2, 5, 3]), size([7]), size([7, 2])], [[2, 5], [1, 1], [1, 1]]);
});

Deno.test("an augmentation of one's own is told of the sample, and draws from streams by seed, epoch and sample", () => {
  const seen: Varying[] = [];
  const drawn: Float32Array[][] = [];
  const change = (values: Float32Array, options: object, varying: Varying) => {
    seen.push(varying);
    drawn.push([varying.uniforms(3), varying.normals(2)]);
    values[0] = (options as { readonly to: number }).to;
  };
  const definition = { subject: "images", change };
  const own = { use: "own", to: 7, chance: 1, [DEFINITION]: definition } as never;
  const after: Augmentation = { use: "shift", pixels: 1, chance: 1 };
  const [view] = views([own, after], 1, 3, 2);
  assert.equal(view!.changes.length, 2, "moves after it are changes too");
  const values = new Float32Array(64);
  view!.changes[0]!(values);
  assert.equal(values[0], 7);
  assert.deepEqual([seen[0]!.shape, seen[0]!.normalize], [meta.input, meta.normalize]);
  const word = stream(3, "augment").bits(2, 1);
  assert.deepEqual(drawn[0], [
    stream(3, "augment:many").uniforms(word, 3),
    stream(3, "augment:own").normals(word, 2),
  ]);
  const never = views([{ ...own as object, chance: 0 } as never], 1);
  assert.equal(never[0]!.changes.length, 0);
});
