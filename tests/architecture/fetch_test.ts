import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);

Deno.test("the test command first fetches each package that is behind a computed specifier", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  assert.match(
    tasks.test,
    /^deno run -A tests\/fetch\.ts && deno run -A --no-config tests\/fetch\.ts && /,
  );
  const fetched = await Deno.readTextFile(new URL("tests/fetch.ts", root));
  const computed: string[] = [];
  const look = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
      const path = `${folder}${name}`;
      if (isDirectory) await look(`${path}/`);
      else if (/\bimport\(/.test(await Deno.readTextFile(new URL(path, root)))) computed.push(path);
    }
  };
  await look("engine/deps/");
  assert.ok(computed.length > 5, "engine/deps is where it was");
  const missing = computed.filter((name) => !fetched.includes(`"../${name}"`));
  assert.deepEqual(missing, []);
});

Deno.test("a clone downloads nothing before it is asked for something: help and check need no package", async () => {
  const cache = await Deno.makeTempDir();
  try {
    for (const words of [["--help"], ["check", "recipes/digits.yaml"], ["ops", "adam"]]) {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "mod.ts", ...words],
        cwd: root,
        env: { DENO_DIR: cache, NO_COLOR: "1" },
      }).output();
      const said = new TextDecoder().decode(stderr);
      assert.deepEqual([code, said.match(/^Download .*$/m)], [0, null], words.join(" "));
    }
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});

Deno.test("a package is fetched when it is used, and not all that the lock names with the first", async () => {
  const { unstable } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  assert.deepEqual(unstable, ["npm-lazy-caching"]);
});
