/** Writes the table of the commonest operators: what is read, trained, pruned, quantized and exported. */
import { operatorRows, TABLE, tableOf } from "./operator_table.ts";

await Deno.writeTextFile(TABLE, tableOf(await operatorRows()));
