// deno-lint-ignore-file no-console -- a process says what it does
/** A worker in a process of its own, with short locks: `URL STORE CACHE NAME`. It says `ready`, and is killed. */
import { shippedOps } from "../../engine/api/language.ts";
import { startWorker } from "../../engine/library/worker.ts";
import { QUICK } from "../engine/run/queue/world.ts";

const [queue, store, cache, name] = Deno.args as [string, string, string, string];
await startWorker({
  ops: shippedOps(),
  ...{ queue, cache, name },
  shared: { stores: [store] },
  threads: 1,
  kernels: "wasm",
  patience: QUICK,
  say: (sentence) => console.log(sentence),
});
console.log("ready");
