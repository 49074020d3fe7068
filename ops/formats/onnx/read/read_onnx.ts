/** Models out of ONNX files: node by node, in the order in which the file has them. */
import { type NodeProto, type ValueInfoProto } from "../../../../engine/deps/onnx_buf.ts";
import { listed, quoted } from "../../../../engine/quote.ts";
import { weightSlots } from "../../../model/layers.ts";
import type { Model } from "../../../model/model.ts";
import { UnreadableModelError } from "../../format.ts";
import { constantOf } from "./constants.ts";
import { emptyDraft, type OnnxDraft } from "./draft.ts";
import { arranged, type LayerView, ownOrder, sampleAxes } from "./layer_view.ts";
import { nodeError, readingOf } from "./node_reading.ts";
import { FLOATING, readNode } from "./ops/mod.ts";
import { type OnnxFile, onnxFile } from "./onnx_file.ts";
import type { GraphValue } from "./values.ts";

/**
 * The model: channels last, known numbers computed, activations in the layers they follow, a last softmax or sigmoid as
 * its head, arithmetic on the first input as its preprocessing. Throws an UnreadableModelError that names the node.
 */
export function readOnnx(bytes: Uint8Array, name: string): Model {
  const file = onnxFile(bytes, name);
  const draft = emptyDraft();
  const values = new Map<string, GraphValue>();
  for (const tensor of file.graph.initializer) {
    values.set(tensor.name, constantOf(tensor, tensor.name));
  }
  const answers = answersOf(file);
  const nodes = needed(file.graph.node, answers.map(({ name }) => name));
  for (const input of file.graph.input) {
    if (!values.has(input.name)) values.set(input.name, inputOf(input, file, draft));
  }
  const readers = new Map<string, number>();
  const count = (name: string) => readers.set(name, (readers.get(name) ?? 0) + 1);
  nodes.forEach(({ input }) => input.forEach(count));
  answers.forEach(({ name }) => count(name));
  const leaving = leavingNames(nodes, answers, readers);
  let numbers = 0;
  for (const node of nodes) {
    const missing = node.input.find((input) => input !== "" && !values.has(input));
    if (missing !== undefined) {
      throw nodeError(node, `it reads ${quoted(missing)}, which nothing gives`);
    }
    const around = { draft, opset: file.opset, values, readers, leaving };
    readNode(readingOf(node, around)).forEach((value, at) => {
      if (value?.use === "constant") numbers += value.values.length;
      if (value !== undefined) values.set(node.output[at] ?? "", value);
    });
    if (numbers > bytes.length + MOST_NUMBERS) {
      throw nodeError(node, "the constants that the file leaves to compute are more than it holds");
    }
  }
  const outputs = new Set(
    answers.map(({ name, node }) => ending(draft, values.get(name), name, node)),
  );
  return whole(file, draft, [...outputs], answers);
}

/** Numbers that are computed of constants, besides so many as the file has bytes. */
const MOST_NUMBERS = 1 << 21;

/** Names of what leaves the graph, also of what only passes on the way out. */
function leavingNames(
  nodes: readonly NodeProto[],
  answers: readonly Answer[],
  readers: ReadonlyMap<string, number>,
): ReadonlySet<string> {
  const leaving = new Set(answers.map(({ name }) => name));
  for (const { opType, input: [input = ""], output: [output = ""] } of nodes.toReversed()) {
    const passes = opType === "Identity" || opType === "Cast";
    if (passes && leaving.has(output) && readers.get(output) === 1) leaving.add(input);
  }
  return leaving;
}

/** What leaves the graph and depends on samples. */
interface Answer {
  readonly name: string;
  readonly node?: NodeProto;
  readonly classes?: readonly string[];
}

