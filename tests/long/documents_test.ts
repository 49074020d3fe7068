/** The documents of `tests/hostile/documents.ts` at every size, each in a process that is killed after a minute. */
import assert from "node:assert/strict";
import { long, repeated } from "../hostile/documents.ts";

const MOD = new URL("../../mod.ts", import.meta.url).pathname;

const cases = [
  ...Object.entries(repeated).flatMap(([what, text]) =>
    [1, 10, 100, 1_000, 10_000, 20_000].map((n) => [`${n} ${what}`, () => text(n)] as const)
  ),
  ...Object.entries(long).flatMap(([what, text]) =>
    [10, 100, 1_000, 10_000, 100_000, 1_000_000]
      .map((n) => [`${what} of ${n} characters`, () => text(n)] as const)
  ),
];

Deno.test(`each of ${cases.length} hostile documents is checked, and little is printed of it`, async () => {
  assert.ok(cases.length >= 171);
  const folder = await Deno.makeTempDir();
  const path = `${folder}/hostile.yaml`;
  for (const [what, text] of cases) {
    await Deno.writeTextFile(path, text());
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", MOD, "check", path],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
    const { code, stderr } = await child.output();
    clearTimeout(timer);
    const said = new TextDecoder().decode(stderr);
    assert.ok(code === 0 || code === 2, `${what} ended with ${code}: ${said.slice(0, 300)}`);
    assert.ok(said.length < 100_000, `${what}: ${said.length} characters`);
    assert.doesNotMatch(said, /internal/, what);
  }
  await Deno.remove(folder, { recursive: true });
});
