/** Models out of ONNX files: the file as a graph of operators, which is read as any such graph. */
import { DataType, type NodeProto, type ValueInfoProto } from "../../../../engine/deps/onnx_buf.ts";
import { given } from "../../../../engine/given.ts";
import { noteSaid } from "../../../../engine/quote.ts";
import type { Model } from "../../../model/model.ts";
import type { AskedModel } from "../../asked.ts";
import { chosenOutput, unchosen } from "../../chosen_output.ts";
import { UnreadableModelError } from "../../format.ts";
import { constantOf } from "./constants.ts";
import type { FilesBeside } from "./external_data.ts";
import { CLASSES, type OnnxFile, onnxFile } from "./onnx_file.ts";
import { onnxNode } from "./onnx_node.ts";
import type { GraphAnswer, GraphInput, OperatorGraph } from "./operator_graph.ts";
import { FLOATING } from "./ops/mod.ts";
import { readGraph } from "./read_graph.ts";

/** What is known beside the file. */
interface Beside {
  /** Files that the model names. */
  readonly files?: FilesBeside;
  /** Extents of a sample, channels last, where the file leaves some open. */
  readonly sample?: readonly number[];
  /** The output that is read, where the file has several, and notes of the others and of what the file says of itself. */
  readonly asked?: Pick<AskedModel, "output" | "note">;
}

/** The model in the file that has these bytes. Throws an UnreadableModelError that names the node. */
export function readOnnx(bytes: Uint8Array, name: string, beside: Beside = {}): Model {
  const file = onnxFile(bytes, name);
  noteSaid(file.says, beside.asked?.note);
  const graph = graphOf(file, bytes.length, beside);
  const model = readGraph(graph);
  // Of one layer there may be several, as logits and as probabilities.
  if (new Set(model.outputs).size > 1) throw unchosen(graph.answers.map(({ name }) => name));
  return model;
}

function graphOf(
  file: OnnxFile,
  size: number,
  { files, sample, asked = {} }: Beside,
): OperatorGraph {
  const { graph, opset, metadata } = file;
  const constants = new Map(
    graph.initializer.map((tensor) => [tensor.name, constantOf(tensor, tensor.name, files)]),
  );
  const all = answersOf(file);
  const names = all.map(({ name }) => name);
  const answers = asked.output === undefined ? all : [all[chosenOutput(names, asked)]!];
  const nodes = needed(graph.node, answers.map(({ name }) => name));
  const read = new Set(nodes.flatMap(({ input }) => input));
  return {
    opset,
    nodes: nodes.map(onnxNode),
    constants,
    // What only other outputs read is no input.
    inputs: graph.input
      .filter(({ name }) => !constants.has(name) && (asked.output === undefined || read.has(name)))
      .map((input) => inputOf(input, file)),
    answers,
    classes: classesOf(metadata.get(CLASSES)) ??
      answers.find(({ classes }) => classes?.length)?.classes ?? [],
    size: size + [...files?.values() ?? []].reduce((sum, { length }) => sum + length, 0),
    ...given({ sample }),
    fixSizes:
      "say `input`, or export the model with one size of samples: in torch.onnx.export, only the batch among dynamic_axes",
  };
}

/** What leaves the graph and depends on samples, and what it says of classes. */
interface OnnxAnswer extends GraphAnswer {
  readonly classes?: readonly string[];
}

/** Outputs of real numbers; what only names the best of them is left out, and maps of classes are looked through. */
function answersOf({ graph }: OnnxFile): readonly OnnxAnswer[] {
  const made = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node])));
  const found = graph.output.flatMap(({ name, type }): OnnxAnswer[] => {
    const node = made.get(name);
    if (node?.opType === "ZipMap") {
      const names = node.attribute.find((each) => each.name === "classlabels_strings")?.strings ??
        [];
      const classes = names.map((each) => new TextDecoder().decode(each));
      return [{ name: node.input[0] ?? "", node: onnxNode(node), classes }];
    }
    const { value } = type ?? { value: undefined };
    const floating = value?.case !== "tensorType" || FLOATING.includes(value.value.elemType);
    return floating ? [{ name, ...given({ node: node && onnxNode(node) }) }] : [];
  });
  if (found.length > 0) return found;
  throw new UnreadableModelError("Cannot read the model: none of its outputs is of real numbers");
}

/** The nodes that outputs depend on. */
function needed(nodes: readonly NodeProto[], outputs: readonly string[]): readonly NodeProto[] {
  const read = new Set(outputs);
  for (const { input, output } of nodes.toReversed()) {
    if (output.some((name) => read.has(name))) input.forEach((name) => read.add(name));
  }
  return nodes.filter(({ output }) => output.some((name) => read.has(name)));
}

/** An input as the file says it. */
function inputOf(input: ValueInfoProto, file: OnnxFile): GraphInput {
  const { name, type } = input;
  const tensor = type?.value.case === "tensorType" ? type.value.value : undefined;
  const written = tensor?.shape?.dim ?? [];
  const extents = written.map(({ value }) =>
    value.case === "dimValue" ? Math.max(0, Number(value.value)) : 0
  );
  return {
    name,
    extents,
    called(axis) {
      const { value } = written[axis]!;
      return value.case === "dimParam" && value.value !== "" ? value.value : `axis ${axis}`;
    },
    channelsFirst: channelsFirst(name, extents.length, file),
    ...given({ role: roleOf(name, tensor?.elemType) }),
  };
}

const WHOLE: readonly number[] = [DataType.INT64, DataType.INT32, DataType.BOOL];

/** What exporters call whole numbers that stand beside the tokens of a text. */
function roleOf(name: string, type: number | undefined): GraphInput["role"] {
  if (type === undefined || !WHOLE.includes(type)) return undefined;
  if (/(?:attention|input|padding)_mask$|^mask$/.test(name)) return "mask";
  return /(?:token_type|segment)_ids$/.test(name) ? "types" : undefined;
}

/** Operators that give on where channels stand. */
const PASSING = new Set([
  "Add",
  "Sub",
  "Mul",
  "Div",
  "Cast",
  "Identity",
  "QuantizeLinear",
  "DequantizeLinear",
]);
/** Operators that read channels at axis 1. */
const FIRST = new Set(["Conv", "ConvTranspose", "BatchNormalization", "InstanceNormalization"])
  .union(new Set(["MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "PRelu"]));

/** Whether an input has channels first: images, but where they are transposed first; of sequences those convolved. */
function channelsFirst(name: string, rank: number, { graph, producer }: OnnxFile): boolean {
  const names = new Set([name]);
  const readers = graph.node.filter(({ input, output, opType }) => {
    if (!input.some((each) => names.has(each))) return false;
    if (!PASSING.has(opType)) return true;
    output.forEach((each) => names.add(each));
    return false;
  });
  if (rank === 3) return readers.some(({ opType }) => FIRST.has(opType));
  const transposed = readers.length > 0 &&
    readers.every(({ opType, attribute }) =>
      opType === "Transpose" &&
      attribute.find((each) => each.name === "perm")?.ints.join() === "0,3,1,2"
    );
  return rank === 4 && !transposed && producer !== "Decant";
}

/** Names of classes as Decant writes them into a file. */
function classesOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  try {
    const names = JSON.parse(text);
    return Array.isArray(names) && names.every((each) => typeof each === "string")
      ? names
      : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
