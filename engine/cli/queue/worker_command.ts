/** `decant worker`: performs steps that runs elsewhere ask for, until it is told to leave. */
import { exitCodes } from "../../error.ts";
import { given } from "../../given.ts";
import type { Command } from "../command.ts";
import { cache, kernels, memory, recipeOptions, threads, trustHost } from "../recipe_options.ts";
import { asking } from "../shared/store_options.ts";
import { concurrency, count, grace, queue } from "./queue_options.ts";

/** Seconds that steps have to end when a worker is told to leave. */
const GRACE = 20;

/** Ms within which a worker leaves then, whatever the queue does. */
const LEAVING = 8000;

const signals = { SIGINT: "interrupted", SIGTERM: "done" } as const;
type WorkerSignal = keyof typeof signals;

/** The command. */
export const workerCommand: Command = {
  name: "worker",
  summary: "Performs steps for runs elsewhere that name the same queue and store",
  operands: [],
  options: {
    queue,
    "trust-host": trustHost,
    ...asking,
    key: { value: "FILE", description: "Signs with this key; default your own, see decant key" },
    cache,
    concurrency,
    threads,
    kernels,
    memory,
    name: { value: "NAME", description: "How this machine is called in reports; default its own" },
    grace,
  },
  async run({ ops, options, terminal }) {
    const { startWorker } = await import("../../library/worker.ts");
    const say = (sentence: string) =>
      terminal.err(`${new Date().toISOString().slice(11, 19)} ${sentence}\n`);
    const seconds = count("grace", options.grace?.[0]) ?? GRACE;
    const most = count("concurrency", options.concurrency?.[0], 1);
    // From here on: what is told while the worker starts is heard as well.
    const told = signalled();
    const starting = startWorker({
      ops,
      say,
      ...recipeOptions({ options }),
      ...given({
        queue: options.queue?.[0],
        key: options.key?.[0],
        concurrency: most,
        name: options.name?.[0],
      }),
    });
    const started = await Promise.race([starting, told]);
    if (typeof started === "string") return exitCodes[signals[started]];
    await using worker = started;
    const code = exitCodes[signals[await told]];
    say("leaves");
    const late = setTimeout(() => Deno.exit(code), 1000 * seconds + LEAVING);
    await worker.stop(1000 * seconds);
    clearTimeout(late);
    return code;
  },
};

/** Waits for a signal; the second one ends the process. */
function signalled(): Promise<WorkerSignal> {
  const first = Promise.withResolvers<WorkerSignal>();
  let asked = false;
  for (const name of Object.keys(signals) as WorkerSignal[]) {
    Deno.addSignalListener(name, () => {
      if (asked) Deno.exit(exitCodes[signals[name]]);
      asked = true;
      first.resolve(name);
    });
  }
  return first.promise;
}
