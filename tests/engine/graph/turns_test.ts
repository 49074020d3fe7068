import assert from "node:assert/strict";
import { turnsIn } from "../../../engine/graph/turns.ts";

/** Numbers below `most`, the same for the same seed. */
function numbers(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * most);
  };
}

type Needs = ReadonlyMap<string, readonly string[]>;

/** The same by definition: the whole list is looked through for each turn. */
function plainTurns(order: readonly string[], needs: Needs) {
  const left = [...order];
  return (running: ReadonlySet<string>): string | undefined => {
    const at = left.findIndex((name, index) =>
      needs.get(name)!.every((need) => !running.has(need) && !left.slice(0, index).includes(need))
    );
    return at < 0 ? undefined : left.splice(at, 1)[0];
  };
}

Deno.test("turns are those that looking through the whole list gives, whatever runs and ends", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const below = numbers(seed);
    const order = Array.from({ length: 2 + below(30) }, (_, at) => `s${at}`);
    const needs: Needs = new Map(
      order.map((name, at) => [
        name,
        Array.from({ length: at === 0 ? 0 : below(4) }, () => order[below(at)]!),
      ]),
    );
    const turns = turnsIn(order, (name) => needs.get(name)!);
    const plain = plainTurns(order, needs);
    const running = new Set<string>();
    const jobs = 1 + below(5);
    for (let given = 0; given < order.length;) {
      const name = turns.next(running);
      assert.equal(name, plain(running), `seed ${seed}`);
      if (name !== undefined) {
        given++;
        running.add(name);
      }
      const ends = name === undefined || running.size >= jobs || below(2) === 0;
      if (ends) running.delete([...running][below(running.size)]!);
    }
    assert.equal(turns.next(new Set()), undefined);
  }
});

Deno.test("what a step needs may become another step before its turn", () => {
  let needed = "a";
  const needs = (name: string) => name === "x" ? [needed] : [];
  const turns = turnsIn(["a", "b", "x"], needs);
  assert.equal(turns.next(new Set()), "a");
  assert.equal(turns.next(new Set(["a"])), "b");
  needed = "b";
  assert.equal(turns.next(new Set(["b"])), undefined, "a has ended, and now b is waited for");
  assert.equal(turns.next(new Set()), "x");
});

Deno.test("what is not in the order is not waited for", () => {
  const turns = turnsIn(["b"], () => ["a"]);
  assert.equal(turns.next(new Set(["a"])), "b");
});

/** How often needs are asked for, and running steps looked for, over chains side by side of so many steps together. */
function asked(count: number): number {
  let asked = 0;
  const order = Array.from({ length: count }, (_, at) => `s${at}`);
  const places = new Map(order.map((name, at) => [name, at]));
  const turns = turnsIn(order, (name) => {
    asked++;
    const at = places.get(name)!;
    return at < 16 ? [] : [order[at - 16]!];
  });
  const running = new Set<string>();
  const counted = { has: (name: string) => (asked++, running.has(name)) };
  for (;;) {
    const name = turns.next(counted);
    if (name !== undefined) running.add(name);
    else if (running.size === 0) return asked;
    if (name === undefined || running.size === 8) running.delete([...running][3 % running.size]!);
  }
}

Deno.test("the work of giving turns grows with the steps, also where many wait for what runs", () => {
  const [few, many] = [asked(500), asked(4000)];
  assert.ok(few > 500 && many < 8.5 * few, `${few} questions for 500 steps, ${many} for 4000`);
});
