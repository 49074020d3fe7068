/** What is wrong with a source, as a sentence. */

/** Thrown when a source cannot be read, or is no longer what it was when the run began. */
export class SourceError extends Error {
  /** Tells this error from others. */
  override readonly name = "SourceError";
  /** `source` as written; `help` is a way out. */
  constructor(readonly source: string, message: string, readonly help?: string) {
    super(message);
  }
}
