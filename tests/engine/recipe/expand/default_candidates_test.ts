/** The candidates of an `assistant: auto` that names none, against networks counted by hand. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../../engine/error.ts";
import type { ModelFacts } from "../../../../engine/facts.ts";
import type { AnyOp, OpSet } from "../../../../engine/op.ts";
import { defaultCandidates } from "../../../../engine/recipe/expand/default_candidates.ts";
import { fc } from "../../../deps.ts";
import { fakeOps } from "../fake_ops.ts";

type Model = { readonly use: string; readonly depth: number; readonly width: number };

/** The fake ops, a network of theirs counted by a rule. */
function counted(count: (model: Model) => number | undefined): OpSet {
  const zoo: AnyOp = {
    ...fakeOps.get("model")!,
    facts: (_inputs, params): ModelFacts => {
      const parameters = count(params);
      return {
        kind: "model",
        learned: false,
        established: [],
        ...(parameters !== undefined && { parameters }),
      } as unknown as ModelFacts;
    },
  };
  return new Map(fakeOps).set("model", zoo);
}

const net = (depth: number, width = 1, use = "mobilenet-v1"): Model => ({ use, depth, width });
const between = (ops: OpSet, student: Model, teacher: Model, count = 1) =>
  defaultCandidates(student, teacher, { ops, data: undefined, count });
const product = counted(({ depth, width }) => depth * width);

Deno.test("three depths at equal ratios of parameters between student and teacher", () => {
  // 1 to 16 in four equal ratios: 2, 4, 8.
  assert.deepEqual(between(product, net(1), net(16)), [net(2), net(4), net(8)]);
});

Deno.test("more assistants are chosen from at least as many candidates", () => {
  // 1 to 256 in eight equal ratios.
  const found = between(product, net(1), net(128, 2), 7);
  assert.deepEqual(found, [2, 4, 8, 16, 32, 64, 128].map((depth) => net(depth)));
});

Deno.test("where no depth lies between, the student is made wider", () => {
  // 100, then 200 by depth is above 190; widths give 125, 150, 175. Of the wanted 117.4, 137.8 and 161.8 the last two are nearest 150.
  const ops = counted(({ depth, width }) => 100 * depth * width);
  assert.deepEqual(between(ops, net(1), net(1, 1.9)), [net(1, 1.25), net(1, 1.5)]);
});

Deno.test("a depth that the family does not have is passed over", () => {
  const even = counted(({ depth }) => {
    if (depth % 2 === 1 && depth > 1) throw new ParameterError("out-of-range", "depth", "even");
    return depth;
  });
  assert.deepEqual(between(even, net(1), net(16)), [net(2), net(4), net(8)]);
  const failing = counted(({ depth }) => {
    if (depth === 2) throw new RangeError("a mistake of the program");
    return depth;
  });
  assert.throws(() => between(failing, net(1), net(16)), RangeError);
});

Deno.test("where nothing can be counted, or nothing lies between, a sentence says so", () => {
  const unknown = counted(() => undefined);
  assert.match(String(between(unknown, net(1), net(16))), /^`auto` cannot count/);
  assert.equal(
    between(product, net(1), net(1)),
    "`auto` finds no mobilenet-v1 between student (1 parameters) and teacher (1)",
  );
  const same = counted(({ use }) => use === "resnet" ? 9 : 1);
  assert.match(String(between(same, net(1), net(1, 1, "resnet"))), /^`auto` finds no mobilenet-v1/);
});

Deno.test("every candidate lies strictly between, none twice, smallest first", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 2, max: 150 }),
    fc.integer({ min: 1, max: 9 }),
    (least, more, count) => {
      const found = between(product, net(least), net(least + more), count);
      if (typeof found === "string") return assert.fail(found);
      const sizes = found.map((model) => Number(model.depth) * Number(model.width));
      assert.deepEqual(sizes, [...new Set(sizes)].sort((a, b) => a - b));
      assert.ok(sizes.every((size) => least < size && size < least + more));
    },
  ));
});

Deno.test("where there are none, a sentence says why", () => {
  assert.equal(
    between(counted(() => undefined), net(1), net(16)),
    "`auto` cannot count what lies between student and teacher: " +
      "the shape of the data, or of a model, is not known before a run",
  );
  assert.equal(
    between(product, net(1), net(1)),
    "`auto` finds no mobilenet-v1 between student (1 parameters) and teacher (1)",
  );
});

Deno.test("a student that says no depth, or no width, is made neither deeper nor wider", () => {
  const nothing = "`auto` finds no mobilenet-v1 between student (1 parameters) and teacher (9)";
  const use = "mobilenet-v1";
  const deeper = counted((model) => model.depth === 9 ? 9 : "width" in model ? 5 : 1);
  const wider = counted((model) => model.width === 9 ? 9 : "depth" in model ? 5 : 1);
  const found = (ops: OpSet, student: object, teacher: object) =>
    between(ops, { use, ...student } as Model, { use, ...teacher } as Model);
  assert.equal(found(deeper, { depth: 1 }, { depth: 9 }), nothing);
  assert.equal(found(wider, { width: 1 }, { width: 9 }), nothing);
  // A network of `mlp` has no depth, whatever is written.
  const flat = counted(({ depth }) => depth);
  assert.match(String(between(flat, net(1, 1, "mlp"), net(9, 1, "mlp"))), /^`auto` finds no mlp/);
});

Deno.test("depths up to 200 are looked at, beginning behind the student's, and widths up to 16 times its own", () => {
  const only = (hit: (model: Model) => boolean) =>
    counted((model) => model.use === "resnet" ? 9 : hit(model) ? 5 : 1);
  const found = (hit: (model: Model) => boolean) =>
    between(only(hit), net(3, 2), net(1, 1, "resnet"));
  const none = "`auto` finds no mobilenet-v1 between student (1 parameters) and teacher (9)";
  assert.deepEqual(found(({ depth }) => depth === 200), [net(200, 2)]);
  assert.deepEqual(found(({ depth }) => depth === 4), [net(4, 2)]);
  for (const depth of [1, 2, 201]) assert.equal(found((model) => model.depth === depth), none);
  assert.deepEqual(found(({ width }) => width === 32), [net(3, 32)]);
  assert.deepEqual(found(({ width }) => width === 2.5), [net(3, 2.5)]);
  for (const width of [1, 1.5, 32.5]) assert.equal(found((model) => model.width === width), none);
});
