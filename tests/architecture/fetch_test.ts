import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);

Deno.test("the test command first fetches each package that is behind a computed specifier", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  assert.match(tasks.test, /^deno run -A tests\/fetch\.ts && /);
  const fetched = await Deno.readTextFile(new URL("tests/fetch.ts", root));
  const computed: string[] = [];
  for await (const { name } of Deno.readDir(new URL("engine/deps/", root))) {
    const text = await Deno.readTextFile(new URL(`engine/deps/${name}`, root));
    if (/\bimport\(/.test(text)) computed.push(name);
  }
  assert.ok(computed.length > 5, "engine/deps is where it was");
  const missing = computed.filter((name) => !fetched.includes(`"../engine/deps/${name}"`));
  assert.deepEqual(missing, []);
});
