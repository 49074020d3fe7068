/** Errors that are nobody's but ours: what a person reads of them is one sentence, the rest is for the journal. */
import { TrustError } from "../graph/sources/remote.ts";
import { SourceError } from "../graph/sources/source_error.ts";
import { RecipeError } from "../recipe/check/diagnostic.ts";
import { CorruptBlobError, type Journal, StoreError } from "../store/store.ts";
import { RefusedError } from "./problem.ts";

/** Something in Decant itself is wrong. */
export class Fault extends Error {
  override readonly name = "Fault";
  /** `help` is what to do about it. */
  constructor(error: unknown, readonly help: string = REPORT) {
    super(`internal: ${(error instanceof Error ? error.message : String(error)).trim() || "?"}`, {
      cause: error,
    });
  }
}

const REPORT = "this is a fault of Decant; please report it";

/** Errors that are sentences for a person already. */
const sentences = [
  RecipeError,
  StoreError,
  TrustError,
  SourceError,
  RefusedError,
  CorruptBlobError,
  Deno.errors.NotCapable,
  Fault,
];

/**
 * What to throw in place of an error in a run: itself if a person can do something about it, else a Fault, whose stack
 * stands in the run's journal.
 */
export async function faultOf(error: unknown, journal: Journal | undefined): Promise<unknown> {
  if (sentences.some((kind) => error instanceof kind)) return error;
  try {
    const stack = error instanceof Error ? error.stack ?? error.message : String(error);
    await journal?.append({ event: "fault", stack });
  } catch {
    // What went wrong first is what counts; without a journal it is said all the same.
    return new Fault(error);
  }
  if (journal?.path === undefined) return new Fault(error);
  return new Fault(error, `${REPORT}, with ${journal.path}`);
}
