import assert from "node:assert/strict";
import { freshReadme } from "./readme.ts";

Deno.test("the README says what the code says; `deno task docs` writes it anew", async () => {
  const text = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const bare = (each: string) => each.replace(/[ \t]+/g, " ").replace(/-{3,}/g, "---");
  assert.equal(bare(text), bare(await freshReadme()));
});