/** Outputs of real numbers; what only names the best of them is left out, and maps of classes are looked through. */
function answersOf({ graph }: OnnxFile): readonly Answer[] {
  const made = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node])));
  const found = graph.output.flatMap(({ name, type }): Answer[] => {
    const node = made.get(name);
    if (node?.opType === "ZipMap") {
      const names = node.attribute.find((each) => each.name === "classlabels_strings")?.strings ??
        [];
      const classes = names.map((each) => new TextDecoder().decode(each));
      return [{ name: node.input[0] ?? "", node, classes }];
    }
    const { value } = type ?? { value: undefined };
    const floating = value?.case !== "tensorType" || FLOATING.includes(value.value.elemType);
    return floating ? [{ name, ...node && { node } }] : [];
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

/** A batch that a file leaves open: no extent of a model is so large and prime, so that it is known again in shapes. */
const BATCH = 1_000_003;

/** An input of the model: images with channels first have them last here. */
function inputOf(input: ValueInfoProto, file: OnnxFile, draft: OnnxDraft): LayerView {
  const { name, type } = input;
  const wrong = (what: string, help?: string) =>
    new UnreadableModelError(`Cannot read input ${quoted(name)}: ${what}`, help ? { help } : {});
  const tensor = type?.value.case === "tensorType" ? type.value.value : undefined;
  const written = tensor?.shape?.dim;
  if (written === undefined || written.length === 0) throw wrong("its shape is not said");
  const dims = written.map(({ value }) => value.case === "dimValue" ? Number(value.value) : 0)
    .map((extent) => extent > 0 ? extent : 0);
  const open = dims.flatMap((extent, axis) => extent === 0 ? [axis] : []);
  const batch = open[0] ?? 0;
  if (open.length > 1) {
    const others = open.slice(1).map((axis) => {
      const { value } = written[axis]!;
      return value.case === "dimParam" && value.value !== "" ? value.value : `axis ${axis}`;
    });
    throw wrong(
      `besides the batch it leaves open: ${listed(others)}`,
      "export the model with one size of samples: in torch.onnx.export, only the batch among dynamic_axes",
    );
  }
  if (dims.length > 4 || dims.length === 1) {
    throw wrong(`its shape is ${dims.join("×")}; rows, sequences and images can be read`);
  }
  if (open.length === 1) dims[batch] = BATCH;
  const seen = { use: "view" as const, layer: name, dims, sole: true };
  const samples = dims.filter((_, axis) => axis !== batch);
  const first = batch === 0 && channelsFirst(name, dims.length, file);
  const shape = first ? [...samples.slice(1), samples[0]!] : samples;
  draft.input({ name, shape });
  const own = first
    ? [0, dims.length - 1, ...samples.slice(1).map((_, axis) => axis + 1)]
    : undefined;
  let next = 1;
  return { ...seen, axes: own ?? dims.map((_, axis) => axis === batch ? 0 : next++) };
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

/** The layer that an output of the graph is. */
function ending(
  draft: OnnxDraft,
  value: GraphValue | undefined,
  name: string,
  node?: NodeProto,
): string {
  if (value?.use !== "view" || draft.layer(value.layer) === undefined) {
    const what = "what leaves the model here is no value of a layer";
    throw node
      ? nodeError(node, what)
      : new UnreadableModelError(`Cannot read output ${quoted(name)}: ${what}`);
  }
  // Images leave with channels last, as all of ours.
  return arranged(draft, value, value.dims.length === 4 ? ownOrder(value) : sampleAxes(value));
}

function whole(
  { metadata }: OnnxFile,
  draft: OnnxDraft,
  outputs: readonly string[],
  answers: readonly Answer[],
): Model {
  const heads = [...draft.heads];
  if (heads.length > 1) {
    throw new UnreadableModelError("Cannot read the model: its outputs end in different ways");
  }
  const structure = { family: "loaded", head: heads[0] ?? "none" as const };
  const { weights, ...layers } = draft.finish(outputs);
  const model: Model = {
    ...structure,
    ...layers,
    weights,
    preprocess: draft.preprocess,
    classes: classesOf(metadata.get("classes")) ??
      answers.find(({ classes }) => classes?.length)?.classes ?? [],
    established: {},
    learned: true,
    quantization: null,
  };
  weightSlots(model);
  return model;
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
