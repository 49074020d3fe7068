/** Small graph-models: as files, as models that are read from them, and their answers by those and by tfjs-converter. */
import assert from "node:assert/strict";
import { sizeOf } from "../../../../../engine/shape.ts";
import { type Tensor, withTensors } from "../../../../../engine/tensor/mod.ts";
import { readGraphModel } from "../../../../../ops/formats/tfjs/graph/read_graph_model.ts";
import { inferLogits } from "../../../../../ops/model/infer.ts";
import type { Model } from "../../../../../ops/model/model.ts";
import { assertClose, softmaxRows } from "../../../../close.ts";
import { loadTfConverter } from "../../../../deps.ts";

type Attributes = Readonly<Record<string, object>>;

const base64 = (text: string) => new TextEncoder().encode(text).toBase64();

/** Attributes of nodes as tfjs writes them. */
export const i = (value: number) => ({ i: String(value) });
export const f = (value: number) => ({ f: value });
export const b = (value: boolean) => ({ b: value });
export const s = (value: string) => ({ s: base64(value) });
export const ints = (...values: number[]) => ({ list: { i: values.map(String) } });
export const texts = (...values: string[]) => ({ list: { s: values.map(base64) } });

/** A graph under construction. */
export interface Building {
  /** The input. */
  readonly x: string;
  node(name: string, op: string, inputs: readonly string[], attr?: Attributes): string;
  /** Numbers, unlike one another where none are given. */
  floats(name: string, shape: readonly number[], values?: readonly number[]): string;
  whole(name: string, values: readonly number[] | number, shape?: readonly number[]): string;
}

/** Builds on the input; gives the names of what leaves. */
export type Build = (graph: Building) => string | readonly string[];

const FLOATS = { dtype: { type: "DT_FLOAT" } };

/** The `model.json` and the bytes of its one shard. */
export function graphFiles(shape: readonly (number | null)[], build: Build) {
  const dim = [null, ...shape].map((extent) => ({ size: String(extent ?? -1) }));
  const node: object[] = [
    { name: "x", op: "Placeholder", attr: { ...FLOATS, shape: { shape: { dim } } } },
  ];
  const weights: { name: string; shape: readonly number[]; dtype: string }[] = [];
  const bytes: Uint8Array[] = [];
  const constant = (
    name: string,
    shape: readonly number[],
    values: Float32Array | Int32Array,
    type: "float32" | "int32",
  ) => {
    const dtype = { type: type === "int32" ? "DT_INT32" : "DT_FLOAT" };
    const tensor = {
      dtype: dtype.type,
      tensorShape: { dim: shape.map((size) => ({ size: String(size) })) },
    };
    node.push({ name, op: "Const", attr: { dtype, value: { tensor } } });
    weights.push({ name, shape, dtype: type });
    bytes.push(new Uint8Array(values.buffer));
    return name;
  };
  const left = [build({
    x: "x",
    node(name, op, input, attr = {}) {
      node.push({ name, op, input, attr: { T: { type: "DT_FLOAT" }, ...attr } });
      return name;
    },
    floats: (name, shape, values) =>
      constant(
        name,
        shape,
        Float32Array.from({ length: sizeOf(shape) }, (_, at) =>
          values?.[at] ?? Math.sin(at * 2.3 + name.length)),
        "float32",
      ),
    whole: (name, values, shape) =>
      constant(
        name,
        shape ?? (typeof values === "number" ? [] : [values.length]),
        Int32Array.from([values].flat()),
        "int32",
      ),
  })].flat();
  const outputs = Object.fromEntries(
    left.map((
      name,
    ) => [name, { name: name.includes(":") ? name : `${name}:0`, dtype: "DT_FLOAT" }]),
  );
  return {
    json: {
      format: "graph-model",
      signature: { outputs },
      modelTopology: { node, versions: { producer: 1 } },
      weightsManifest: [{ paths: ["w.bin"], weights }],
    },
    shard: new Uint8Array(bytes.flatMap((each) => [...each])),
  };
}

/** The model of a graph. */
export function graphModel(shape: readonly (number | null)[], build: Build): Model {
  const { json, shard } = graphFiles(shape, build);
  return readGraphModel(json, () => shard);
}

/** The answers of tfjs-converter to samples, of each output. */
async function converterAnswers(
  { json, shard }: ReturnType<typeof graphFiles>,
  x: Float32Array,
  shape: readonly number[],
): Promise<readonly Float32Array[]> {
  const { loadGraphModel } = await loadTfConverter();
  return await withTensors(async ({ tf }) => {
    const before = tf.getBackend();
    tf.env().set("PROD", true);
    await tf.setBackend("cpu");
    try {
      const { modelTopology, signature, weightsManifest: [group] } = json;
      const model = await loadGraphModel(tf.io.fromMemory({
        ...{ format: "graph-model", modelTopology, signature },
        weightSpecs: group!.weights as never,
        weightData: shard.buffer as ArrayBuffer,
      }));
      const input = tf.tensor(x, [x.length / sizeOf(shape), ...shape]);
      const given = [model.execute(input, model.outputNodes) as Tensor | Tensor[]].flat();
      const answers = given.map((each) => Float32Array.from(each.dataSync()));
      for (const each of [input, ...given]) each.dispose();
      model.dispose();
      return answers;
    } finally {
      await tf.setBackend(before);
    }
  });
}

/** Throws where a graph's model does not answer as tfjs-converter does to two samples. */
export async function assertAsConverter(
  shape: readonly number[],
  build: Build,
  { tolerance = 1e-5 }: { readonly tolerance?: number } = {},
): Promise<Model> {
  const files = graphFiles(shape, build);
  const model = readGraphModel(files.json, () => files.shard);
  const x = Float32Array.from({ length: 2 * sizeOf(shape) }, (_, at) => Math.sin(at * 1.7) * 2);
  const [expected] = await converterAnswers(files, x, shape);
  const samples = { count: 2, x, y: null };
  const logits = await withTensors((room) => inferLogits(room, model, samples));
  const found = model.head === "softmax"
    ? softmaxRows(logits, logits.length / 2)
    : model.head === "sigmoid"
    ? logits.map((z) => 1 / (1 + Math.exp(-z)))
    : logits;
  assert.ok(expected!.some((each) => each !== 0));
  assertClose(found, expected!, tolerance);
  return model;
}

/** The kinds of a model's layers with their activations. */
export const kindsOf = ({ layers }: Model): readonly string[] =>
  layers.map((layer) =>
    "activation" in layer && layer.activation !== "linear"
      ? `${layer.kind}+${layer.activation}`
      : layer.kind
  );
