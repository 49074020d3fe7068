/** Writes the parts of documents that derive from the code: `deno task docs`. */
import { documents, fresh } from "./derived.ts";

for (const document of documents) {
  await Deno.writeTextFile(new URL(`../../${document}`, import.meta.url), await fresh(document));
}
