/** Models out of graphs of ONNX's operators: node by node, in the order in which they run. */
import { given } from "../../../../engine/given.ts";
import { listed, quoted } from "../../../../engine/quote.ts";
import { weightSlots } from "../../../model/layers.ts";
import type { Model } from "../../../model/model.ts";
import { UnreadableModelError } from "../../format.ts";
import { uniform } from "./constants.ts";
import { emptyDraft, type OnnxDraft } from "./draft.ts";
import { arranged, BATCH, type LayerView, ownOrder, sampleAxes } from "./layer_view.ts";
import { nodeError, patternName, readingOf } from "./node_reading.ts";
import type { GraphAnswer, GraphInput, GraphNode, OperatorGraph } from "./operator_graph.ts";
import { readNode } from "./ops/mod.ts";
import type { GraphValue } from "./values.ts";

/**
 * The model: channels last, known numbers computed, activations in the layers they follow, a last softmax or sigmoid as
 * its head, arithmetic on the first input as its preprocessing. Throws an UnreadableModelError that names the node.
 */
export function readGraph(graph: OperatorGraph): Model {
  const { nodes, answers, opset } = graph;
  const draft = emptyDraft();
  const values = new Map<string, GraphValue>(graph.constants);
  const samples = graph.inputs.filter(({ role }) => role === undefined);
  for (const [at, input] of samples.entries()) {
    const sample = at === 0 ? graph.sample : undefined;
    values.set(input.name, inputOf(input, { fixSizes: graph.fixSizes, sample }, draft));
  }
  for (const { name, role } of graph.inputs) {
    if (role !== undefined) {
      values.set(name, besideTokens(role, values.get(samples[0]?.name ?? "")));
    }
  }
  const readers = new Map<string, number>();
  const count = (name: string) => readers.set(name, (readers.get(name) ?? 0) + 1);
  nodes.forEach(({ inputs }) => inputs.forEach(count));
  answers.forEach(({ name }) => count(name));
  const leaving = leavingNames(nodes, answers, readers);
  let numbers = 0;
  for (const node of nodes) {
    const missing = node.inputs.find((input) => input !== "" && !values.has(input));
    if (missing !== undefined) {
      throw nodeError(node, `it reads ${quoted(missing)}, which nothing gives`);
    }
    const { operators, constants = new Map() } = node.operators((name) => values.get(name));
    for (const [name, value] of constants) values.set(name, value);
    inside(node, operators).forEach(count);
    for (const operator of operators) {
      const around = { draft, opset, values, readers, leaving };
      readNode(readingOf(operator, node, around)).forEach((value, at) => {
        if (value?.use === "constant") numbers += value.values.length;
        if (value !== undefined) values.set(operator.outputs[at] ?? "", value);
      });
    }
    if (numbers > graph.size + MOST_NUMBERS) {
      throw nodeError(node, "the constants that the file leaves to compute are more than it holds");
    }
  }
  const outputs = new Set(
    answers.map(({ name, node }) => ending(draft, values.get(name), name, node)),
  );
  return whole(graph, draft, [...outputs]);
}

/** Numbers that are computed of constants, besides so many as the file has bytes. */
const MOST_NUMBERS = 1 << 21;

/** What the operators of a node read, less what the node is known to read. */
function inside({ inputs }: GraphNode, operators: readonly { inputs: readonly string[] }[]) {
  const read = operators.flatMap((operator) => operator.inputs);
  for (const input of inputs) {
    const at = read.indexOf(input);
    if (at >= 0) read.splice(at, 1);
  }
  return read;
}

/** Names of what leaves the graph, also of what only passes on the way out. */
function leavingNames(
  nodes: readonly GraphNode[],
  answers: readonly GraphAnswer[],
  readers: ReadonlyMap<string, number>,
): ReadonlySet<string> {
  const leaving = new Set(answers.map(({ name }) => name));
  for (const { passes, inputs: [input = ""], outputs: [output = ""] } of nodes.toReversed()) {
    if (passes && leaving.has(output) && readers.get(output) === 1) leaving.add(input);
  }
  return leaving;
}

