import assert from "node:assert/strict";
import { REPORT, reportIn } from "../../../../engine/cli/reports/read_report.ts";
import { typing } from "../typed.ts";

Deno.test("a report is read again as the run wrote it; what is none, and no file, are undefined", async () => {
  await using here = await typing();
  await here.decant("run", "DIR/a.yaml", "--cache", "DIR/cache", "--out", "DIR/out", "--quiet");
  assert.equal(REPORT, "report.json");
  const report = await reportIn(`${here.path}/out/${REPORT}`);
  assert.deepEqual([report!.recipe, report!.format, report!.ok], ["numbers", 1, true]);
  for (const text of ["{}", "[]", "nothing", ""]) {
    await Deno.writeTextFile(`${here.path}/other.json`, text);
    assert.equal(await reportIn(`${here.path}/other.json`), undefined);
  }
  assert.equal(await reportIn(`${here.path}/nowhere.json`), undefined);
});

Deno.test({
  name: "a report that may not be read is not taken for none",
  permissions: { read: false },
  fn: () => assert.rejects(reportIn("report.json"), Deno.errors.NotCapable),
});
