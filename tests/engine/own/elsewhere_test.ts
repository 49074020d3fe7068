/** Entries of one's own as other threads find them. */
import assert from "node:assert/strict";
import { exportedEntry, foundElsewhere, mayImport } from "../../../engine/own/elsewhere.ts";
import { lengths, lengthsHere } from "./entries.ts";

Deno.test("an entry is found by what it states, and not where it names no module", async () => {
  const reference = foundElsewhere(lengths)!;
  const { list, name, version, code, module } = lengths;
  assert.deepEqual(reference, { list, name, version, code, module });
  assert.deepEqual(structuredClone(reference), reference, "it crosses a border");
  assert.equal(await exportedEntry(reference), lengths);
  assert.equal(foundElsewhere(lengthsHere), undefined);
});

Deno.test("what a module does not export as it is used is not found", async () => {
  const reference = foundElsewhere(lengths)!;
  for (const other of [{ version: 2 }, { name: "other" }, { list: "terms" }, { code: "0" }]) {
    await assert.rejects(
      exportedEntry({ ...reference, ...other } as typeof reference),
      /entries\.ts exports no ".*" of version . as it is used$/,
    );
  }
});

Deno.test("modules by URL need no permission to be read", () => {
  assert.equal(mayImport("https://example.org/mine.ts"), true);
  assert.equal(mayImport(lengths.module!), true);
});

Deno.test("a module of a file that Deno does not let be read is not found elsewhere", async () => {
  const own = new URL("../../../", import.meta.url).pathname;
  const script = new URL("elsewhere_driver.ts", import.meta.url).pathname;
  const found = async (...flags: string[]) => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--no-prompt", "--cached-only", ...flags, script],
    }).output();
    return new TextDecoder().decode(stdout).trim();
  };
  assert.equal(await found(), "false false");
  assert.equal(await found(`--allow-read=${own}`), "true true");
});