/** An input of the model: images with channels first have them last here. */
function inputOf(
  input: GraphInput,
  { fixSizes, sample }: {
    readonly fixSizes: string;
    readonly sample: readonly number[] | undefined;
  },
  draft: OnnxDraft,
): LayerView {
  const { name, channelsFirst } = input;
  const wrong = (what: string, help?: string) =>
    new UnreadableModelError(`Cannot read input ${quoted(name)}: ${what}`, given({ help }));
  const dims = [...input.extents];
  if (dims.length === 0) throw wrong("its shape is not said");
  const open = dims.flatMap((extent, axis) => extent === 0 ? [axis] : []);
  const batch = open[0] ?? 0;
  const first = batch === 0 && channelsFirst;
  if (sample !== undefined) filled(input, dims, batch, { sample, first });
  else if (open.length > 1) {
    const others = open.slice(1).map((axis) => input.called(axis));
    throw wrong(`besides the batch it leaves open: ${listed(others)}`, fixSizes);
  }
  if (dims.length > 4 || dims.length === 1) {
    throw wrong(`its shape is ${dims.join("×")}; rows, sequences and images can be read`);
  }
  if (open.length > 0) dims[batch] = BATCH;
  const view = { use: "view" as const, layer: name, dims, sole: true };
  const samples = dims.filter((_, axis) => axis !== batch);
  const shape = first ? [...samples.slice(1), samples[0]!] : samples;
  draft.input({ name, shape });
  const own = first
    ? [0, dims.length - 1, ...samples.slice(1).map((_, axis) => axis + 1)]
    : undefined;
  let next = 1;
  return { ...view, axes: own ?? dims.map((_, axis) => axis === batch ? 0 : next++) };
}

/** Fills in the extents besides the batch that a file leaves open. Throws where others are not those that are asked for. */
function filled(
  { name }: GraphInput,
  dims: number[],
  batch: number,
  { sample, first }: { readonly sample: readonly number[]; readonly first: boolean },
): void {
  const asked = first ? [sample.at(-1)!, ...sample.slice(0, -1)] : [...sample];
  const own = dims.filter((_, axis) => axis !== batch);
  const fits = asked.length === own.length &&
    own.every((extent, axis) => extent === 0 || extent === asked[axis]);
  if (!fits) {
    const shown = own.map((extent) => extent === 0 ? "open" : extent).join("×");
    throw new UnreadableModelError(
      `Cannot read input ${quoted(name)}: its samples are ${shown}, and \`input\` says ${
        sample.join("×")
      }`,
      { field: "input", help: "sizes that the file says stay; channels of images come last" },
    );
  }
  for (const axis of dims.keys()) if (axis !== batch) dims[axis] = asked.shift()!;
}

/** A mask tells which tokens are none of padding; all are of the first segment. */
function besideTokens(role: "mask" | "types", tokens: GraphValue | undefined): GraphValue {
  if (tokens?.use !== "view" || tokens.dims.length !== 2) {
    throw new UnreadableModelError("Cannot read the model: it has a mask and no tokens beside it");
  }
  if (role === "types") return uniform([1, tokens.dims[1]!], 0);
  return { use: "pattern", of: "mask", x: tokens, seen: 1, hidden: 0 };
}

/** The layer that an output of the graph is. */
function ending(
  draft: OnnxDraft,
  value: GraphValue | undefined,
  name: string,
  node?: GraphNode,
): string {
  if (value?.use !== "view" || draft.layer(value.layer) === undefined) {
    const what = `what leaves the model here is ${
      value?.use === "pattern" ? `a value inside ${patternName(value.of)}` : "no value of a layer"
    }`;
    throw node
      ? nodeError(node, what)
      : new UnreadableModelError(`Cannot read output ${quoted(name)}: ${what}`);
  }
  // Images leave with channels last, as all of ours. Numbers along one axis of an image, or along none, are told from a
  // sequence by nothing, and leave in the order of the graph: of channels along rows the channels come first.
  return arranged(draft, value, value.dims.length === 4 ? ownOrder(value) : sampleAxes(value));
}

function whole(
  { classes }: OperatorGraph,
  draft: OnnxDraft,
  outputs: readonly string[],
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
    classes,
    established: {},
    learned: true,
    quantization: null,
  };
  weightSlots(model);
  return model;
}
