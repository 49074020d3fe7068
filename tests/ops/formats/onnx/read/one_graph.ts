/** Small ONNX graphs: as files, as models that are read from them, and their answers by those and by ONNX Runtime. */
import assert from "node:assert/strict";
import {
  fromBinary,
  type ModelProto,
  ModelProtoSchema,
  toBinary,
} from "../../../../../engine/deps/onnx_buf.ts";
import { given } from "../../../../../engine/given.ts";
import { sizeOf } from "../../../../../engine/shape.ts";
import { withTensors } from "../../../../../engine/tensor/mod.ts";
import { emptyGraph, type OnnxGraph } from "../../../../../ops/formats/onnx/graph.ts";
import { modelProto } from "../../../../../ops/formats/onnx/model_proto.ts";
import { readOnnx } from "../../../../../ops/formats/onnx/read/read_onnx.ts";
import { runOnnx } from "../../../../../ops/formats/onnx/run_onnx.ts";
import { inferLogits } from "../../../../../ops/model/infer.ts";
import type { Model } from "../../../../../ops/model/model.ts";
import { assertClose, softmaxRows } from "../../../../close.ts";

/** Builds on the input `x`; returns the name of what leaves. */
type Build = (graph: OnnxGraph, x: string) => string;

/** The file of a graph that reads samples of a shape, as an exporter writes it. */
export function graphFile(
  shape: readonly number[],
  build: Build,
  { opset = 17, change = () => {} }: {
    readonly opset?: number;
    readonly change?: (model: ModelProto) => void;
  } = {},
): Uint8Array {
  const graph = emptyGraph(["x", "y"]);
  graph.output("y", "Identity", [build(graph, "x")]);
  const bytes = modelProto(graph, {
    ...{ name: "g", opset, metadata: {} },
    inputs: [{ name: "x", shape }],
    // Runtimes find the shape out, and it is not looked at.
    outputs: [{ name: "y", shape: [] }],
  });
  const model = fromBinary(ModelProtoSchema, bytes);
  const type = model.graph!.output[0]!.type!.value;
  if (type.case === "tensorType") delete type.value.shape;
  // Decant's own files have channels last.
  model.producerName = "test";
  change(model);
  return toBinary(ModelProtoSchema, model);
}

/** The model of a graph. */
export const graphModel = (...args: Parameters<typeof graphFile>): Model =>
  readOnnx(graphFile(...args), "g.onnx");

/** The kinds of a model's layers with their activations. */
export const kindsOf = ({ layers }: Model): readonly string[] =>
  layers.map((layer) =>
    "activation" in layer && layer.activation !== "linear"
      ? `${layer.kind}+${layer.activation}`
      : layer.kind
  );

/** Samples of images, channels first, with channels last. */
export function channelsLast(x: ArrayLike<number>, shape: readonly number[]): Float32Array {
  const [channels = 1, ...space] = shape;
  const pixels = sizeOf(space);
  const result = new Float32Array(x.length);
  for (let at = 0; at < x.length; at++) {
    const [sample, rest] = [Math.floor(at / (channels * pixels)), at % (channels * pixels)];
    const place = (sample * pixels + rest % pixels) * channels + Math.floor(rest / pixels);
    result[place] = x[at]!;
  }
  return result;
}

/** What a model answers to samples as it reads them. */
export async function answersOf(
  model: Model,
  count: number,
  x: ArrayLike<number>,
): Promise<Float32Array> {
  const samples = { count, x: Float32Array.from(x), y: null };
  return await withTensors((room) => inferLogits(room, model, samples));
}

/** Throws where a graph's model does not answer as ONNX Runtime does; images have channels first in the graph. */
export async function assertAsRuntime(
  shape: readonly number[],
  build: Build,
  { opset = 17, change, images = shape.length > 2, answers = [], head = "none" }: {
    readonly opset?: number;
    readonly change?: (model: ModelProto) => void;
    readonly images?: boolean;
    /** Of answers that are images: their shape in the graph. */
    readonly answers?: readonly number[];
    /** That of the graph is a softmax over the channels of pixels. */
    readonly head?: "softmax" | "none";
  } = {},
): Promise<Model> {
  const file = graphFile(shape, build, { opset, ...given({ change }) });
  const model = readOnnx(file, "g.onnx");
  const x = Float32Array.from({ length: 2 * sizeOf(shape) }, (_, i) => Math.sin(i * 1.7) * 2);
  const { y } = await runOnnx({ "model.onnx": file }, { x, shape });
  const logits = await answersOf(model, 2, images ? channelsLast(x, shape) : x);
  assert.equal(model.head, head);
  const found = head === "softmax" ? softmaxRows(logits, answers[0]!) : logits;
  const expected = y as Float32Array;
  assertClose(found, answers.length > 0 ? channelsLast(expected, answers) : expected, 1e-5);
  return model;
}

/** What a model answers to its author's samples, and what the author says, both channels last. */
export async function asAuthor(
  model: Model,
  { x, shape, y, outputs }: Readonly<Record<"x" | "shape" | "y" | "outputs", readonly number[]>>,
): Promise<{ readonly found: number[]; readonly wanted: number[] }> {
  const sample = shape.slice(1);
  const first = sample.length === 3 || model.inputs[0]!.shape.join() !== sample.join();
  const logits = await answersOf(model, shape[0]!, first ? channelsLast(x, sample) : x);
  const found = model.head === "softmax"
    ? softmaxRows(logits, outputs.at(-1)!)
    : model.head === "sigmoid"
    ? logits.map((z) => 1 / (1 + Math.exp(-z)))
    : logits;
  const wanted = outputs.length === 4 ? channelsLast(y, outputs.slice(1)) : y;
  return { found: [...found], wanted: [...wanted] };
}
