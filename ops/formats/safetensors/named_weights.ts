/**
 * Which tensors of a file are which weights of a network of the zoo: by our names, or for BERT by those of published
 * checkpoints (transformers' `BertForSequenceClassification`, `DistilBertForSequenceClassification`).
 */
import { sameShape, show, sizeOf } from "../../../engine/shape.ts";
import type { WeightSlot } from "../../model/layers.ts";
import { floatsOf, type SafetensorsFile, type StoredTensor } from "./safetensors_file.ts";

/** How a checkpoint calls the layers of an encoder. */
interface Dialect {
  /** What stands before a name: the model's own, or nothing where the encoder alone was saved. */
  readonly prefixes: readonly string[];
  /** Of a block, before its number from 0 on. */
  readonly block: string;
  /** Our layers of BERT outside and inside of blocks, and theirs. */
  readonly layers: Readonly<Record<string, string>>;
  readonly inBlock: Readonly<Record<string, string>>;
}

const EMBEDDING = {
  "embedding.tokens": "embeddings.word_embeddings",
  "embedding.positions": "embeddings.position_embeddings",
  "embedding.norm": "embeddings.LayerNorm",
  "head.dense": "classifier",
};

const DIALECTS: readonly Dialect[] = [
  {
    prefixes: ["bert.", ""],
    block: "encoder.layer.",
    layers: { ...EMBEDDING, "head.pooler": "pooler.dense" },
    inBlock: {
      "attention.query": "attention.self.query",
      "attention.key": "attention.self.key",
      "attention.value": "attention.self.value",
      "attention.output": "attention.output.dense",
      norm1: "attention.output.LayerNorm",
      "feedforward.dense1": "intermediate.dense",
      "feedforward.dense2": "output.dense",
      norm2: "output.LayerNorm",
    },
  },
  {
    prefixes: ["distilbert.", ""],
    block: "transformer.layer.",
    layers: { ...EMBEDDING, "head.pooler": "pre_classifier" },
    inBlock: {
      "attention.query": "attention.q_lin",
      "attention.key": "attention.k_lin",
      "attention.value": "attention.v_lin",
      "attention.output": "attention.out_lin",
      norm1: "sa_layer_norm",
      "feedforward.dense1": "ffn.lin1",
      "feedforward.dense2": "ffn.lin2",
      norm2: "output_layer_norm",
    },
  },
];

/** The oldest checkpoints call the numbers of a normalisation as we do. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  kernel: ["weight"],
  bias: ["bias"],
  gamma: ["weight", "gamma"],
  beta: ["bias", "beta"],
};
const SEGMENTS = "embeddings.token_type_embeddings.weight";

/** Where in a file a weight is, and what has to be done with it. */
interface TensorSource {
  readonly name: string;
  /** A matrix is [outputs, inputs] there. */
  readonly transposed?: boolean;
  /** Rows that are more than the network has are left out: positions behind the longest text. */
  readonly firstRows?: boolean;
  /** Another tensor whose first row is added to every row, if the file has it. */
  readonly plusFirstRowOf?: string;
}

/**
 * The values of a weight; undefined where the file has none. Tensors are found by our names, `layer/role`, else by those
 * of the family's published checkpoints. Throws a RangeError where one is of another shape.
 */
export function weightNamed(
  { tensors }: SafetensorsFile,
  family: string,
  slot: WeightSlot,
): Float32Array | undefined {
  const has = (name: string) => tensors.has(name);
  const published = family === "bert" ? bertTensor(slot.name, has) : undefined;
  const source: TensorSource | undefined = has(slot.name) ? { name: slot.name } : published;
  const tensor = source && tensors.get(source.name);
  if (source === undefined || tensor === undefined) return undefined;
  const [rows, columns] = tensor.shape as [number, number];
  const fits = source.transposed
    ? sameShape([columns, rows], slot.shape) && tensor.shape.length === 2
    : source.firstRows
    ? columns === slot.shape[1] && rows >= slot.shape[0]!
    : sameShape(tensor.shape, slot.shape);
  if (!fits) {
    throw new RangeError(
      `its \`${source.name}\` is ${show(tensor.shape)}, and \`${slot.name}\` is ${
        show(slot.shape)
      }` + (source.transposed ? " the other way round" : ""),
    );
  }
  const values = floatsOf(tensor);
  if (source.transposed) return turned(values, rows, columns);
  return plusFirstRow(
    values.slice(0, sizeOf(slot.shape)),
    columns,
    tensors.get(source.plusFirstRowOf ?? ""),
  );
}

function turned(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = values[row * columns + column]!;
    }
  }
  return result;
}

function plusFirstRow(values: Float32Array, columns: number, other?: StoredTensor): Float32Array {
  if (other === undefined) return values;
  const row = floatsOf(other).subarray(0, columns);
  return values.map((value, at) => value + row[at % columns]!);
}

/** The name of the tensor that a published checkpoint has for a weight of ours; undefined where it has none. */
export function publishedTensor(
  { tensors }: SafetensorsFile,
  family: string,
  weight: string,
): string | undefined {
  return family === "bert" ? bertTensor(weight, (name) => tensors.has(name))?.name : undefined;
}

/** Where a checkpoint has a weight of ours, of the tensors that it `has`; undefined where it has none. */
function bertTensor(weight: string, has: (name: string) => boolean): TensorSource | undefined {
  const [layer, role] = weight.split("/") as [string, string];
  const [, number, inside] = /^block(\d+)\.(.+)$/.exec(layer) ?? [];
  for (const { prefixes, block, layers, inBlock } of DIALECTS) {
    const theirs = number === undefined
      ? layers[layer]
      : inBlock[inside!] && `${block}${Number(number) - 1}.${inBlock[inside!]}`;
    if (theirs === undefined) continue;
    for (const prefix of prefixes) {
      const name = ROLES[role]?.map((each) => `${prefix}${theirs}.${each}`).find(has);
      if (name === undefined) continue;
      if (layer === "embedding.tokens") return { name };
      // One segment is all that we have: its row is part of every position.
      if (layer === "embedding.positions") {
        return { name, firstRows: true, plusFirstRowOf: `${prefix}${SEGMENTS}` };
      }
      return { name, transposed: role === "kernel" };
    }
  }
  return undefined;
}
