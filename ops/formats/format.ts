/**
 * What a format of models' files is: everything about it in one object, in a folder of its own, and one line in
 * `formats.ts`. What computes is loaded when it is called.
 */
import type { IntegerFacts } from "../../engine/facts.ts";
import type { Static, TObject } from "../../engine/field.ts";
import type { Files } from "../../engine/kind.ts";
import type { Package, RunContext } from "../../engine/op.ts";
import type { Room } from "../../engine/tensor/mod.ts";
import type { ReadContext } from "../../engine/thread.ts";
import type { Labels } from "../model/feed.ts";
import type { Model, Quantization } from "../model/model.ts";
import type { AskedModel } from "./asked.ts";
import type { Runtime } from "./runtime.ts";

/** A format of files. */
export interface ModelFormat<N extends string = string> {
  /** As recipes call it. */
  readonly name: N;
  /** Whether bytes begin as such a file does; absent where nothing tells it. */
  magic?(bytes: Uint8Array): boolean;
  /** What is said of such a file where a network is looked for and this format gives none. */
  readonly refusal?: FormatRefusal;
  /** Absent: no model is read from it. */
  readonly read?: FormatReader;
}

/** Why a file is not read, and a way to what is. */
export interface FormatRefusal {
  /** As a predicate: `is empty`. */
  readonly what: string;
  readonly help: string;
  /** The help goes on with what can be read. */
  readonly readable?: true;
}

/** Why integers have no form in a format, as a sentence, and ways out. */
export interface IntegerRefusal {
  readonly message: string;
  readonly help: string;
}

/** How a model is read from files. */
export interface FormatReader {
  /** What a recipe names, as help says it. */
  readonly field: string;
  /** The same in an error. */
  readonly what: string;
  /** Files that a file of a source names, relative to it. */
  beside(bytes: Uint8Array, source: string): readonly string[];
  /** The model, as it is asked for, and the files that hold it. Throws an UnreadableModelError that says what is wrong with them. */
  load(from: string, context: RunContext, asked: AskedModel): Promise<ReadModel>;
}

/** A model, and the files that it was read from, as they lie. */
export interface ReadModel {
  readonly model: Model;
  readonly files: readonly Uint8Array[];
}

/** What a reader adds to its sentence. */
interface ReaderHint {
  /** A way out. */
  readonly help?: string;
  /** The help goes on with what can be read. */
  readonly readable?: true;
  /** The field of the recipe that is wrong; absent: the one that names the files. */
  readonly field?: keyof AskedModel;
  /** A file that is not what its name says: where its bytes tell another format, that is said instead. */
  readonly file?: { readonly name: string; readonly bytes: Uint8Array };
}

/**
 * What a reader could not take from files. The message is a sentence that names the place. A reader knows its own format
 * alone: what else can be read, and what other files are, is added by who calls it.
 */
export class UnreadableModelError extends Error {
  override readonly name = "UnreadableModelError";
  constructor(message: string, readonly hint: ReaderHint = {}) {
    super(message);
  }
}

/** How a model of Keras becomes one that can be read, in the help of errors about files that hold none. */
export const FROM_KERAS =
  'save the Keras model whole: model.save("net.keras"), then from: ./net.keras';

type FieldSchemas = TObject["properties"];

/** A format that models are written in. */
export interface ExportFormat<
  N extends string = string,
  // deno-lint-ignore no-explicit-any
  P extends FieldSchemas = any,
  R extends string = string,
> extends ModelFormat<N> {
  /** What a recipe can say of it, besides `tolerance`; its description is the format's. */
  readonly fields: TObject<P>;
  /** Why files cannot hold such integers between layers, as far as bits and ranges tell it; default: they hold all. */
  refuses?(integers: IntegerFacts, options: Static<TObject<P>>): IntegerRefusal | undefined;
  /** The files; the same bytes for the same model. Throws a RangeError where the model has no form there. */
  write(model: Model, options: Static<TObject<P>>): Promise<Files>;
  readonly verify: Verification<Static<TObject<P>> & { readonly tolerance: number }>;
  /** The runtime in which files are timed; absent: none but ours reads them. */
  readonly runtime?: Runtime<R>;
}

/** How written files are held against the model that they were made of. */
interface Verification<Options> {
  /** What computes the files' answers, as a note says it. */
  readonly runtime: string;
  /** The package that it comes in, where that is large. */
  readonly package?: Package;
  /**
   * The integer arithmetic in which the files compute the answers of a quantized model, so that they are compared with
   * that model in the same arithmetic. A value: these rules, where they are not the model's own (ONNX rounds otherwise).
   * null: the files compute in floats, with decoded weights. No such method: in the model's own arithmetic.
   */
  arithmetic?(quantization: Quantization, options: Options): Quantization | null;
  /** What `load` makes of the files; undefined for a model that it cannot read back. */
  reread?(files: Files, model: Model): Promise<Model | undefined>;
  /** Computes the files' answers. Throws a DifferenceError where a value inside is wrong. */
  run(asked: {
    readonly room: Room;
    readonly files: Files;
    /** With the arithmetic that the files have. */
    readonly model: Model;
    readonly samples: ShownSamples;
    readonly options: Options;
    readonly signal: AbortSignal;
  }): Promise<FileAnswers>;
}

/** Samples as a part, and the rows that further inputs read of their labels. */
export interface ShownSamples {
  readonly count: number;
  readonly x: Float32Array;
  readonly y: Labels;
  readonly conditions: readonly { readonly x: Float32Array; readonly shape: readonly number[] }[];
}

/** Logits, and where integers were compared one by one how far one is at most from its real, in steps. */
export interface FileAnswers {
  readonly logits: Float32Array;
  readonly rounding?: number;
}

/** A format that models are written in, the types of its fields and the name of its runtime kept. */
export function defineExport<
  const N extends string,
  P extends FieldSchemas,
  const R extends string = never,
>(format: ExportFormat<N, P, R>): ExportFormat<N, P, R> {
  return format;
}

/** A format of one's own: what `load` does with it, and `export` where it is written. */
export interface OwnFormat {
  readonly writes?: ExportFormat;
  /** The model of files by their names; of a model that is loaded, the one file that the recipe names. */
  readonly read: (files: Files, context: ReadContext) => Model | Promise<Model>;
}

/** The check of files that no runtime but ours reads: they are decoded and run. */
export function decodedAgain(decode: (files: Files) => Promise<Model>): Verification<unknown> {
  return {
    runtime: "the file decoded again",
    async run({ room, files, samples }) {
      const { inferLogits } = await import("../model/infer.ts");
      return { logits: await inferLogits(room, await decode(files), samples) };
    },
  };
}

/** A test of a file's first bytes: these characters or numbers, from `at` on. */
export const begins = (signature: string | readonly number[], at = 0) =>
(
  bytes: Uint8Array,
): boolean =>
  [...signature].every((each, i) =>
    bytes[at + i] === (typeof each === "string" ? each.charCodeAt(0) : each)
  );
