/** A process that runs the long graph and may be killed: `deno run faulty_run.ts BASE CACHE [POINT NTH] [PAUSE]`. */
import { execute } from "../../../engine/run/execute.ts";
import { diskStore } from "../../../engine/store/disk_store.ts";
import { nowhere } from "./fake.ts";
import { longGraph } from "./long_graph.ts";

const [base, cache, point, nth, pause] = Deno.args as [string, string, string?, string?, string?];
let passed = 0;
const store = await diskStore(cache, {
  at(reached) {
    if (reached === point && ++passed === Number(nth)) Deno.kill(Deno.pid, "SIGKILL");
  },
});
const { ending } = await execute(longGraph(base, Number(pause ?? 0)), {
  store,
  environment: nowhere,
});
Deno.exit(ending === "done" ? 0 : 1);
