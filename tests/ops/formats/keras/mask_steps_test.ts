import assert from "node:assert/strict";
import {
  isCalledCausal,
  type UsedLayer,
  withoutMaskSteps,
} from "../../../../ops/formats/keras/mask_steps.ts";

const reference = (layer: string) => ({ layer, use: 0, output: 0 });
const tensor = (layer: string) => ({
  ["class_name"]: "__keras_tensor__",
  config: { ["keras_history"]: [layer, 0, 0] },
});

/** A layer, or an operation where its module is that of operations, which is handed masks. */
function used(
  name: string,
  className: string,
  reads: readonly string[],
  { masks = [], module = "keras.layers" }: { masks?: readonly string[]; module?: string } = {},
): UsedLayer {
  const kwargs = Object.fromEntries(
    masks.map((mask, at) => [at === 0 ? "mask" : `m${at}_mask`, tensor(mask)]),
  );
  const layer = { ["class_name"]: className, module, ["inbound_nodes"]: [{ args: [], kwargs }] };
  return { layer, name, uses: [reads.map(reference)] };
}

const module = "keras.src.ops.numpy";
const layers = [
  used("tokens", "InputLayer", []),
  used("rows", "Embedding", ["tokens"]),
  used("differs", "NotEqual", ["tokens"], { module }),
  used("either", "LogicalOr", ["differs", "differs"], { module }),
  used("lstm", "LSTM", ["rows"], { masks: ["either"] }),
];
const kept = (all: readonly UsedLayer[], ...outputs: string[]) =>
  withoutMaskSteps(all, outputs.map(reference)).layers.map(({ name }) => name);

Deno.test("steps are operations that nothing but steps and masks read", () => {
  assert.deepEqual(kept(layers, "lstm"), ["tokens", "rows", "lstm"]);
  // What leaves the model, and what a layer reads as a value, is none.
  assert.deepEqual(kept(layers, "either"), ["tokens", "rows", "differs", "either", "lstm"]);
  const read = used("read", "Dense", ["differs"]);
  assert.deepEqual(kept([...layers, read], "lstm"), ["tokens", "rows", "differs", "lstm", "read"]);
  const own = used("any", "Any", ["tokens"]);
  assert.deepEqual(kept([own]), ["any"]);
});

Deno.test("a mask is told by what its steps compare, or is one by itself", () => {
  const { comparedBy } = withoutMaskSteps(layers, [reference("lstm")]);
  assert.deepEqual(comparedBy("lstm", 0), ["tokens"]);
  assert.deepEqual(comparedBy("lstm", 1), []);
  assert.deepEqual(comparedBy("rows", 0), []);
  const given = used("gru", "GRU", ["rows"], { masks: ["shown", "either"] });
  const more = withoutMaskSteps([...layers, given], []);
  assert.deepEqual(more.comparedBy("gru", 0), ["shown", "tokens"]);
});

Deno.test("steps that read one another come to an end", () => {
  const circle = [
    used("a", "Any", ["b"], { module }),
    used("b", "Any", ["a"], { module }),
    used("lstm", "LSTM", [], { masks: ["a"] }),
  ];
  assert.deepEqual(withoutMaskSteps(circle, []).comparedBy("lstm", 0), []);
});

Deno.test("attention is called causal by an argument alone", () => {
  const called = (kwargs: object) => isCalledCausal({ ["inbound_nodes"]: [{ args: [], kwargs }] });
  assert.equal(called({ ["use_causal_mask"]: true }), true);
  assert.equal(called({ ["use_causal_mask"]: false }), false);
  assert.equal(isCalledCausal({ ["inbound_nodes"]: [["rows", 0, 0]] }), false);
  assert.equal(isCalledCausal({}), false);
});
