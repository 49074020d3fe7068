import assert from "node:assert/strict";
import type { Digest, Key } from "../../../engine/digest.ts";
import { DecantError } from "../../../engine/error.ts";
import {
  assertLocked,
  assertLockedTrial,
  compareLocks,
  type Lock,
  type LockableStep,
  type LockedStep,
  lockOf,
  lockPath,
  lockText,
  parseLock,
  settingsIn,
} from "../../../engine/run/lock.ts";
import { NUMERICS } from "../../../engine/graph/key.ts";
import { outcome } from "../report/support/subject.ts";
import { fakeOps, graphOf } from "./support/fake.ts";

const ops = fakeOps();
const graph = graphOf([
  { name: "one", op: ops.constant },
  { name: "two", op: ops.constant },
  { name: "timed", op: ops.clock, inputs: { model: "two" } },
]);

/** A step that made something, and read these. */
const done = (digest: string, ...sources: [written: string, digest: string][]): LockableStep => ({
  key: `key of ${digest}` as Key,
  outcome: outcome({}, {
    artifact: { digest: digest as Digest, kind: "model", bytes: 7, parts: {} },
  }),
  sources: sources.map(([written, digest]) => ({ written, digest: digest as Digest })),
});

const made: Readonly<Record<string, LockableStep>> = {
  one: done("aa", ["./z", "11"], ["./a", "22"]),
  two: done("bb", ["./a", "22"]),
};
const lock = lockOf(graph, (name) => made[name]);
const locked = (name: string, digest: string): LockedStep => ({
  name,
  op: "constant",
  version: 1,
  key: `key of ${digest}`,
  artifact: { digest, kind: "model", bytes: 7 },
});

Deno.test("a lock has every step that can be repeated, and each source once, in order", () => {
  assert.deepEqual(lock, {
    format: 1,
    recipe: "numbers",
    numerics: NUMERICS,
    sources: [{ source: "./a", sha256: "22" }, { source: "./z", sha256: "11" }],
    steps: [locked("one", "aa"), locked("two", "bb")],
  });
});

Deno.test("what was set and what was searched is in a lock where there is any", () => {
  const search = { trials: [], winner: 0 };
  const full = lockOf(graph, (name) => made[name], { search, set: { "a.b": 1 } });
  assert.deepEqual([full.search, full.settings], [search, { "a.b": 1 }]);
  assert.deepEqual(settingsIn({}), {});
  assert.deepEqual(settingsIn(), {});
});

Deno.test("a step that is not done cannot be locked", () => {
  assert.throws(
    () => lockOf(graph, (name) => name === "one" ? made.one : undefined),
    new RangeError("Cannot lock: `two` is not recorded"),
  );
});

Deno.test("the text of a lock is read as it was written", () => {
  assert.deepEqual(parseLock(lockText(lock), "a.lock.json"), lock);
  const search = { trials: [{ values: { x: 1 }, result: "aa" }], winner: 0 };
  const full = { ...lock, settings: { a: 1 }, search };
  assert.deepEqual(parseLock(lockText(full), "a.lock.json"), full);
});

Deno.test("what is no lock says why, and which file it is", () => {
  const why = (value: unknown) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    try {
      parseLock(text, "a.json");
    } catch (error) {
      assert.ok(error instanceof DecantError && error.code === "locked");
      assert.equal(error.help, "decant lock RECIPE writes one");
      return /^`a\.json` is no lock: (.*)$/.exec(error.message)?.[1];
    }
    return undefined;
  };
  const steps = (step: object | null) => ({ ...lock, steps: [step] });
  const trial = { values: {}, result: "" };
  assert.equal(why("{"), "it is not JSON");
  for (const value of ["null", "1", { ...lock, format: 2 }]) {
    assert.equal(why(value), "another format");
  }
  for (
    const value of [
      { ...lock, steps: {} },
      { ...lock, sources: undefined },
      steps(null),
      steps({ ...locked("one", "aa"), name: 1 }),
      steps({ ...locked("one", "aa"), key: 1 }),
      steps({ ...locked("one", "aa"), artifact: {} }),
    ]
  ) assert.equal(why(value), "steps are missing");
  for (const settings of [[], null, "a", 1]) {
    assert.equal(why({ ...lock, settings }), "its settings are no map");
  }
  for (
    const search of [
      null,
      {},
      { trials: [trial], winner: 1 },
      { trials: [trial], winner: 0.5 },
      { trials: [{ ...trial, values: null }], winner: 0 },
      { trials: [{ ...trial, result: 1 }], winner: 0 },
      { trials: [trial, null], winner: 0 },
      { trials: [{ ...trial, values: "x" }], winner: 0 },
      { trials: { 0: trial }, winner: 0 },
      { trials: [], winner: 0 },
    ]
  ) assert.equal(why({ ...lock, search }), "trials are missing", JSON.stringify(search));
  assert.equal(why(lock), undefined);
});

