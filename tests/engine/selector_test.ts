/** Selectors: what a glob matches, against the same said as a regular expression. */
import assert from "node:assert/strict";
import { matchSelector, selectLayers } from "../../engine/selector.ts";
import { fc } from "../deps.ts";

const layers = (...names: string[]) => names.map((name) => ({ name, type: "conv" }));
const net = [
  { name: "stem", type: "conv" },
  { name: "stage1.block1.conv1", type: "conv" },
  { name: "stage1.block1.norm", type: "batchnorm" },
  { name: "stage10.conv", type: "conv" },
  { name: "head.dense", type: "dense" },
];

Deno.test("a name is a layer or a group, a type and a place are words of their own", () => {
  assert.deepEqual(matchSelector("stage1", net), ["stage1.block1.conv1", "stage1.block1.norm"]);
  assert.deepEqual(matchSelector("stem", net), ["stem"]);
  assert.deepEqual(matchSelector("type:batchnorm", net), ["stage1.block1.norm"]);
  assert.deepEqual(matchSelector("at:first", net), ["stem"]);
  assert.deepEqual(matchSelector("at:last", net), ["head.dense"]);
  assert.deepEqual(matchSelector("stage1*", net), [
    "stage1.block1.conv1",
    "stage1.block1.norm",
    "stage10.conv",
  ]);
  assert.deepEqual(matchSelector("*.conv*", net), ["stage1.block1.conv1", "stage10.conv"]);
  assert.deepEqual(selectLayers(net, ["stage1", "stem"], ["type:batchnorm"]), [
    "stem",
    "stage1.block1.conv1",
  ]);
});

Deno.test("`before:` means the layers above the first that another selector matches", () => {
  const before = (selector: string) => matchSelector(`before:${selector}`, net);
  const names = net.map(({ name }) => name);
  assert.deepEqual(before("head"), names.slice(0, 4));
  assert.deepEqual(before("at:last"), names.slice(0, 4));
  assert.deepEqual(before("stage1"), ["stem"]);
  assert.deepEqual(before("stage*"), ["stem"]);
  assert.deepEqual(before("type:batchnorm"), names.slice(0, 2));
  assert.deepEqual(before("before:head"), [], "the first of those is the first of all");
  for (const nothing of ["stem", "stag", "", "at:first"]) assert.deepEqual(before(nothing), []);
  assert.deepEqual(selectLayers(net, ["before:stage10"], ["type:batchnorm"]), [
    "stem",
    "stage1.block1.conv1",
  ]);
});

Deno.test("a glob is a regular expression whose stars are anything, before the end or a dot", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 9 });
  const glob = fc.string({ unit: fc.constantFrom("a", "b", ".", "*"), minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(glob.filter((glob) => glob.includes("*")), text, (glob, name) => {
      const pattern = glob.replaceAll(".", "\\.").replaceAll("*", ".*");
      const expected = new RegExp(`^${pattern}(\\..*)?$`).test(name);
      assert.equal(matchSelector(glob, layers(name)).length > 0, expected, `${glob} ${name}`);
    }),
    { numRuns: 3000, seed: 1 },
  );
});

Deno.test("a glob of a hundred stars on a long name is no work", () => {
  // Tried one way after another, the stars would divide the name in more than 2^90 ways.
  assert.deepEqual(matchSelector("*a".repeat(99), layers(`${"a".repeat(190)}b`)), []);
});

Deno.test("chosen are the included without the excluded, in the model's order, each once", () => {
  const name = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join("."));
  const model = fc.uniqueArray(name, { maxLength: 8 }).map((names) => layers(...names));
  const selectors = fc.array(
    fc.oneof(name, fc.constantFrom("*", "a*", "type:conv", "type:dense", "at:first", "at:last")),
    { maxLength: 3 },
  );
  const matched = (selectors: readonly string[], given: ReturnType<typeof layers>) =>
    selectors.flatMap((selector) => matchSelector(selector, given));
  fc.assert(fc.property(model, selectors, selectors, (given, include, exclude) => {
    const expected = given.map(({ name }) => name).filter((name) =>
      matched(include, given).includes(name) && !matched(exclude, given).includes(name)
    );
    assert.deepEqual(selectLayers(given, include, exclude), expected);
    const all = given.map(({ name }) => name).filter((name) =>
      !matched(exclude, given).includes(name)
    );
    assert.deepEqual(selectLayers(given, undefined, exclude), all);
  }));
});

Deno.test("a name that only begins like a group is not in it", () => {
  assert.deepEqual(matchSelector("stage", net), []);
  assert.deepEqual(matchSelector("stage1.block", net), []);
  assert.deepEqual(matchSelector("head.dense.kernel", net), []);
  for (const place of ["at:first", "at:last"]) assert.deepEqual(matchSelector(place, []), []);
});

Deno.test("a group ends at any dot of a name, at one that it begins with too", () => {
  const found = (glob: string, name: string) => matchSelector(glob, layers(name));
  for (const glob of ["*a", "*b", "*c"]) assert.deepEqual(found(glob, "a.b.c"), ["a.b.c"]);
  assert.deepEqual(found("*a", ".a.b"), [".a.b"]);
  assert.deepEqual(found("*c", ".a.b"), []);
});
