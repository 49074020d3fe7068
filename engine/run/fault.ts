/** Errors that are nobody's but ours: what a person reads of them is one sentence, the rest is for the journal. */
import { DecantError, ParameterError } from "../error.ts";
import type { Journal } from "../store/store.ts";

const REPORT = "this is a fault of Decant; please report it";

/** Something in Decant itself is wrong; `help` is what to do about it. */
export function fault(cause: unknown, help: string = REPORT): DecantError {
  const message = (cause instanceof Error ? cause.message : String(cause)).trim() || "?";
  return new DecantError("internal", `internal: ${message}`, help, { cause });
}

/** Whether an error is a sentence for a person already; one about a parameter is only where a step is at hand. */
export function isForPerson(error: unknown): error is DecantError {
  return error instanceof DecantError && !(error instanceof ParameterError);
}

/**
 * What to throw in place of an error in a run: itself if a person can do something about it, else a fault, whose stack
 * stands in the run's journal.
 */
export async function faultOf(error: unknown, journal: Journal | undefined): Promise<unknown> {
  if (isForPerson(error) || error instanceof Deno.errors.NotCapable) return error;
  try {
    const stack = error instanceof Error ? error.stack ?? error.message : String(error);
    await journal?.append({ event: "fault", stack });
  } catch {
    // What went wrong first is what counts; without a journal it is said all the same.
    return fault(error);
  }
  return fault(error, journal?.path === undefined ? REPORT : `${REPORT}, with ${journal.path}`);
}
