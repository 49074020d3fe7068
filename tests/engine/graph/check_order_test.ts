import assert from "node:assert/strict";
import { changedBy, checkOrder, type Lineages } from "../../../engine/graph/check_order.ts";
import { opSet } from "../../../engine/op.ts";
import { ops as shipped } from "../../../ops/mod.ts";
import { type CompiledStep, inWords, ops, reported } from "./compiled.ts";

const rules = opSet(shipped);

/** An op of a name, with the rules of order that the shipped one of that name states. */
const named = (name: string): CompiledStep["op"] => {
  const { refusedAfter = [], unwiseAfter = [] } = rules.get(name) ?? {};
  return { ...ops.add, name, refusedAfter, unwiseAfter } as never as CompiledStep["op"];
};

/** A chain of steps, each an op of that name that changes the model of the one before. */
const chain = (...names: readonly string[]): CompiledStep[] =>
  names.map((name, at) => ({
    name: `${name}-${at}`,
    op: named(name),
    inputs: at === 0 ? {} : { number: `${names[at - 1]}-${at - 1}` },
  }));

/** What is said of a chain: severity, and the sentence up to its reason. */
const said = (...names: readonly string[]) =>
  reported(chain(...names), (recipe, compiled, problems) => {
    const lineages: Lineages = new Map();
    for (const entry of compiled.values()) checkOrder(recipe, entry, lineages, problems);
  }).map(({ code, severity, message }) => `${code} ${severity} ${message.split(":")[0]}`);

Deno.test("training after quantization is an error, however many steps lie between", () => {
  assert.deepEqual(said("quantize", "train"), [
    "order error `train-1` stands after `quantize-0`",
  ]);
  assert.deepEqual(said("quantize", "add", "distill"), [
    "order error `distill-2` stands after `quantize-0`",
  ]);
});

Deno.test("what forgets an earlier step is warned of", () => {
  assert.deepEqual(said("quantize", "prune"), [
    "order warning `prune-1` stands after `quantize-0`",
  ]);
  assert.deepEqual(said("cluster", "prune"), ["order warning `prune-1` stands after `cluster-0`"]);
  assert.deepEqual(said("prune", "replace"), ["order warning `replace-1` stands after `prune-0`"]);
  assert.equal(said("cluster", "quantize", "prune").length, 2, "of both");
});

Deno.test("the usual order is sound, and a branch knows only what it was made from", () => {
  assert.deepEqual(said("train", "replace", "distill", "prune", "cluster", "quantize"), []);
  const [quantized, ...rest] = chain("quantize", "train");
  const apart = [quantized!, { ...rest[0]!, inputs: {} }];
  assert.deepEqual(
    reported(apart, (recipe, compiled, problems) => {
      const lineages: Lineages = new Map();
      for (const entry of compiled.values()) checkOrder(recipe, entry, lineages, problems);
    }),
    [],
  );
});

Deno.test("what is said has the rule's reason and its way out", () => {
  const problems = reported(chain("quantize", "train"), (recipe, compiled, problems) => {
    const lineages: Lineages = new Map();
    for (const entry of compiled.values()) checkOrder(recipe, entry, lineages, problems);
  });
  assert.deepEqual(inWords(problems), [
    "order steps.train-1 `train-1` stands after `quantize-0`: training would undo the quantization " +
    "(train under it instead: quantize: { …, finetune: { epochs: … } })",
  ]);
});

Deno.test("a step changes the one model that stands in the input its op names", () => {
  const step = { name: "x", op: "add", inputs: {}, params: {}, path: "", paths: {} };
  const entry = { step, broken: false };
  assert.equal(changedBy({ ...entry, op: ops.add, inputs: { number: "one" } }), "one");
  assert.equal(changedBy({ ...entry, op: ops.add, inputs: { number: ["one"] } }), undefined);
  assert.equal(changedBy({ ...entry, op: ops.add }), undefined);
  assert.equal(changedBy({ ...entry, op: ops.whole, inputs: { number: "one" } }), undefined);
  assert.equal(changedBy(entry), undefined);
});
