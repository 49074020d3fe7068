/** What a running op may use of the world around it. */
import type { Digest, Json } from "./digest.ts";

/** Where a long op keeps its state, so that a killed run continues. One per key. */
export interface Checkpoints {
  /** The bytes saved last under this key, verified; undefined if there are none. */
  load(): Promise<Uint8Array | undefined>;
  /** Replaces what was saved before. */
  save(state: Uint8Array): Promise<void>;
}

/**
 * Bytes that lie in a file and are read by range: those that are more than a run is to hold. They are good while the step
 * runs that got them.
 */
export interface StoredBytes {
  /** Of all of them. */
  readonly digest: Digest;
  /** How many. */
  readonly length: number;
  /** The same, as arrays say it. */
  readonly byteLength: number;
  /** Fills `into` with the bytes from a position on. */
  readInto(into: Uint8Array, from: number): void;
  /** A copy of the bytes from one position up to another, default the end. */
  subarray(from: number, to?: number): Uint8Array<ArrayBuffer>;
}

/** A file of a fixed size that is being written. */
export interface Spill {
  /** Writes bytes at a position. */
  write(bytes: Uint8Array, at: number): Promise<void>;
  /** What was written, digested; nothing is written behind this. Throws the reason of a signal that stops it. */
  stored(signal?: AbortSignal): Promise<StoredBytes>;
}

/** A compiled library of native kernels, as plain data. */
export interface NativeLibrary {
  /** The vectors that it was compiled for. */
  readonly level: "avx2" | "avx512";
  readonly path: string;
  /** The kernels in it, each by the name of the WebAssembly kernel that it stands for. */
  readonly names: readonly string[];
}

/** What kernels may be asked for: the best there is, native ones whatever their vectors, those of a level, or none. */
export const KERNEL_CHOICES = ["auto", "native", "avx2", "avx512", "wasm"] as const;

/** See `KERNEL_CHOICES`. */
export type KernelChoice = typeof KERNEL_CHOICES[number];

/** What a running op may use of the world. It sees no store, no path, no graph, no step name. */
export interface RunContext {
  /** Aborted on Ctrl-C and when the run stops: long loops check it. */
  readonly signal: AbortSignal;
  /** Threads that kernels may use; never changes a result. */
  readonly threads: number;
  /** Native kernels, where there are some; they never change a result. A context is what `withTensors` takes. */
  readonly kernels?: NativeLibrary | undefined;
  /** Bytes that may be held of what is read; never changes a result. */
  readonly memory: number;
  /** Opens a file for so many bytes that are more than is to be held; absent where there is no place for files. */
  readonly spill?: (bytes: number) => Promise<Spill>;
  /**
   * Says how far the op is: fraction 0…1 and a few words; with the samples that it takes from beginning to end, each as
   * often as it does, people are also told how many it takes a second.
   */
  progress(fraction: number, message: string, samples?: number): void;
  /** Records what happened while making the artifact: effects, curves. Replayed on a hit. */
  note(name: string, value: Json): void;
  /** A warning for a person: a sentence. Replayed on a hit. */
  warn(sentence: string): void;
  /** Where a long op keeps its state. */
  readonly checkpoints: Checkpoints;
  /** The value that a reference parameter names, by the digest that stands in its place. */
  referenced<T>(digest: string): Promise<T>;
  /**
   * The bytes of a source that `source(params)` declared, as written there, or of a file `beside` it; verified against
   * the key.
   */
  read(source: string, beside?: string): Promise<Uint8Array>;
  /** The files of a source that is a folder, in order, relative to it; a single file gives `[""]`. */
  list(source: string): Promise<readonly string[]>;
}
