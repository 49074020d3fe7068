/** What a report is made from: a run, and what surrounds it. */
import type { Files } from "../kind.ts";
import type { Graph } from "../graph/graph.ts";
import type { RunDocument } from "./document.ts";
import type { Lock } from "../run/lock.ts";
import type { Table } from "./table.ts";
import type { Origin } from "../run/origin.ts";
import type { Outcome } from "../store/store.ts";

import type { Differing } from "./differing.ts";

/** A run to report. */
export interface Subject {
  readonly graph: Graph;
  readonly document: RunDocument;
  /** The result table: a row per model, or per point of a sweep. */
  readonly table: Table;
  /** By step; those that failed or were not started have none. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** Exported files by the folder they were written in. */
  readonly files: Readonly<Record<string, Files>>;
  readonly lock: Lock | undefined;
  readonly origin: Origin;
  /** Samples on which the result and its reference differ. */
  readonly differing: Differing | undefined;
  /** What is known of data sets besides their facts, by step: how many samples, how they are normalised. */
  readonly cards: ReadonlyMap<string, Readonly<Record<string, string>>>;
}
