/** What a runtime is that files of models are for. */
import type { Files } from "../../engine/kind.ts";
import type { Package, RunContext } from "../../engine/op.ts";

/** A runtime. */
export interface Runtime<N extends string = string> {
  /** As recipes call it. */
  readonly name: N;
  /** With its version and what computes in it. */
  readonly as: string;
  /** The package that it comes in, where that is large. */
  readonly package?: Package;
  /** The samples of an inference, where files fix them. */
  readonly batch?: number;
  /**
   * Loads files, shows `work` what runs them on samples, and gives back all that it took. Throws an Error with what the
   * runtime says where it does not take them.
   */
  load<T>(asked: AskedFiles, work: (loaded: RunnableFiles) => Promise<T>): Promise<T>;
}

/** Files, and what they are run on. */
export interface AskedFiles {
  readonly files: Files;
  readonly samples: RuntimeSamples;
  readonly context: RunContext;
}

/** Files in their runtime, ready to run on the samples that they were loaded for. */
export interface RunnableFiles {
  readonly threads: number;
  readonly operators: Operators;
  /** One inference, from samples in memory to what leaves the file: its outputs in their order. */
  infer(): Promise<readonly Float32Array[]>;
}

/**
 * How many operators the runtime computes, and how many of them compute with integers. What only moves numbers, or
 * converts them between reals and integers, is not counted.
 */
export interface Operators {
  readonly all: number;
  readonly integer: number;
}

/** Samples as a runtime takes them: one after another, of `shape` each; then what further inputs read of them. */
export interface RuntimeSamples {
  readonly x: Float32Array;
  readonly shape: readonly number[];
  readonly conditions?: readonly Omit<RuntimeSamples, "conditions">[];
}
