/** Writes the table of layer classes anew. */
import { document, documentOf, tryAll } from "./class_table.ts";

await Deno.writeTextFile(document, documentOf(await tryAll()));
await new Deno.Command("deno", { args: ["fmt", "-q", document.pathname] }).output();
