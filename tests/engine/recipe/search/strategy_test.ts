/** What every strategy promises, on pure functions with a known best point. */
import assert from "node:assert/strict";
import { rankOfPoint, sizeOfSpace, type Space } from "../../../../engine/recipe/search/space.ts";
import { nextPoint, pointsAhead } from "../../../../engine/recipe/search/strategy.ts";
import { best, free, searched } from "./searched.ts";
import { strategyNames } from "../../../../engine/recipe/words/points_schema.ts";

const space: Space = [{ count: 4, even: true }, { count: 3, even: false }];
const ranks = (tried: ReturnType<typeof searched>) =>
  tried.map(({ point }) => rankOfPoint(space, point));
const all = Array.from({ length: 12 }, (_, rank) => rank);

for (const strategy of ["grid", "random", "tpe"] as const) {
  Deno.test(`${strategy} tries no point twice and leaves none out`, () => {
    const tried = searched(strategy, space, free(([a = 0, b = 0]) => a * b));
    assert.deepEqual(ranks(tried).toSorted((a, b) => a - b), all);
    assert.deepEqual(best(tried).score, 0);
  });
}

Deno.test("chance is even: each point is first about as often, each order of three points too", () => {
  const firsts = new Map<number, number>();
  for (let seed = 0; seed < 1200; seed++) {
    const rank = rankOfPoint(space, nextPoint({ strategy: "random", space, seed }, [])!);
    firsts.set(rank, (firsts.get(rank) ?? 0) + 1);
  }
  // χ² of 11 degrees of freedom is above 31.3 once in a thousand.
  const squares = all.map((rank) => ((firsts.get(rank) ?? 0) - 100) ** 2 / 100);
  assert.ok(squares.reduce((a, b) => a + b) < 31.3, `${squares}`);
  const orders = new Map<string, number>();
  for (let seed = 0; seed < 600; seed++) {
    const tried = searched("random", [{ count: 3, even: false }], free(() => 0), { seed });
    const order = tried.map(({ point }) => point[0]).join("");
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  // Of 5 degrees: above 20.5 once in a thousand.
  assert.equal(orders.size, 6);
  assert.ok([...orders.values()].reduce((sum, n) => sum + (n - 100) ** 2 / 100, 0) < 20.5);
});

Deno.test("the next point is a function of what was tried, so a search that was cut off goes on alike", () => {
  for (const strategy of strategyNames) {
    const axes = strategy === "bisect" ? [{ count: 40, even: true }] : space;
    const objective = ([a = 0, b = 1]: readonly number[]) => ({
      score: (a - 3) * b,
      violation: a > 20 ? a - 20 : 0,
    });
    const whole = searched(strategy, axes, objective, { seed: 4 });
    const half = searched(strategy, axes, objective, { seed: 4, trials: 4 });
    assert.deepEqual(whole.slice(0, 4), half);
    assert.deepEqual(nextPoint({ strategy, space: axes, seed: 4 }, half), whole[4]?.point);
  }
});

Deno.test("ahead are the points that no result can change", () => {
  const large: Space = [{ count: 40, even: true }, { count: 3, even: false }];
  for (const [strategy, known] of [["random", 15], ["grid", 15], ["tpe", 10]] as const) {
    const ahead = pointsAhead({ strategy, space: large, seed: 1 }, [], 15);
    assert.equal(ahead.length, known, strategy);
    for (const sign of [1, -1]) {
      const tried = searched(strategy, large, free(([a = 0]) => sign * a), { seed: 1, trials: 15 });
      assert.deepEqual(tried.slice(0, known).map(({ point }) => point), ahead);
    }
  }
  const bisecting = { strategy: "bisect", space: [{ count: 9, even: true }], seed: 0 } as const;
  assert.deepEqual(pointsAhead(bisecting, [], 5), [[8], [0]]);
  assert.equal(sizeOfSpace(large), 120);
});

Deno.test("a batch of tpe is known as soon as all results before it are, and not sooner", () => {
  const large: Space = [{ count: 40, even: true }, { count: 3, even: false }];
  const order = { strategy: "tpe", space: large, seed: 1, batch: 4 } as const;
  const objective = free(([a = 0, b = 0]) => (a - 11) * (a - 11) + b);
  const tried = searched("tpe", large, objective, { seed: 1, trials: 20, batch: 4 });
  const points = tried.map(({ point }) => point);
  // Ten are blind; then come 10…13, 14…17, 18…21. [results, begun besides, ahead of those]
  for (
    const [results, begun, ahead] of [
      [0, 0, 10],
      [9, 1, 0],
      [10, 0, 4],
      [10, 3, 1],
      [10, 4, 0],
      [11, 0, 3],
      [13, 1, 0],
      [14, 0, 4],
    ] as const
  ) {
    const found = pointsAhead(
      order,
      tried.slice(0, results),
      100,
      points.slice(results, results + begun),
    );
    const from = results + begun;
    assert.deepEqual(found, points.slice(from, from + ahead), `${results} and ${begun}`);
  }
  assert.equal(pointsAhead(order, tried.slice(0, 10), 2).length, 2);
});

Deno.test("what a trial of the same batch came to decides nothing, whenever it is known", () => {
  const large: Space = [{ count: 40, even: true }, { count: 3, even: false }];
  const order = { strategy: "tpe", space: large, seed: 2, batch: 5 } as const;
  const objective = free(([a = 0, b = 0]) => a + b);
  const tried = searched("tpe", large, objective, { seed: 2, trials: 13, batch: 5 });
  const other = tried.map((each, at) => at < 10 ? each : { ...each, score: -1000 });
  assert.deepEqual(nextPoint(order, other), nextPoint(order, tried));
  const before = tried.map((each, at) => at === 9 ? { ...each, score: -1000 } : each);
  assert.notDeepEqual(nextPoint(order, before), nextPoint(order, tried));
});

Deno.test("a batch of one is none, and the blind strategies ask for no batches", () => {
  for (const strategy of ["tpe", "random", "grid"] as const) {
    const options = { seed: 5, trials: 12 };
    const objective = free(([a = 0, b = 0]) => a * b);
    const plain = searched(strategy, space, objective, options);
    assert.deepEqual(searched(strategy, space, objective, { ...options, batch: 1 }), plain);
    if (strategy === "tpe") continue;
    assert.deepEqual(searched(strategy, space, objective, { ...options, batch: 3 }), plain);
  }
});
