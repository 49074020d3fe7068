/** A data set in memory: meta and three parts, each hashed separately so that ops see only what they declare. */
import { canonicalBytes, type Digest, digestOf, type Json } from "../../engine/digest.ts";
import { given } from "../../engine/given.ts";
import type { Kind, Pictures } from "../../engine/kind.ts";
import {
  type DatasetFacts,
  type Input,
  input,
  type InputOptions,
  type Task,
} from "../../engine/op.ts";
import { listed } from "../../engine/quote.ts";
import { isStored, type LargeArray, packArrays, unpackStored } from "../../engine/pack.ts";
import type { StoredBytes } from "../../engine/run_context.ts";
import type { Vocabulary } from "./text/vocabulary.ts";

export type PartName = "train" | "validation" | "test";

/** The parts, in the order in which they are listed everywhere. */
export const PART_NAMES: readonly PartName[] = ["train", "validation", "test"];

/** The values of samples, one sample after another, in memory. */
export type HeldValues = Uint8Array | Float32Array | Int32Array;

/** The same, or bytes in a file. */
export type Values = HeldValues | StoredBytes;

/** Whether values are bytes, as those of pictures are. */
export const isBytes = (x: Values): x is Uint8Array | StoredBytes =>
  x instanceof Uint8Array || isStored(x);

/** Values that are held: all of those that lie in a file are read. */
export const heldValues = (x: Values): HeldValues => isStored(x) ? x.subarray(0) : x;

/** One part. Samples lie one after another in `x`; labels in `y`. */
export interface Part<X extends Values = Values> {
  readonly count: number;
  /** As stored: bytes of images, in a file where they are more than is to be held; floats of tables, token numbers. */
  readonly x: X;
  /**
   * Null where there are none. Classes: their indices, one per sample, or of next tokens one per place in it. Targets:
   * [count × outputs]. Several labels: the same, 1 where a sample has the label and 0 where not.
   */
  readonly y: Int32Array | Float32Array | null;
}

/** A column of a table as samples have it, and what was learned of it on train. */
export type CodedColumn =
  /** Numbers; `fill` stands for a missing one. */
  | { readonly name: string; readonly fill?: number }
  /** Categories, in the order of their codes; `fill` stands for a missing one, `unknown` is a column of their own for others. */
  | {
    readonly name: string;
    readonly code: "one-hot" | "integer";
    readonly categories: readonly string[];
    readonly fill?: string;
    readonly unknown?: boolean;
  }
  /** 1 where the cell of the column at this place is missing, 0 where not. */
  | { readonly name: string; readonly missing: number };

/** Shapes and names; no counts, so it does not change with the test set. */
export interface Meta {
  /** Shape of one sample. */
  readonly input: readonly number[];
  readonly type: "uint8" | "float32" | "int32";
  readonly task: Task;
  /** In index order; empty where there are none. */
  readonly classes: readonly string[];
  /** Of a regression the names of its targets where the source names them, in the order of the outputs. */
  readonly targets?: readonly string[];
  /** There where nobody has labelled the samples. */
  readonly labels?: "none";
  /** Width of the answer; 0 where neither labels nor names of classes say it. */
  readonly outputs: number;
  /** value · scale + offset, per last axis or one for all; learned on train where it is learned. */
  readonly normalize: { readonly scale: readonly number[]; readonly offset: readonly number[] };
  /** There where samples are token numbers: what they mean. */
  readonly text?: Vocabulary;
  /** There where samples are rows of a table in which cells are missing or are categories: what the columns are. */
  readonly columns?: readonly CodedColumn[];
}

/** The note in which a step keeps the names of columns that are plain numbers: no digest depends on what they are called. */
export const COLUMNS_NOTE = "columns";

/** A data set; parts that a step did not declare are absent. */
export interface Dataset<X extends Values = Values> {
  /** Shapes and names. */
  readonly meta: Meta;
  /** What was read of it. */
  readonly parts: Readonly<Partial<Record<PartName, Part<X>>>>;
}

