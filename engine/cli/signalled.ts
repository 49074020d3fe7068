/** Ctrl-C and SIGTERM, for commands that take time. */
import { Interruption } from "../run/execute.ts";
import { exitCodes } from "../run/problem.ts";

/** Runs `body` so that Ctrl-C and SIGTERM end it in order; a second one ends the process at once. */
export async function signalled<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const handlers = (["interrupted", "terminated"] as const).map((ending) => () => {
    if (controller.signal.aborted) Deno.exit(exitCodes[ending]);
    controller.abort(new Interruption(ending));
  });
  const [interrupt, terminate] = handlers as [() => void, () => void];
  Deno.addSignalListener("SIGINT", interrupt);
  Deno.addSignalListener("SIGTERM", terminate);
  try {
    return await body(controller.signal);
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
    Deno.removeSignalListener("SIGTERM", terminate);
  }
}
