/** What is wrong with a source, as a sentence. */
import { DecantError } from "../../error.ts";

/** Thrown when a source cannot be read, or is no longer what it was when the run began. */
export class SourceError extends DecantError<"source"> {
  /** Tells this error from others. */
  override readonly name = "SourceError";
  /** `source` as written; `help` is a way out. */
  constructor(readonly source: string, message: string, help?: string) {
    super("source", message, help);
  }
}

/** Thrown where a URL may not be fetched, or is not what its pin says: the run is refused. */
export class TrustError extends DecantError<"untrusted"> {
  /** Tells this error from others. */
  override readonly name = "TrustError";
  /** A way out: there always is one. */
  declare readonly help: string;
  /** `source` as written; `help` is a way out. */
  constructor(readonly source: string, message: string, help: string) {
    super("untrusted", message, help);
  }
}

/** Thrown where the network fails; a sentence. */
export class FetchError extends Error {
  override readonly name = "FetchError";
  /** What the host answered, where it did. */
  readonly status?: number;
  /** Whether it may be better the next time. */
  readonly passing: boolean;
  constructor(
    message: string,
    about: { readonly status?: number; readonly passing?: boolean } = {},
  ) {
    super(message);
    if (about.status !== undefined) this.status = about.status;
    this.passing = about.passing ?? false;
  }
}
