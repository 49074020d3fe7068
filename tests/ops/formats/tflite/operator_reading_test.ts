import assert from "node:assert/strict";
import { TfliteDraft } from "../../../../ops/formats/tflite/draft.ts";
import { OperatorReading } from "../../../../ops/formats/tflite/operator_reading.ts";
import { emptyGraph } from "../../../../ops/formats/tflite/graph.ts";
import type { TfliteFile } from "../../../../ops/formats/tflite/schema.ts";

/** x → RELU → y → TANH → z. */
function chain(outputs: (of: { y: number; z: number }) => number[] = ({ z }) => [z]): TfliteFile {
  const graph = emptyGraph();
  const form = { shape: [1, 3], type: "float32" } as const;
  const [x, y, z] = [graph.tensor("x", form), graph.tensor("y", form), graph.tensor("z", form)];
  graph.node("RELU", [x], [y]);
  graph.node("TANH", [y], [z]);
  return graph.file({ name: "g", inputs: [x], outputs: outputs({ y, z }), description: "" });
}

function readingsOf(file: TfliteFile) {
  const draft = new TfliteDraft(file, 1000);
  const [relu, tanh] = draft.graph.operators;
  const first = new OperatorReading(draft, "RELU", relu!, 1);
  first.add({ name: first.name, kind: "activation", inputs: ["input"], activation: "linear" });
  first.finish();
  return { draft, first, second: new OperatorReading(draft, "TANH", tanh!, 1) };
}

Deno.test("an activation joins the layer that nothing else reads", () => {
  const { draft, second } = readingsOf(chain());
  assert.ok(second.sole && second.leaves);
  assert.ok(second.fuse("tanh"));
  second.finish();
  const { layers, outputs, inputs } = draft.model();
  assert.deepEqual(layers, [{
    name: "y",
    kind: "activation",
    inputs: ["input"],
    activation: "tanh",
  }]);
  assert.deepEqual([outputs, inputs], [["y"], [{ name: "input", shape: [3] }]]);
});

Deno.test("and not one that leaves the model as well", () => {
  const { second } = readingsOf(chain(({ y, z }) => [y, z]));
  assert.ok(!second.sole && !second.fuse("tanh"));
});

Deno.test("what a file names and has not is said", () => {
  const { second } = readingsOf(chain());
  assert.throws(() => second.value(1), /Cannot read "z" \(TANH\): it reads nothing in place 2/);
  assert.throws(() => second.constant(0), /what it reads in place 1 is no constant/);
  assert.throws(
    () =>
      second.add({
        name: "z",
        kind: "dense",
        inputs: ["y"],
        units: 2,
        bias: false,
        activation: "linear",
      }),
    /its kernel is missing, not 3×2/,
  );
});

Deno.test("where integers are kept, nothing joins what has some, and other steps are a layer", () => {
  const graph = emptyGraph();
  const form = (scale: number) => ({
    ...{ shape: [1, 3], type: "int8" } as const,
    quantization: { scale: [scale], zero: [0], axis: 0 },
  });
  const [x, y, z] = [1, 2, 3].map((scale) => graph.tensor(`t${scale}`, form(scale)));
  graph.node("RELU", [x!], [y!]);
  graph.node("QUANTIZE", [y!], [z!]);
  const file = graph.file({ name: "g", inputs: [x!], outputs: [z!], description: "" });
  const draft = new TfliteDraft(file, 1000, { integers: true });
  const [relu, quantize] = draft.graph.operators;
  const first = new OperatorReading(draft, "RELU", relu!, 1);
  assert.ok(!first.prepare((preprocess) => preprocess), "the input is integers");
  first.add({ name: first.name, kind: "activation", inputs: ["input"], activation: "relu" });
  first.finish();
  const second = new OperatorReading(draft, "QUANTIZE", quantize!, 1);
  assert.equal(second.before(), undefined);
  assert.ok(!second.fuse("tanh"));
  second.rescale();
  second.finish();
  assert.deepEqual([...draft.layers.keys()], ["t2", "t3"]);
  assert.deepEqual([...draft.formats].map(([name, { scale }]) => [name, scale]), [
    ["input", 1],
    ["t2", 2],
    ["t3", 3],
  ]);
});

