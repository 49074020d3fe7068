/** What is known of a step's output before it runs: shapes, counts, names. Pure data, for compile and plan. */
import type { NamedLayer } from "./selector.ts";

/** What kind of answer a data set asks for; decides default loss and metrics. */
export type Task =
  | "classification"
  | "multi-label"
  | "regression"
  | "next-token"
  | "reconstruction"
  | "generation";

/** Known of a data set. Open fields are absent: the source was not at hand. */
export interface DatasetFacts {
  /** Tells this from other facts. */
  readonly kind: "dataset";
  /** Shape of one sample, without the batch: `[height, width, channels]` or `[features]`. */
  readonly input?: readonly number[];
  /** Width of the answer: the number of classes, or of targets. */
  readonly outputs?: number;
  /** Names of the classes in index order; absent where there are none, or they are not known yet. */
  readonly classes?: readonly string[];
  /** What is asked of a model of these data; absent: that is not known yet. */
  readonly task?: Task;
  /** There where nobody has labelled the samples. */
  readonly labels?: "none";
  /** There where it is known that no samples are set aside to test on. */
  readonly test?: "none";
  /** There where samples are token numbers. */
  readonly text?: {
    /** How many numbers there are; absent: that is learned from the texts. */
    readonly vocabulary?: number;
  };
}

/** Known of one layer. */
export interface LayerFacts extends NamedLayer {
  /** The layer kind, as the op family names it: `conv`, `batchnorm` … */
  readonly kind: string;
  /** Output shape without the batch. */
  readonly shape: readonly number[];
  /** Numbers it holds, moving statistics included. */
  readonly parameters: number;
  /** Multiplications with addition for one sample. */
  readonly macs: number;
  /** The layer whose weights it has in place of its own; absent: it has its own, or none. */
  readonly tied?: string;
}

/** Integers between layers. */
export interface IntegerFacts {
  /** Of each. */
  readonly bits: number;
  /** Whether their ranges are known beforehand, or found row by row while computing. */
  readonly ranges: "static" | "dynamic";
}

/** Known of a model. */
export interface ModelFacts {
  /** Tells this from other facts. */
  readonly kind: "model";
  /** Loaded, trained, or made from a model that has learned. */
  readonly learned: boolean;
  /** Absent while a shape is open (it waits for data or a file). */
  readonly layers?: readonly LayerFacts[];
  /** Sum over the layers. */
  readonly parameters?: number;
  /** Sum over the layers, for one sample. */
  readonly macs?: number;
  /** The zoo's family, or `loaded`. */
  readonly family?: string;
  /** What later steps must keep, as the ops name it: `zeros`, `channels`, `clusters`, `format`. */
  readonly established: readonly string[];
  /** What the values between its layers are; absent: floats, or that is not known. */
  readonly integers?: IntegerFacts;
  /** Names of layers that gave way to groups with their name; absent where none did. */
  readonly replaced?: readonly string[];
  /** The op family's own structure of the model, from which it infers facts of what follows. Opaque here. */
  readonly architecture?: unknown;
}

/** Known of models that learned beside one another. */
export interface CohortFacts {
  /** Tells this from other facts. */
  readonly kind: "cohort";
  /** In the order of the students. */
  readonly peers: readonly ModelFacts[];
}

/** Known of anything else. */
export interface OtherFacts {
  /** The kind is all that is known. */
  readonly kind: "outputs" | "metrics" | "files";
  /** Of metrics: why the model's answers cannot be measured on these data. */
  readonly misfit?: { readonly message: string; readonly help?: string };
}

/** What is known of a step's output before it runs. */
export type Facts = DatasetFacts | ModelFacts | CohortFacts | OtherFacts;

/**
 * What is known of an output of which its op says nothing before it runs. A model passes for one that has learned, as
 * what is loaded does: nobody is told that something is missing which may be there.
 */
export function openFacts(kind: string): Facts {
  return kind === "model"
    ? { kind, learned: true, established: [] }
    : { kind } as DatasetFacts | OtherFacts;
}