Deno.test("the lock of a recipe stands beside it", () => {
  assert.equal(lockPath("recipes/digits.yaml"), "recipes/digits.lock.json");
  assert.equal(lockPath("a.b/digits"), "a.b/digits.lock.json");
  assert.equal(lockPath("file:///home/a%20b/digits.ts"), "/home/a b/digits.lock.json");
});

const refusal = (work: () => void): string => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof DecantError && error.code === "locked", String(error));
    return `${error.message} (${error.help})`;
  }
  return "";
};
const help = "decant lock RECIPE writes the lock anew; decant explain says what changed";

Deno.test("a step must be what the lock says, and make what it says", () => {
  const check = (name: string, key: string, digest?: string, from: Lock = lock) =>
    refusal(() =>
      assertLocked(
        from,
        graph.node(name)!,
        { key: `key of ${key}` as Key },
        digest === undefined ? undefined : done(digest).outcome,
      )
    );
  assert.equal(check("one", "aa"), "");
  assert.equal(check("one", "aa", "aa"), "");
  assert.equal(check("timed", "anything", "anything"), "", "what reads a clock is in no lock");
  assert.equal(
    check("one", "zz"),
    `\`one\` is another step than the lock says: its op, a parameter, an input or a source has changed (${help})`,
  );
  assert.equal(
    check("one", "zz", undefined, { ...lock, numerics: 0 }),
    `\`one\` is another step than the lock says: the lock is of numerics 0, these are ${NUMERICS} (${help})`,
  );
  assert.equal(
    check("one", "aa", "0123456789abcdef"),
    `\`one\` made 0123456789ab, the lock says aa (${help})`,
  );
  const long = {
    ...locked("one", "aa"),
    artifact: { ...locked("one", "aa").artifact, digest: "fedcba9876543210" },
  };
  assert.equal(
    check("one", "aa", "0123456789abcdef", { ...lock, steps: [long] }),
    `\`one\` made 0123456789ab, the lock says fedcba987654 (${help})`,
  );
  assert.equal(
    check("one", "aa", undefined, { ...lock, steps: [] }),
    `\`one\` is not in the lock (${help})`,
  );
  assert.equal(
    check("one", "zz", undefined, { ...lock, steps: [], settings: { a: 1 } }),
    `\`one\` is not in the lock (it was made with a=1; ${help})`,
  );
});

Deno.test("a trial must be at the point that the lock says, and come to the same", () => {
  const search = { trials: [{ values: { x: 1, y: 2 }, result: "aa" }], winner: 0 };
  const check = (number: number, values: Record<string, number>, result: string) =>
    refusal(() => assertLockedTrial(search, number, { values, result }));
  assert.equal(check(1, { y: 2, x: 1 }, "aa"), "");
  assert.equal(check(2, { x: 1 }, "aa"), `trial 2 is not in the lock (${help})`);
  assert.equal(
    check(1, { x: 1, y: 3 }, "aa"),
    `trial 1 is at another point than the lock says: the search or its seed has changed (${help})`,
  );
  assert.equal(check(1, { x: 1, y: 2 }, "bb"), `trial 1 made bb, the lock says aa (${help})`);
  const long = { trials: [{ values: {}, result: "fedcba9876543210" }], winner: 0 };
  assert.equal(
    refusal(() => assertLockedTrial(long, 1, { values: {}, result: "0123456789abcdef" })),
    `trial 1 made 0123456789ab, the lock says fedcba987654 (${help})`,
  );
  assert.match(
    refusal(() => assertLockedTrial(undefined, 1, { values: {}, result: "" })),
    /not in the lock/,
  );
});

