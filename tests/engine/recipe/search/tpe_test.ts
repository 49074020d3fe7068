/** Parzen estimators let loose on functions whose best point is known, against chance as what they must beat. */
import assert from "node:assert/strict";
import { fc } from "../../../deps.ts";
import type { TrialScore } from "../../../../engine/recipe/search/trial_score.ts";
import {
  rankOfPoint,
  type Space,
  type SpacePoint,
} from "../../../../engine/recipe/search/space.ts";
import type { StrategyName } from "../../../../engine/recipe/search/strategy.ts";
import {
  exponential,
  nextByParzen,
  parzen,
  pick,
  STARTUP,
} from "../../../../engine/recipe/search/tpe.ts";
import { best, free, searched } from "./searched.ts";
import { assertClose } from "../../../close.ts";

const range = (count: number) => ({ count, even: true });
const list = (count: number) => ({ count, even: false });
const seeds = Array.from({ length: 20 }, (_, seed) => seed);

interface Problem {
  readonly space: Space;
  readonly objective: (point: SpacePoint) => TrialScore;
}

/** Each with its least value, 0. */
const problems: Readonly<Record<string, Problem>> = {
  "a bowl in two numbers": {
    space: [range(50), range(50)],
    objective: free(([a = 0, b = 0]) => (a - 37) * (a - 37) + (b - 12) * (b - 12)),
  },
  "a bowl in a number and two choices": {
    space: [range(100), list(8), list(6)],
    objective: free(([a = 0, b, c]) => Math.abs(a - 71) + (b === 5 ? 0 : 20) + (c === 2 ? 0 : 20)),
  },
  "a narrow valley that runs up to a claim": {
    space: [range(60), range(60)],
    // Small where both are small, but a claim wants their sum at 50 and more: the best are on the border.
    objective: ([a = 0, b = 0]) => ({
      score: a + 2 * b - 50,
      violation: a + b >= 50 ? 0 : (50 - a - b) / 50,
    }),
  },
};

function meanScore(
  { space, objective }: Problem,
  strategy: StrategyName,
  { trials, batch = 1 }: { readonly trials: number; readonly batch?: number },
): number {
  const scores = seeds.map((seed) =>
    best(searched(strategy, space, objective, { trials, seed, batch }))
  );
  assert.ok(scores.every(({ violation }) => violation === 0), "every search found what holds");
  return scores.reduce((sum, { score }) => sum + score, 0) / seeds.length;
}

for (const [name, problem] of Object.entries(problems)) {
  Deno.test(`on ${name}, sixty trials come at least twice as near as by chance, over twenty seeds`, () => {
    const [chance, estimated] = [
      meanScore(problem, "random", { trials: 60 }),
      meanScore(problem, "tpe", { trials: 60 }),
    ];
    assert.ok(estimated <= chance / 2, `${estimated} against ${chance} by chance`);
    const inBatches = meanScore(problem, "tpe", { trials: 60, batch: 5 });
    assert.ok(inBatches <= 0.7 * chance, `${inBatches} in batches against ${chance} by chance`);
  });
}

Deno.test("only the order of scores counts: any rising function of them leads the same way", () => {
  const { space, objective } = problems["a bowl in a number and two choices"]!;
  const raised = (point: SpacePoint) => {
    const { score, violation } = objective(point);
    return { score: score * score * score + 7, violation };
  };
  const points = (objective: Problem["objective"]) =>
    searched("tpe", space, objective, { trials: 40, seed: 3 }).map(({ point }) => point);
  assert.deepEqual(points(raised), points(objective));
});

Deno.test("of what was not tried the point is taken at which good trials are likeliest against the rest", () => {
  // Two choices of four. By hand: good are the best ⌈0.15 · 10⌉ = 2 of ten; l and g are counts and one more.
  const space = [list(4), list(4)];
  const scores = [3, 9, 8, 7, 1, 6, 5, 4, 2, 10];
  const points = [[0, 0], [1, 1], [2, 2], [3, 3], [0, 1], [1, 0], [2, 0], [3, 1], [0, 3], [3, 0]];
  const tried = points.map((point, at) => ({ point, score: scores[at]!, violation: 0 }));
  assert.equal(tried.length, STARTUP);
  const good = [points[4]!, points[8]!];
  const rest = points.filter((point) => !good.includes(point));
  const share = (list: number[][], axis: number, value: number) =>
    (1 + list.filter((point) => point[axis] === value).length) / (4 + list.length);
  const ratio = (point: SpacePoint) =>
    point.reduce(
      (product, value, axis) => product * share(good, axis, value) / share(rest, axis, value),
      1,
    );
  const known = new Set(points.map((point) => rankOfPoint(space, point)));
  const untried = Array.from({ length: 16 }, (_, rank) => [Math.floor(rank / 4), rank % 4])
    .filter((point) => !known.has(rankOfPoint(space, point)));
  const greatest = Math.max(...untried.map(ratio));
  let state = 1;
  const draw = () => (state = (state * 48271) % 2147483647) / 2147483647;
  for (let time = 0; time < 20; time++) {
    const point = nextByParzen(space, tried, draw)!;
    assert.ok(Math.abs(ratio(point) - greatest) < 1e-12, `${point}: ${ratio(point)}, ${greatest}`);
  }
});

