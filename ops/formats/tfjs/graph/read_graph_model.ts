/** Models out of tfjs graph-models: nodes of TensorFlow as operators of ONNX, which are read as those of any file. */
import { listed, quoted } from "../../../../engine/quote.ts";
import type { Model } from "../../../model/model.ts";
import { UnreadableModelError } from "../../format.ts";
import { isJsonObject, type JsonObject } from "../../json_object.ts";
import type { Known } from "../../onnx/read/constants.ts";
import { nodeError } from "../../onnx/read/node_reading.ts";
import type { GraphInput } from "../../onnx/read/operator_graph.ts";
import { readGraph } from "../../onnx/read/read_graph.ts";
import { readWeights, weightGroups } from "../weights_manifest.ts";
import { type DefNode, extentsOf, nodesOf, tensorName, typeName } from "./graph_def.ts";
import { layerNames } from "./layer_names.ts";
import { loweringOf, READ } from "./lower/mod.ts";
import { graphNode } from "./lowering.ts";
import { nodeOfTensor, orderedNodes } from "./node_order.ts";

/** The version of ONNX's operators that those of TensorFlow become. */
const OPSET = 17;

/**
 * The model in a parsed `model.json`; `shard` gives the bytes of each path it names. Throws an UnreadableModelError that
 * names the node it stumbled over.
 */
export function readGraphModel(json: JsonObject, shard: (path: string) => Uint8Array): Model {
  const all = nodesOf(json.modelTopology);
  const outputs = outputsOf(json, all);
  if (outputs.length > 1) {
    throw new UnreadableModelError(
      `Cannot read the model: it has ${outputs.length} outputs: ${listed(outputs)}`,
      { help: "convert it with one of them: tensorflowjs_converter --output_node_names" },
    );
  }
  const nodes = orderedNodes(all, outputs);
  const kept = nodes.filter(({ op }) => op !== "Const");
  const [inputs, computing] = [
    kept.filter(({ op }) => op === "Placeholder"),
    kept.filter(({ op }) => op !== "Placeholder"),
  ];
  const { constants, size } = constantsOf(json, nodes, shard);
  const called = layerNames(
    computing.filter(({ op }) => op !== "Identity").map(({ name }) => name),
  );
  const outputsNamed = namesOfOutputs(nodes, outputs);
  const graph = new Map(computing.map((node) => {
    const named = outputsNamed(node.name);
    return [
      node.name,
      graphNode(node, {
        outputs: named,
        layer: called(node.name),
        lower: loweringOf(node.op) ?? refusal(node, named),
      }),
    ];
  }));
  return readGraph({
    ...{ opset: OPSET, constants, size, nodes: [...graph.values()] },
    inputs: inputs.map((node) => inputOf(node, json)),
    answers: outputs.map((name) => {
      const node = graph.get(nodeOfTensor(name));
      return { name, ...node && { node } };
    }),
    classes: [],
    fixSizes: "convert the model with one size of samples",
  });
}

/** An operator that is none of ours is refused where it is read: of known numbers that nobody needs it is not. */
const refusal = ({ name, op }: DefNode, outputs: readonly string[]) => (): never => {
  throw nodeError(
    { name, op, outputs },
    "no layer does that",
    `operators that can be read: ${listed(READ, READ.length)}`,
  );
};

/** What the file says of its inputs and outputs beside the graph. */
function signed(json: JsonObject, what: "inputs" | "outputs"): readonly JsonObject[] {
  const metadata = isJsonObject(json.userDefinedMetadata) ? json.userDefinedMetadata : {};
  const signature = isJsonObject(json.signature) ? json.signature : metadata.signature;
  const found = isJsonObject(signature) ? signature[what] : undefined;
  return isJsonObject(found) ? Object.values(found).filter(isJsonObject) : [];
}

/** Names of what leaves the graph: as the file says, else what no node reads. Whole numbers are no answers of a model. */
function outputsOf(json: JsonObject, nodes: readonly DefNode[]): readonly string[] {
  const named = signed(json, "outputs").filter(({ name }) => typeof name === "string");
  if (named.length > 0) {
    const floating = named.filter(({ dtype }) => FLOATING.test(typeName(dtype)));
    if (floating.length > 0) return floating.map(({ name }) => tensorName(name as string));
    throw new UnreadableModelError("Cannot read the model: none of its outputs is of real numbers");
  }
  const read = new Set(nodes.flatMap(({ inputs }) => inputs.map(nodeOfTensor)));
  const last = nodes.filter(({ name, op }) =>
    !read.has(name) && !["Const", "NoOp", "Placeholder"].includes(op)
  );
  if (last.length > 0) return last.map(({ name }) => name);
  throw new UnreadableModelError("Cannot read the model: nothing leaves its graph");
}

const FLOATING = /^DT_(?:FLOAT|DOUBLE|HALF|BFLOAT16)$/;

/** The tensors of each node that anything reads. */
function namesOfOutputs(nodes: readonly DefNode[], outputs: readonly string[]) {
  const counts = new Map<string, number>();
  for (const tensor of [...nodes.flatMap(({ inputs }) => inputs), ...outputs]) {
    const name = nodeOfTensor(tensor);
    const number = tensor === name ? 0 : Number(tensor.slice(name.length + 1));
    counts.set(name, Math.max(counts.get(name) ?? 0, number));
  }
  return (name: string): readonly string[] =>
    Array.from(
      { length: Math.min(counts.get(name) ?? 0, MOST_OUTPUTS) + 1 },
      (_, number) => number === 0 ? name : `${name}:${number}`,
    );
}

/** A node has so many outputs at most. */
const MOST_OUTPUTS = 1000;

/** The numbers of the nodes that are constants, and how many bytes the shards have. */
function constantsOf(
  json: JsonObject,
  nodes: readonly DefNode[],
  shard: (path: string) => Uint8Array,
) {
  const groups = weightGroups(json);
  let size = 0;
  const weights = readWeights(groups, (path) => {
    const bytes = shard(path);
    size += bytes.length;
    return bytes;
  });
  const types = new Map(
    groups.flatMap(({ weights }) => weights.map(({ name, dtype }) => [name, dtype] as const)),
  );
  const constants = new Map(
    nodes.filter(({ op }) => op === "Const").map((node): [string, Known] => {
      const { name, op } = node;
      const found = weights.get(name);
      if (found === undefined) {
        throw nodeError(
          { name, op, outputs: [name] },
          `its numbers are not among the weights ${quoted("weightsManifest")} lists`,
        );
      }
      const { shape, values } = found;
      const whole = types.get(name) !== "float32";
      return [name, {
        ...{ use: "constant", shape },
        values: whole ? Float64Array.from(values) : values,
      }];
    }),
  );
  return { constants, size };
}

/** An input as the graph says it, or else the signature. */
function inputOf(node: DefNode, json: JsonObject): GraphInput {
  const { name } = node;
  const told = signed(json, "inputs").find((each) =>
    typeof each.name === "string" && tensorName(each.name) === name
  );
  const extents = node.shape("shape") ?? extentsOf(told?.tensorShape) ?? [];
  return { name, extents, called: (axis) => `axis ${axis}`, channelsFirst: false };
}
