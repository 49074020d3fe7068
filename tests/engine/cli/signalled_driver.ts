/**
 * A process that computes a step: says "ready" when the thread that handles signals has taken over, and, once it is asked
 * to end, why. It is sent signals by ./signalled_test.ts; in the process of the tests other tests would handle them.
 */
import { signalled } from "../../../engine/cli/signalled.ts";
import type { Graph } from "../../../engine/graph/graph.ts";
import type { RunEvent } from "../../../engine/run/event.ts";

const print = (word: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${word}\n`));

const { removeSignalListener } = Deno;
const removed = Promise.withResolvers<void>();
let listeners = 2;
Deno.removeSignalListener = (name, handler) => {
  removeSignalListener(name, handler);
  if (--listeners === 0) removed.resolve();
};
// The thread keeps no process waiting.
const running = setInterval(() => {}, 1000);
const reason = await signalled(async (signal, onEvent) => {
  const stopped = new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(signal.reason.ending))
  );
  const graph = { node: () => undefined } as unknown as Graph;
  onEvent({ type: "noticed", sentence: "not yet" }, graph);
  onEvent({ type: "started" } as RunEvent, graph);
  onEvent({ type: "started" } as RunEvent, graph);
  await removed.promise;
  print("ready");
  return await stopped;
});
clearInterval(running);
print(String(reason));
