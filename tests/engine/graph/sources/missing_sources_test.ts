import assert from "node:assert/strict";
import { missingSources } from "../../../../engine/graph/sources/missing_sources.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";

const ops = fakeOps();

/** Notes on a recipe in a folder that reads these. */
async function notes(...sources: string[]) {
  const base = `${await Deno.makeTempDir()}/`;
  try {
    await Deno.writeTextFile(`${base}there.txt`, "1");
    const steps = sources.map((from, at) => ({ name: `s${at}`, op: ops.file, params: { from } }));
    const graph = graphOf([{ name: "one", op: ops.constant }, ...steps], { base });
    return (await missingSources(graph)).map(({ severity, path, message }) =>
      `${severity} ${path} ${message}`
    );
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

Deno.test("a file that is not there is noted where it is named; one that is, is not", async () => {
  assert.deepEqual(await notes("./there.txt", "./gone.txt", "there.txt/inside"), [
    "note steps.s1.from `./gone.txt` is not there: what it holds is checked when it runs",
    "note steps.s2.from `there.txt/inside` is not there: what it holds is checked when it runs",
  ]);
});

Deno.test("a pin is no part of a name, and nothing is fetched to be looked at", async () => {
  assert.deepEqual(
    await notes(
      `there.txt#sha256=${"0".repeat(64)}`,
      "https://example.invalid/a",
      "npm:data@1.0.0/a",
    ),
    [],
  );
});

Deno.test({
  name: "where one may not look, nothing is known to be missing",
  permissions: { read: false },
  async fn() {
    const steps = [{ name: "one", op: ops.file, params: { from: "./gone" } }];
    assert.deepEqual(await missingSources(graphOf(steps, { base: "/etc/" })), []);
  },
});
