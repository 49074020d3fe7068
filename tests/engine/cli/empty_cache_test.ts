/** What somebody with an empty package cache downloads before anything is computed. */
import assert from "node:assert/strict";

const MOD = new URL("../../../mod.ts", import.meta.url).pathname;

const RECIPE = `decant: 1
name: petals
data: iris
model: { use: mlp, hidden: [4], train: { epochs: 1 } }
quantize: { scheme: int8 }
export: tfjs
`;

/** Bytes of each package that a DENO_DIR holds, by name and version. */
async function packages(denoDir: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const walk = async (folder: string, name: string): Promise<void> => {
    for await (const entry of Deno.readDir(folder)) {
      const path = `${folder}/${entry.name}`;
      const inner = /^\d+\.\d+\.\d+/.test(entry.name) && found[name] === undefined
        ? `${name}@${entry.name}`
        : name.includes("@", 1)
        ? name
        : [name, entry.name].filter((part) => part !== "").join("/");
      if (entry.isDirectory) await walk(path, inner);
      // The registry's list of versions is no part of the package.
      else if (entry.name !== "registry.json") {
        found[inner] = (found[inner] ?? 0) + (await Deno.stat(path)).size;
      }
    }
  };
  for await (const registry of Deno.readDir(`${denoDir}/npm`)) {
    await walk(`${denoDir}/npm/${registry.name}`, "");
  }
  return found;
}

/** Runs a command with a package cache that may be filled; undefined where there is no registry. */
async function decant(denoDir: string, folder: string, ...words: string[]) {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--no-lock", MOD, ...words],
    cwd: folder,
    env: { DENO_DIR: denoDir, NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stderr);
  if (code !== 0 && /npm package|registry|error sending request|dns error/i.test(said)) {
    return undefined;
  }
  assert.equal(code, 0, said);
  return await packages(denoDir);
}

Deno.test("with an empty package cache check, plan and a cached run download nothing above 5 MB", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/petals.yaml`, RECIPE);
    // The run that fills the cache of results has the packages of this machine.
    const filled = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--no-lock", MOD, "run", "petals.yaml", "--quiet"],
      cwd: folder,
    }).output();
    assert.equal(filled.code, 0, new TextDecoder().decode(filled.stderr));
    for (const command of ["check", "plan", "run"]) {
      const found = await decant(`${folder}/deno-${command}`, folder, command, "petals.yaml");
      if (found === undefined) {
        // deno-lint-ignore no-console -- a skipped check says so
        console.log("skipped: there is no package registry to download from");
        return;
      }
      assert.ok(Object.keys(found).length > 0);
      for (const [name, bytes] of Object.entries(found)) {
        assert.ok(bytes < 5e6, `${command} downloads ${name}: ${bytes} bytes`);
      }
      assert.deepEqual(
        Object.keys(found).filter((name) => /tensorflow|onnxruntime|assemblyscript/.test(name)),
        [],
      );
      const all = Object.values(found).reduce((sum, bytes) => sum + bytes, 0);
      assert.ok(all < 12e6, `${command} downloads ${all} bytes: ${JSON.stringify(found)}`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