/** How many labels each sample has: one, or one per place where every next token is asked for. */
export function labelsPerSample({ length }: Int32Array, count: number): number {
  return count === 0 ? 1 : length / count;
}

/** A part that must be there. Throws where the step did not declare it, which is a bug of that op. */
export function part<X extends Values>(data: Dataset<X>, name: PartName): Part<X> {
  const found = data.parts[name];
  if (found === undefined) throw new Error(`internal: the step reads ${name} without declaring it`);
  return found;
}

/**
 * Canonical form: meta, and per part its arrays' table. `parts` names each of them by the digest of its own
 * entry, so that the key of a step holds only what the step reads. Absent parts are not written.
 */
export const datasetKind: Kind<Dataset> = {
  name: "dataset",
  encode({ meta, parts }) {
    const blobs = new Map<Digest, Uint8Array>();
    const stored: StoredBytes[] = [];
    const digests: Record<string, Digest> = { meta: digestOfJson(meta as unknown as Json) };
    const rows: Record<string, Json> = {};
    for (const name of PART_NAMES) {
      const found = parts[name];
      if (found === undefined) continue;
      const packed = packArrays(arraysOf(found, meta));
      for (const [digest, bytes] of packed.blobs) blobs.set(digest, bytes);
      stored.push(...packed.stored);
      const row = { count: found.count, table: packed.table };
      rows[name] = row;
      digests[name] = digestOfJson(row);
    }
    return {
      manifest: { kind: "dataset", meta, parts: rows } as unknown as Json,
      blobs,
      ...given({ stored: stored.length > 0 ? stored : undefined }),
      parts: digests,
    };
  },
  async decode(manifest, read, wanted = PART_NAMES) {
    const { meta, parts: rows } = manifest as unknown as {
      meta: Meta;
      parts: Partial<Record<PartName, { count: number; table: Json }>>;
    };
    const parts: Partial<Record<PartName, Part>> = {};
    for (const name of PART_NAMES) {
      const row = rows[name];
      if (row === undefined || !wanted.includes(name)) continue;
      const { x, y } = await unpackStored(row.table, read);
      parts[name] = {
        count: row.count,
        x: x!.data as Part["x"],
        y: y === undefined ? null : y.data as Int32Array | Float32Array,
      };
    }
    return { meta, parts };
  },
  facts(manifest) {
    const { meta, parts } = manifest as unknown as CountedManifest;
    return { ...factsOf(meta), ...given({ test: parts.test?.count === 0 ? "none" : undefined }) };
  },
  describe(manifest) {
    return describeManifest(manifest as unknown as CountedManifest);
  },
  async pictures(manifest, read, name, samples) {
    const { meta, parts } = await datasetKind.decode(manifest, read, [name]);
    const found = parts[name as PartName];
    return found && picturesOf(meta, found, samples);
  },
};

/** What is known of a data set by its meta. */
export function factsOf({ input, outputs, classes, task, text, labels }: Meta): DatasetFacts {
  return {
    kind: "dataset",
    task,
    input,
    ...given({
      outputs: outputs > 0 ? outputs : undefined,
      text: text && { vocabulary: text.tokens.length },
      labels,
      classes: classes.length > 0 ? classes : undefined,
    }),
  };
}

/**
 * Declares a data set as an input, of which only `parts` (and always meta) are read and keyed. No part at all
 * means that these parameters need no data; `["meta"]` alone is asked for by that name.
 */
export function datasetInput<
  const O extends Pick<InputOptions, "optional" | "needed"> = Record<never, never>,
>(
  description: string,
  // deno-lint-ignore no-explicit-any
  parts: PartNames | ((params: any) => PartNames),
  options?: O,
): Input<Dataset, O extends { optional: true } ? true : false, false> {
  const declared = typeof parts === "function" ? parts : () => parts;
  // deno-lint-ignore no-explicit-any
  const withMeta = (params: any): readonly string[] => {
    const names = declared(params);
    return names.length === 0 ? [] : ["meta", ...names.filter((name) => name !== "meta")];
  };
  return input(datasetKind, description, { ...options, parts: withMeta }) as Input<
    Dataset,
    O extends { optional: true } ? true : false,
    false
  >;
}