Deno.test("the points of a batch count among the rest, so that the next keeps away from them", () => {
  // By hand, of four values: good are the best ⌈0.15 · 10⌉ = 2 of ten, at 0 and 3; at 1 and 2 stand the rest.
  const space = [list(4), list(30)];
  const at = (first: number, second: number, score: number) => ({
    point: [first, second],
    score,
    violation: 0,
  });
  const known = [at(0, 0, 0), at(3, 1, 1)].concat(
    Array.from({ length: 8 }, (_, index) => at(1 + index % 2, 2 + index, 2 + index)),
  );
  let state = 1;
  const draw = () => (state = (state * 48271) % 2147483647) / 2147483647;
  // Three of the batch are at 0: l is as it was, g(0) = (1 + 3) / (4 + 11) against g(3) = 1 / (4 + 11).
  const batch = [20, 21, 22].map((second) => at(0, second, -100));
  for (let time = 0; time < 20; time++) {
    const point = nextByParzen(space, [...known, ...batch], draw, known.length)!;
    assert.equal(point[0], 3);
  }
  // With their results, which are the best there are, they would lead there.
  const led = Array.from(
    { length: 20 },
    () => nextByParzen(space, [...known, ...batch], draw)![0],
  );
  assert.ok(led.includes(0), `${led}`);
});

Deno.test("trials that failed lead nowhere and stop nothing", () => {
  const { space, objective } = problems["a bowl in two numbers"]!;
  const failing = (point: SpacePoint) =>
    point[0]! < 25 ? { score: Infinity, violation: Infinity } : objective(point);
  const tried = searched("tpe", space, failing, { trials: 60, seed: 1 });
  const late = tried.slice(20).filter(({ violation }) => violation === Infinity).length;
  assert.ok(best(tried).score < 30 && late < 12, `${best(tried).score}, ${late} of 40 failed`);
});

Deno.test("the exponential is right to a few units in the last place, and 0 where nothing is left", () => {
  fc.assert(fc.property(fc.double({ min: -699, max: 0, noNaN: true }), (x) => {
    const expected = Math.exp(x);
    assert.ok(Math.abs(exponential(x) - expected) <= 1e-15 * expected, `${x}`);
  }));
  assert.equal(exponential(0), 1);
  assert.equal(exponential(-1000), 0);
  assert.equal(exponential(-Infinity), 0);
});

Deno.test("a category is as likely as it was seen, and once more", () => {
  // N p + C with an even prior of weight 1, by hand: (1 + 2, 1 + 0, 1 + 1) / 6.
  assertClose(parzen({ count: 3, even: false }, [0, 2, 0]), [3 / 6, 1 / 6, 2 / 6], 1e-14);
  assertClose(parzen({ count: 4, even: false }, []), [0.25, 0.25, 0.25, 0.25], 1e-14);
});

Deno.test("a number that was seen makes its neighbours likely: prior and Gaussian in equal parts", () => {
  assertClose(parzen({ count: 5, even: true }, []), [0.2, 0.2, 0.2, 0.2, 0.2], 1e-14);
  // One seen, 2 of 0…4: both neighbours are ends, 2 away; at least 5 / min(100, 2) = 2.5.
  const heights = [-2, -1, 0, 1, 2].map((away) => Math.exp(-away * away / (2 * 2.5 * 2.5)));
  const total = heights.reduce((a, b) => a + b);
  assertClose(
    parzen({ count: 5, even: true }, [2]),
    heights.map((height) => (0.2 + height / total) / 2),
    1e-14,
  );
  // Two seen, 10 and 40 of 0…99: deviations max(10, 30) and max(30, 59), at least 100 / 3.
  const kernel = (mean: number, deviation: number) => {
    const all = Array.from({ length: 100 }, (_, at) => {
      const away = (at - mean) / deviation;
      return Math.exp(-away * away / 2);
    });
    const sum = all.reduce((a, b) => a + b);
    return all.map((height) => height / sum);
  };
  const [first, second] = [kernel(10, 100 / 3), kernel(40, 59)];
  assertClose(
    parzen({ count: 100, even: true }, [40, 10]),
    first.map((height, at) => (0.01 + height + second[at]!) / 3),
    1e-14,
  );
});

Deno.test("probabilities add up to 1, none is 0, and mirrored values are as likely", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 60 }).chain((count) =>
      fc.tuple(fc.constant(count), fc.array(fc.nat(count - 1), { maxLength: 30 }))
    ),
    ([count, seen]) => {
      const own = parzen({ count, even: true }, seen);
      assert.ok(Math.abs(own.reduce((a, b) => a + b) - 1) < 1e-12);
      assert.ok(own.every((each) => each > 0));
      assertClose(
        parzen({ count, even: true }, seen.map((at) => count - 1 - at)).toReversed(),
        own,
        1e-14,
      );
    },
  ));
});

Deno.test("a number picks the value in whose share it falls", () => {
  const shares = [0.5, 0.25, 0.25];
  assert.deepEqual([0, 0.49, 0.5, 0.74, 0.75, 0.999].map((x) => pick(shares, x)), [
    0,
    0,
    1,
    1,
    2,
    2,
  ]);
  assert.equal(pick([0.3, 0.3, 0.3999], 0.99995), 2, "what rounding lost goes to the last");
});
