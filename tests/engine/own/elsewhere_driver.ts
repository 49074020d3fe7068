/** A process that says whether threads may import a module of a file, and are told of an entry in it. */
import { foundElsewhere, mayImport } from "../../../engine/own/elsewhere.ts";

const module = new URL("entries.ts", import.meta.url).href;
const entry = { list: "readers", name: "a", version: 1, code: "0", module, definition: {} };
const found = foundElsewhere(entry as unknown as Parameters<typeof foundElsewhere>[0]);
Deno.stdout.writeSync(
  new TextEncoder().encode(`${mayImport(module)} ${found !== undefined}\n`),
);