Deno.test("two locks differ in steps that one lacks, in what was made, or in how", () => {
  const other = {
    ...lock,
    steps: [{ ...locked("one", "aa"), key: "other" }, locked("two", "zz"), locked("three", "cc")],
  };
  assert.deepEqual(compareLocks(lock, lock), []);
  assert.deepEqual(compareLocks(lock, other), [
    { step: "one", what: "key", locked: "key of aa", made: "other" },
    { step: "two", what: "artifact", locked: "bb", made: "zz" },
    { step: "three", what: "added" },
  ]);
  assert.deepEqual(compareLocks(other, { ...lock, steps: other.steps.slice(0, 2) }), [
    { step: "three", what: "missing" },
  ]);
});

Deno.test("two searches differ trial by trial", () => {
  const trials = (...results: [x: number, result: string][]) => ({
    ...lock,
    search: { trials: results.map(([x, result]) => ({ values: { x }, result })), winner: 0 },
  });
  const before = trials([1, "aa"], [2, "bb"], [3, "cc"]);
  assert.deepEqual(compareLocks(before, trials([1, "aa"], [2, "zz"], [4, "cc"], [5, "dd"])), [
    { step: "trial 2", what: "artifact", locked: "bb", made: "zz" },
    { step: "trial 3", what: "key", locked: '{"x":3}', made: '{"x":4}' },
    { step: "trial 4", what: "added" },
  ]);
  assert.deepEqual(compareLocks(before, trials([1, "aa"], [2, "bb"])), [
    { step: "trial 3", what: "missing" },
  ]);
});

Deno.test("a lock is written to be read: indented by two, with a line end behind it", () => {
  const { steps: _, ...rest } = lock;
  assert.equal(
    lockText({ ...rest, numerics: 1, sources: [], steps: [] } as never),
    '{\n  "format": 1,\n  "recipe": "numbers",\n  "numerics": 1,\n  "sources": [],\n  "steps": []\n}\n',
  );
});

Deno.test("what sources say of themselves is locked, and read again as it was written", () => {
  const beside = [{ in: "package.json", says: { license: "MIT" } }];
  const one = done("aa");
  const read: LockableStep = {
    ...one,
    sources: [{ written: "./z", digest: "11" as Digest, stated: beside }],
    outcome: { ...one.outcome, notes: { provenance: { "producer_name": "p" } } },
  };
  const full = lockOf(graph, (name) => name === "one" ? read : made[name]);
  const stated = [...beside, { in: "its files", says: { "producer_name": "p" } }];
  assert.deepEqual(full.sources, [
    { source: "./a", sha256: "22" },
    { source: "./z", sha256: "11", stated },
  ]);
  assert.deepEqual(parseLock(lockText(full), "a.lock.json"), full);
  assert.deepEqual(compareLocks(lock, full), [], "and is no difference between locks");
});

Deno.test("a lock from elsewhere says nothing at length, and nothing that is no text", () => {
  const read = (stated: unknown) =>
    parseLock(
      JSON.stringify({ ...lock, sources: [{ source: "./a", sha256: "22", stated }] }),
      "a.lock.json",
    ).sources;
  const plain = { source: "./a", sha256: "22" };
  for (const nothing of [null, 3, {}, [3], [{ in: "a", says: 1 }]]) {
    assert.deepEqual(read(nothing), [plain], JSON.stringify(nothing));
  }
  assert.deepEqual(read([{ in: "a", says: { license: "M\u001b" + "I".repeat(1000) } }]), [
    { ...plain, stated: [{ in: "a", says: { license: `M\\u001b${"I".repeat(293)}…` } }] },
  ]);
});