Deno.test("a layer is called as the tensor that it makes, or as the operator where that is no name", () => {
  const graph = emptyGraph();
  const form = { shape: [1, 3], type: "float32" } as const;
  const x = graph.tensor("x", form);
  const names = ["plain.name-1_a", "with space", "", "a".repeat(80), "a".repeat(81), "input"];
  const tensors = names.map((name) => graph.tensor(name, form));
  for (const tensor of tensors) graph.node("RESIZE_NEAREST_NEIGHBOR", [x], [tensor]);
  const file = graph.file({ name: "g", inputs: [x], outputs: tensors, description: "" });
  const draft = new TfliteDraft(file, 1000);
  const called = (at: number) =>
    new OperatorReading(draft, "RESIZE_NEAREST_NEIGHBOR", draft.graph.operators[at]!, at + 1).name;
  const plain = (number: number) => `resize-nearest-neighbor${number}`;
  assert.deepEqual(names.map((_, at) => called(at)), [
    ...["plain.name-1_a", plain(2), plain(3), "a".repeat(80), plain(5)],
    // The model's input is called so.
    plain(6),
  ]);
  draft.shapes.set(plain(2), [3]);
  assert.equal(called(1), `${plain(2)}.2`);
});

Deno.test("an operator that reads nothing is alone with nothing", () => {
  const { draft, second } = readingsOf(chain());
  const none = { ...second.operator, inputs: [] };
  const of = new OperatorReading(draft, "EXP", none, 1);
  assert.deepEqual([of.sole, of.count, of.before()], [false, 0, undefined]);
  const absent = new OperatorReading(draft, "EXP", { ...none, inputs: [0, -1, 1] }, 1);
  assert.equal(absent.count, 2);
  assert.throws(() => absent.value(1), /it reads nothing in place 2/);
});

Deno.test("layers of odd attributes, of other weights and of one name are refused", () => {
  const { second } = readingsOf(chain());
  const dense = {
    name: "z",
    kind: "dense",
    inputs: ["y"],
    bias: false,
    activation: "linear",
  } as const;
  assert.throws(() => second.add({ ...dense, units: 0.5 }), {
    message: 'Cannot read "z" (TANH): its units cannot be 0.5',
  });
  assert.throws(() => second.add({ ...dense, name: "y", units: 2 }), {
    message: 'Cannot read "z" (TANH): there are two layers "y"',
  });
  const kernel = { shape: [3, 3], values: new Float32Array(9) };
  assert.throws(() => second.add({ ...dense, units: 2 }, { kernel }), {
    message: 'Cannot read "z" (TANH): its kernel is 3×3, not 3×2',
  });
});

Deno.test("what an operator makes is of the size that the file says, and what it passes on is read as often", () => {
  const { draft, second } = readingsOf(chain());
  // Nothing was added: it stands for what it reads.
  second.finish();
  assert.equal(draft.standing.get(second.operator.outputs[0]!), "y");
  const { draft: other, second: two } = readingsOf(chain());
  other.shapes.set("y", [2]);
  assert.throws(() => two.finish(), {
    message: 'Cannot read "z" (TANH): it gives 2, the file says 3',
  });
});

Deno.test("only the model's input can be prepared, and only where nothing else reads it", () => {
  const double = ({ scale, offset }: { scale: readonly number[]; offset: readonly number[] }) => ({
    ...{ scale: scale.map((each) => 2 * each), offset: offset.map((each) => each + 1) },
  });
  const graph = emptyGraph();
  const form = { shape: [1, 3], type: "float32" } as const;
  const [x, y] = [graph.tensor("x", form), graph.tensor("y", form)];
  graph.node("RELU", [x], [y]);
  const read = (outputs: number[]) => {
    const draft = new TfliteDraft(
      graph.file({ name: "g", inputs: [x], outputs, description: "" }),
      1000,
    );
    return { draft, of: new OperatorReading(draft, "RELU", draft.graph.operators[0]!, 1) };
  };
  const { draft, of } = read([y]);
  assert.ok(of.prepare(double) && of.prepare(double));
  assert.deepEqual(draft.preprocess, { scale: [4], offset: [2] });
  of.finish();
  assert.equal(draft.standing.get(y), "input");
  const shared = read([x, y]);
  assert.ok(!shared.of.prepare(double));
  assert.equal(shared.draft.preprocess, null);
  assert.ok(!readingsOf(chain()).second.prepare(double), "a layer is no input");
});
