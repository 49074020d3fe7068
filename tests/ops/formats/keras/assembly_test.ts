import assert from "node:assert/strict";
import { assemble, type FileWeight, type Reading } from "../../../../ops/formats/keras/assembly.ts";
import type { Topology } from "../../../../ops/formats/keras/topology.ts";

const assembled = (
  topology: Topology,
  weights: ReadonlyMap<string, FileWeight>,
  read: (className: string, reading: Reading) => string,
) => assemble(topology, { weights, keras: 2 }, read);

const node = (name: string, className: string, ...inputs: string[]) => ({
  name,
  path: name.replaceAll(".", "/"),
  ownName: name.split(".").at(-1)!,
  className,
  config: className === "InputLayer" ? { "batch_input_shape": [null, 2] } : {},
  inputs,
});
const topology = (...nodes: ReturnType<typeof node>[]): Topology => ({
  nodes: [node("x", "InputLayer"), ...nodes],
  inputs: ["x"],
  outputs: [nodes.at(-1)!.name],
  outputNames: [nodes.at(-1)!.name],
});
/** The same with samples of another shape. */
const reading = (shape: readonly number[], { nodes: [input, ...others], ...rest }: Topology) => ({
  ...rest,
  nodes: [{ ...input!, config: { "batch_input_shape": [null, ...shape] } }, ...others],
});
/** A tiny reader: inputs of two numbers, dense layers of one, activations that join the layer before. */
const read = (className: string, reading: Reading): string => {
  const { name, inputs } = reading;
  if (className === "InputLayer") reading.input();
  if (className === "Dense") {
    const kernel = reading.weight("kernel")!;
    reading.add({ name, kind: "dense", inputs, units: 1, bias: false, activation: "linear" }, {
      kernel,
    });
  }
  if (className !== "Activation") return name;
  if (reading.fuse("relu")) return inputs[0]!;
  reading.add({ name, kind: "activation", inputs, activation: "relu" });
  return name;
};
const kernel = { shape: [2, 1], values: Float32Array.of(1, 2) };

Deno.test("weights are found by the layer's name, perhaps behind those of models around it", () => {
  const found = (name: string, key: string) =>
    assembled(topology(node(name, "Dense", "x")), new Map([[key, kernel]]), read).weights;
  assert.ok(found("d", "d/kernel")["d/kernel"]);
  assert.ok(found("d", "model/d/kernel:0")["d/kernel"]);
  assert.ok(found("m.d", "m/d/kernel")["m.d/kernel"]);
  const twice = new Map([["m/d/kernel", kernel], ["n/d/kernel", kernel]]);
  assert.throws(
    () => assembled(topology(node("d", "Dense", "x")), twice, read),
    /Cannot read layer "d": the file has several weights d\/kernel/,
  );
});

Deno.test("an activation joins a layer that nothing else reads, and stands alone elsewhere", () => {
  const weights = new Map([["d/kernel", kernel]]);
  const alone = assembled(
    topology(node("d", "Dense", "x"), node("r", "Activation", "d")),
    weights,
    read,
  );
  assert.deepEqual(alone.layers.map(({ name }) => name), ["d"]);
  assert.deepEqual([alone.outputs, (alone.layers[0] as { activation: string }).activation], [
    ["d"],
    "relu",
  ]);
  const shared = {
    ...topology(node("d", "Dense", "x"), node("r", "Activation", "d")),
    outputs: ["r", "d"],
  };
  assert.deepEqual(assembled(shared, weights, read).layers.map(({ name }) => name), ["d", "r"]);
});

Deno.test("a layer that reads nothing, or gives what cannot be, is refused", () => {
  assert.throws(
    () => assembled(topology(node("d", "Dense")), new Map(), read),
    /"d" \(Dense\): it reads nothing/,
  );
  const empty = (_className: string, reading: Reading) => {
    if (reading.inputs.length === 0) reading.input();
    return reading.name;
  };
  assert.throws(
    () => assembled(reading([0], topology(node("d", "Dense", "x"))), new Map(), empty),
    /the input's shape is open: \[0\]/,
  );
});

const said = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
};

