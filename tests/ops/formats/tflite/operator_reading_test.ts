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
  const draft = new TfliteDraft(file, 1000, true);
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