type PartNames = readonly (PartName | "meta")[];

function arraysOf({ count, x, y }: Part, meta: Meta): Record<string, LargeArray> {
  const inputs = { x: { shape: [count, ...meta.input], data: x } };
  if (y === null) return inputs;
  const places = y instanceof Int32Array ? labelsPerSample(y, count) : meta.outputs;
  const shape = y instanceof Int32Array && places === 1 ? [count] : [count, places];
  return { ...inputs, y: { shape, data: y } };
}

function digestOfJson(value: Json): Digest {
  return digestOf(canonicalBytes(value));
}

/** What a description reads of a manifest. */
interface CountedManifest {
  readonly meta: Meta;
  readonly parts: Readonly<Partial<Record<PartName, { readonly count: number }>>>;
}

/** Names and words, in the order in which a person asks. */
function describeManifest({ meta, parts }: CountedManifest): Record<string, string> {
  const counts = PART_NAMES.flatMap((name) => parts[name] ? [`${parts[name].count} ${name}`] : []);
  return {
    samples: counts.join(", "),
    ...given({ labels: meta.labels }),
    stored: meta.type,
    ...given({
      normalisation: meta.text === undefined ? normalisation(meta.normalize) : undefined,
      vocabulary: meta.text && `${meta.text.tokens.length} tokens`,
      columns: meta.columns && columnsText(meta.columns),
    }),
  };
}

/** `3 of numbers, 2 of categories (island 3, sex 2), 1 of what is missing`. */
function columnsText(columns: readonly CodedColumn[]): string {
  const coded = columns.flatMap((column) => "categories" in column ? [column] : []);
  const missing = columns.filter((column) => "missing" in column).length;
  const numbers = columns.length - coded.length - missing;
  const named = coded.map(({ name, categories }) => `${name} ${categories.length}`);
  return [
    ...numbers > 0 ? [`${numbers} of numbers`] : [],
    ...coded.length > 0 ? [`${coded.length} of categories (${listed(named)})`] : [],
    ...missing > 0 ? [`${missing} of what is missing`] : [],
  ].join(", ");
}

/** `value × 0.00392`, per channel where channels differ. */
function normalisation({ scale, offset }: Meta["normalize"]): string {
  const steps = scale.map((factor, at) => stepText(factor, offset[at] ?? offset[0] ?? 0));
  const all = [...new Set(steps)];
  if (all.length <= 4) return all.join("; ");
  return `${all.slice(0, 3).join("; ")}; and ${all.length - 3} more, each column its own`;
}

function stepText(scale: number, offset: number): string {
  const factor = scale === 1 ? "value" : `value × ${short(scale)}`;
  if (offset === 0) return factor;
  return `${factor} ${offset < 0 ? "−" : "+"} ${short(Math.abs(offset))}`;
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

/** The pictures of some samples; undefined where a sample is no picture of one or three channels. */
export function picturesOf(
  { input }: Meta,
  { x, count }: Part,
  samples: readonly number[],
): Pictures | undefined {
  const [height, width, channels = 1] = input;
  if (height === undefined || width === undefined || input.length > 3) return undefined;
  if (channels !== 1 && channels !== 3 || x instanceof Int32Array) return undefined;
  const size = height * width * channels;
  const chosen = samples.filter((sample) => sample < count);
  const pixels = new Uint8Array(chosen.length * size);
  chosen.forEach((sample, at) => {
    pixels.set(bytesOf(x.subarray(sample * size, (sample + 1) * size)), at * size);
  });
  return { width, height, channels, pixels };
}

/** Bytes as they are; floats from the least of a picture to its greatest. */
function bytesOf(values: HeldValues): Uint8Array {
  if (values instanceof Uint8Array) return values;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const range = high - low;
  return Uint8Array.from(
    values,
    (value) => range === 0 ? 0 : Math.round(255 * (value - low) / range),
  );
}
