/**
 * A process that runs the long graph and may be killed: `deno run faulty_run.ts BASE CACHE [POINT NTH] [PAUSE] [JOBS]`.
 * With several jobs it is killed from outside alone: no other thread passes by the points here.
 */
import { execute } from "../../../../engine/run/execute.ts";
import { diskStore } from "../../../../engine/store/disk_store.ts";
import { nowhere } from "./fake.ts";
import { longGraph, PAUSE } from "./long_graph.ts";

const [base, cache, point, nth, pause = "0", count = "1"] = Deno.args as [
  string,
  string,
  ...string[],
];
const jobs = Number(count);
Deno.env.set(PAUSE, pause);
let passed = 0;
const at = (reached: string): void => {
  if (reached === point && ++passed === Number(nth)) Deno.kill(Deno.pid, "SIGKILL");
};
const store = await diskStore(cache, jobs === 1 ? { at } : {});
const { ending } = await execute(longGraph(base), { store, environment: nowhere, jobs });
Deno.exit(ending === "done" ? 0 : 1);
