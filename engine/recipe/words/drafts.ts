/**
 * Recipes that are written for a person: what is found of a model file and of data, and what a first recipe or a search
 * does with them. How each is written is known beside the ops; commands and the library know this contract alone.
 */
import type { Json } from "../../digest.ts";
import type { Metrics } from "../../metrics.ts";

/** Fields of a recipe. */
export type DraftFields = Readonly<Record<string, Json>>;

/** Data as a person names them. */
export interface NamedData {
  /** A path, a URL, a file of a package, or the name of an embedded data set. */
  readonly from: string;
  /** The format of the files, where that is said. */
  readonly format?: string;
  /** Whether it is a file or folder of this machine. */
  readonly there: boolean;
  /** The files of a folder of this machine, relative to it, as far as they tell its format; none of a file. */
  readonly files: readonly string[];
  /** Names of files beside that of the model: one may say how texts become numbers. */
  readonly besideModel: readonly string[];
  /** A file beside that of the model, as the data's own fields name it. */
  modelFile(name: string): string;
}

/** A model that was read from a file, as its kind decodes it. */
export type FoundModel = unknown;

/** A model from a file, and data that it reads. */
export interface Found {
  /** As recipes name the file. */
  readonly from: string;
  readonly model: FoundModel;
  /** The field `data`. */
  readonly data: DraftFields;
  /** Of the model as it was read, on validation samples. */
  readonly metrics: Metrics;
  /** What somebody has to look at, as sentences about the model. */
  readonly doubts: readonly string[];
  /** There where it answers no better than by guessing. */
  readonly guesses?: true;
}

/** What a model that guesses answers to data in one way, as far as it could be measured. */
export interface Look {
  readonly data: DraftFields;
  readonly metrics?: Metrics;
  /** Names of the data's classes, where they have names. */
  readonly classes?: readonly string[];
}

/** What comes of looking closer at a model that guesses. */
export interface Closer {
  /** The field `data` to go on with. */
  readonly data: DraftFields;
  /** Whether that is a new way, which the model may answer better. */
  readonly again: boolean;
  readonly doubts: readonly string[];
}

/** What a search for a smaller model is asked. */
export interface ShrinkWishes {
  /** The format of the result's files, one of `targets`. */
  readonly target: string;
  /** The quality that may be lost: points of accuracy, or percent of an error. */
  readonly within?: { readonly amount: number; readonly unit: "points" | "percent" };
  /** The time after which no further trial is begun. */
  readonly minutes: number;
}

/** The metric that tells how well a model answers, and what is done with it. */
export interface Quality {
  readonly metric: string;
  readonly aim: "maximize" | "minimize";
}

/** How recipes are written. */
export interface Drafts {
  /** The formats that a result may be asked in; the first is the usual one. */
  readonly targets: readonly string[];
  /** What the file is, in a few words: `a keras model, input 32×32×3, 10 outputs`. */
  about(model: FoundModel): string;
  /** The field `data`, in the ways that come into question: the model's quality tells which is meant. */
  data(model: FoundModel, named: NamedData): readonly DraftFields[];
  /** What the data do not give such a model, or not as it may expect, as sentences. */
  doubts(model: FoundModel): readonly string[];
  /** The metrics by which it is looked closer at a model that guesses, and what they tell. */
  readonly closely: readonly string[];
  closer(model: FoundModel, looks: readonly Look[]): Closer;
  /** How it is told how well such a model answers. */
  quality(model: FoundModel): Quality;
  /** A first recipe, to be changed. */
  start(found: Found): DraftFields;
  /** A search for the smallest model within what may be lost. Throws a `usage` error where that has another unit. */
  shrink(found: Found, wishes: ShrinkWishes): DraftFields;
}
