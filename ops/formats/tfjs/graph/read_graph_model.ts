/** Models out of tfjs graph-models: nodes of TensorFlow as operators of ONNX, which are read as those of any file. */
import { listed, quoted } from "../../../../engine/quote.ts";
import { given } from "../../../../engine/given.ts";
import type { Model } from "../../../model/model.ts";
import { type AskedModel, sampleInput } from "../../asked.ts";
import { UnreadableModelError } from "../../format.ts";
import type { JsonObject } from "../../json_object.ts";
import type { Known } from "../../onnx/read/constants.ts";
import { nodeError } from "../../onnx/read/node_reading.ts";
import type { GraphInput } from "../../onnx/read/operator_graph.ts";
import { readGraph } from "../../onnx/read/read_graph.ts";
import { readWeights, weightGroups } from "../weights_manifest.ts";
import { withDilations } from "./dilated.ts";
import { type DefNode, extentsOf, nodesOf, tensorName } from "./graph_def.ts";
import { outputOf, signed } from "./graph_outputs.ts";
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
export function readGraphModel(
  json: JsonObject,
  shard: (path: string) => Uint8Array,
  asked: AskedModel = {},
): Model {
  const all = nodesOf(json.modelTopology);
  const output = outputOf(json, all, asked);
  const nodes = orderedNodes(all, [output]);
  const { constants, size } = constantsOf(json, nodes, shard);
  const kept = nodes.filter(({ op }) => op !== "Const");
  const inputs = kept.filter(({ op }) => op === "Placeholder");
  const computing = withDilations(
    kept.filter(({ op }) => op !== "Placeholder"),
    (name) => constants.get(name)?.values,
  );
  const called = layerNames(
    computing.filter(({ op }) => op !== "Identity").map(({ name }) => name),
  );
  const outputsNamed = namesOfOutputs(nodes, output);
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
    opset: OPSET,
    constants,
    size,
    nodes: [...graph.values()],
    inputs: sampleFirst(inputs, asked).map((node, at) =>
      inputOf(node, json, at === 0 ? asked.input : undefined)
    ),
    answers: [{ name: output, ...given({ node: graph.get(nodeOfTensor(output)) }) }],
    classes: [],
    fixSizes: "give its size in the recipe: input: [224, 224, 3]",
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

/** The tensors of each node that anything reads. */
function namesOfOutputs(nodes: readonly DefNode[], output: string) {
  const counts = new Map<string, number>();
  for (const tensor of [...nodes.flatMap(({ inputs }) => inputs), output]) {
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
        use: "constant",
        shape,
        values: whole ? Float64Array.from(values) : values,
      }];
    }),
  );
  return { constants, size };
}

/** The input that reads the samples before those that are given something else. */
function sampleFirst(inputs: readonly DefNode[], asked: AskedModel): readonly DefNode[] {
  const sample = sampleInput(inputs.map(({ name }) => name), asked);
  const reads = ({ name }: DefNode) => name === sample;
  return [...inputs.filter(reads), ...inputs.filter((each) => !reads(each))];
}

/** An input as the graph says it, or else the signature; of the size that is asked for. */
function inputOf(node: DefNode, json: JsonObject, asked?: readonly number[]): GraphInput {
  const { name } = node;
  const told = Object.values(signed(json, "inputs")).find((each) =>
    tensorName(each.name as string) === name
  );
  const written = node.shape("shape") ?? extentsOf(told?.tensorShape) ?? [];
  const called = (axis: number) => `axis ${axis}`;
  if (asked === undefined) return { name, extents: written, called, channelsFirst: false };
  if (written.length > 0 && written.length !== asked.length + 1) {
    throw new UnreadableModelError(
      `The model reads samples of ${written.length - 1} axes, not of ${asked.length}`,
      { field: "input" },
    );
  }
  const extents = [written[0] ?? 0, ...asked];
  return { name, extents, called, channelsFirst: false };
}
