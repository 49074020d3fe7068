/**
 * Ctrl-C and SIGTERM, for commands that take time. The first one asks the command to end in order. What has not ended
 * within a second, and whatever runs at the second signal, ends with the process.
 *
 * Until the command first waits for something, the system ends the process. Then this thread handles the signals. From the
 * first computed step on a thread of its own does, because kernels and readers may block this one for long. That thread
 * removes its handlers and raises the signal anew, which ends the process whatever this thread computes.
 */
import type { Worker } from "node:worker_threads";
import { type Graph, ownCodeOf } from "../graph/graph.ts";
import type { RunEvent, RunListener } from "../run/event.ts";
import { Interruption } from "../run/problem.ts";
import { exitCodes } from "../error.ts";
import { processTerminal } from "./terminal.ts";

const signals = { SIGINT: "interrupted", SIGTERM: "terminated" } as const;
type EndingSignal = keyof typeof signals;
const names = Object.keys(signals) as EndingSignal[];

/** How long a command may take to end in order, ms. */
const GRACE = 800;

const LEFT =
  "what was running did not stop in time and was left; the next run goes on from what is recorded";

/** The same with the steps in code of one's own, which may be what does not stop. */
const left = (own: Iterable<string>): string =>
  [LEFT, ...[...own].map((what) => `it was in ${what}`)].join("\n");

/** What the thread that handles signals runs; it has no imports but node's, and no permission. */
const GUARD = `
import process from "node:process";
import { parentPort, workerData } from "node:worker_threads";
const { names, grace } = workerData;
let { left } = workerData;
parentPort.on("message", (told) => left = told);
let asked = false;
const end = (name) => {
  for (const each of names) Deno.removeSignalListener(each, handlers[each]);
  process.kill(process.pid, name);
  setTimeout(() => process.kill(process.pid, "SIGKILL"), 500);
};
const handlers = Object.fromEntries(names.map((name) => [name, () => {
  if (asked) return end(name);
  asked = true;
  parentPort.postMessage(name);
  setTimeout(() => {
    console.error(left);
    end(name);
  }, grace);
}]));
for (const name of names) Deno.addSignalListener(name, handlers[name]);
setInterval(() => {}, 1 << 30);
parentPort.postMessage("ready");
`;

/**
 * Runs `body`, which ends in order when the signal that it is given is aborted, by an Interruption. It calls its second
 * argument with every event of a run; `listener` hears them too.
 */
export async function signalled<T>(
  body: (signal: AbortSignal, onEvent: RunListener) => Promise<T>,
  listener?: RunListener,
): Promise<T> {
  const controller = new AbortController();
  const handlers = Object.fromEntries(names.map((name) => [name, () => asked(name)]));
  let deadline: ReturnType<typeof setTimeout> | undefined;
  let guard: Promise<Worker> | undefined;
  /** The code of one's own that is running, by step. */
  const own = new Map<string, string>();
  const running = body(controller.signal, (event, graph) => {
    if (event.type === "started") guard ??= startGuard();
    if (notesOwn(own, event, graph)) {
      const now = left(own.values());
      void guard?.then((worker) => worker.postMessage(now));
    }
    listener?.(event, graph);
  });
  for (const name of names) Deno.addSignalListener(name, handlers[name]!);
  try {
    return await running;
  } finally {
    // Deno loads its timers, which takes five milliseconds, where one is named first.
    if (deadline !== undefined) clearTimeout(deadline);
    removeHandlers();
    await (await guard)?.terminate();
  }

  function asked(name: EndingSignal): void {
    if (controller.signal.aborted) Deno.exit(exitCodes[signals[name]]);
    controller.abort(new Interruption(signals[name]));
    deadline = setTimeout(() => {
      const terminal = processTerminal();
      terminal.rewrite("");
      terminal.err(`${left(own.values())}\n`);
      Deno.exit(exitCodes[signals[name]]);
    }, GRACE);
  }

  async function startGuard(): Promise<Worker> {
    const { Worker } = await import("node:worker_threads");
    const url = new URL(`data:text/javascript,${encodeURIComponent(GUARD)}`);
    // Its time is a little longer: what this thread can still say, it says.
    const workerData = { names, grace: GRACE + 100, left: left(own.values()) };
    const worker = new Worker(url, { workerData, env: {} });
    worker.unref();
    worker.on("message", (message: EndingSignal | "ready") => {
      if (message === "ready") removeHandlers();
      else if (!controller.signal.aborted) asked(message);
    });
    return worker;
  }

  function removeHandlers(): void {
    for (const name of names) Deno.removeSignalListener(name, handlers[name]!);
  }
}

/** Keeps the running steps with code of one's own; whether an event has changed them. */
function notesOwn(own: Map<string, string>, event: RunEvent, graph: Graph): boolean {
  if (event.type === "ran" || event.type === "failed") return own.delete(event.step);
  if (event.type !== "started") return false;
  const node = graph.node(event.step);
  const names = node === undefined ? [] : ownCodeOf(node).map(({ name }) => name);
  if (names.length === 0) return false;
  own.set(event.step, `\`${event.step}\`, which runs code of your own: ${names.join(", ")}`);
  return true;
}
