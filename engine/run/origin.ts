/** Where a recipe came from: what a report shows of it and how it says to repeat the run. */
import type { ParentDocument } from "../recipe/resolve/parents.ts";

/** Fields that replace those of a recipe, by dotted path: `{ "prune.ratio": 0.7 }`. */
export type Changes = Readonly<Record<string, unknown>>;

/** A document and what was changed in it from outside. */
export interface Origin {
  /** Path or URL of the document, or of the module that wrote it. */
  readonly source?: string;
  /** The document as written, or as JSON where a module wrote it. */
  readonly text?: string;
  readonly set: Changes;
  /** The documents it was made from: its own, then what it extends, the nearest first. */
  readonly documents?: readonly ParentDocument[];
  /** The sources that were read for it: files and URLs, no modules. */
  readonly read?: readonly string[];
}
