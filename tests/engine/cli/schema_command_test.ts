import assert from "node:assert/strict";
import { schemaCommand } from "../../../engine/cli/schema_command.ts";
import { typing } from "./typed.ts";

Deno.test("the schema of recipes is printed as JSON, and knows the ops", async () => {
  await using here = await typing();
  const { code, out } = await here.decant("schema");
  assert.equal(code, 0);
  assert.equal(typeof JSON.parse(out), "object");
  assert.match(out, /"constant"/);
  assert.equal(schemaCommand.name, "schema");
});
