/** Writes the parts of the README that derive from the code: `deno task docs`. */
import { freshReadme } from "./readme.ts";

await Deno.writeTextFile(new URL("../../README.md", import.meta.url), await freshReadme());