Deno.test("a layer whose attribute or extent cannot be is refused with the value", () => {
  const chain = topology(node("d", "Dense", "x"));
  const adding = (layer: object) =>
    said(() =>
      assembled(chain, new Map(), (className, reading) => {
        if (className === "InputLayer") reading.input();
        else reading.add({ name: "d", inputs: ["x"], ...layer } as never);
        return reading.name;
      })
    );
  const dense = { kind: "dense", units: 1, bias: false, activation: "linear" };
  assert.equal(adding(dense), undefined);
  assert.equal(
    adding({ ...dense, units: 0.5 }),
    'Cannot read layer "d" (Dense): its units cannot be 0.5',
  );
  assert.equal(
    said(() => assembled(topology(node("d", "Dense")), new Map(), read)),
    'Cannot read layer "d" (Dense): it reads nothing',
  );
});

Deno.test("a model ends in one way: a head is that of its only output", () => {
  const headed = (heads: readonly string[], outputs: readonly string[]) => {
    const nodes = topology(node("a", "Dense", "x"), node("b", "Dense", "x"));
    const reader = (className: string, reading: Reading) => {
      if (className === "InputLayer") reading.input();
      else if (reading.name === "a") heads.forEach((head) => reading.head(head as never));
      return reading.name;
    };
    let head: string | undefined;
    const message = said(() => head = assembled({ ...nodes, outputs }, new Map(), reader).head);
    return message ?? head;
  };
  const different = "Cannot read the model: its outputs end in different ways";
  assert.equal(headed([], ["a"]), "none");
  assert.equal(headed([], ["a", "b"]), "none");
  assert.equal(headed(["softmax"], ["a"]), "softmax");
  assert.equal(headed(["softmax", "softmax"], ["a"]), "softmax");
  assert.equal(headed(["softmax", "sigmoid"], ["a"]), different);
  assert.equal(headed(["softmax"], ["a", "b"]), different);
});

Deno.test("what a layer gives is as long as a value can be, and what enters has a whole extent along each axis", () => {
  const chain = topology(node("u", "UpSampling2D", "x"));
  const given = (input: readonly number[]) =>
    said(() =>
      assembled(reading(input, chain), new Map(), (_className, reading) => {
        if (reading.inputs.length === 0) reading.input();
        else reading.add({ name: "u", kind: "upsample", inputs: ["x"], size: [2, 2] });
        return reading.name;
      })
    );
  assert.equal(given([3, 2, 1]), undefined);
  assert.equal(
    given([2147483647, 2, 1]),
    'Cannot read layer "u" (UpSampling2D): what it gives would be 4294967294×4×1',
  );
  assert.equal(
    given([3, 2, 0]),
    `Cannot read layer "x" (InputLayer): the input's shape is open: [3,2,0]`,
  );
});

Deno.test("a model that is read is of the family loaded; first is what alone reads an input", () => {
  const seen: Record<string, boolean> = {};
  const reader = (className: string, reading: Reading) => {
    if (className === "InputLayer") reading.input();
    else {
      seen[reading.name] = reading.first;
      reading.add({ name: reading.name, kind: "flatten", inputs: reading.inputs });
    }
    return reading.name;
  };
  const nodes = [
    node("x", "InputLayer"),
    node("y", "InputLayer"),
    node("a", "Flatten", "x"),
    node("b", "Flatten", "y"),
    node("c", "Flatten", "y"),
    node("d", "Flatten", "a"),
  ];
  const { family } = assembled(
    { nodes, inputs: ["x", "y"], outputs: ["d"], outputNames: ["d"] },
    new Map(),
    reader,
  );
  assert.equal(family, "loaded");
  assert.deepEqual(seen, { a: true, b: false, c: false, d: false });
});

Deno.test("a weight is that of a whole layer name, its models before it", () => {
  const found = (name: string, ...keys: string[]) =>
    said(() =>
      assembled(
        topology(node(name, "Dense", "x")),
        new Map(keys.map((key, at) => [key, { ...kernel, values: Float32Array.of(at, at) }])),
        (className, reading) => {
          if (className === "InputLayer") reading.input();
          else throw new Error(`${reading.weight("kernel")?.values[0]}`);
          return reading.name;
        },
      )
    );
  assert.equal(found("d", "bad/kernel", "d/kernel"), "1");
  // Not what only ends in the same letters.
  assert.equal(found("d", "bad/kernel"), "undefined");
  assert.equal(found("d", "a/bad/kernel"), "undefined");
  assert.equal(found("m.n.d", "o/d/kernel", "m/n/d/kernel"), "1");
});
