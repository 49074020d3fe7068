/** Native kernels where something is missing: no permission, no compiler, several processes, a killed one. */
import assert from "node:assert/strict";
import { ignore } from "../engine/tensor/native/compiled.ts";

const MOD = new URL("../../mod.ts", import.meta.url).pathname;
const DRIVER = new URL("./kernels_driver.ts", import.meta.url).pathname;

const RECIPE = `decant: 1
name: petals
data: iris
model: { use: mlp, hidden: [4], train: { epochs: 1 } }
`;

/** A folder with a recipe, and the command line there, which nobody answers. */
async function place() {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/petals.yaml`, RECIPE);
  return {
    folder,
    async decant(flags: readonly string[], env: Record<string, string>, ...words: string[]) {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-prompt", "--no-check", "--cached-only", ...flags, MOD, ...words],
        cwd: folder,
        env: { NO_COLOR: "1", ...env },
      }).output();
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      return { code, out: out!, err: err! };
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

const RUN = ["run", "petals.yaml", "--json", "--quiet"];

Deno.test("native kernels need the flags that plan prints for them; without, nobody is asked", {
  ignore,
}, async () => {
  await using here = await place();
  const planned = await here.decant(["-A"], {}, "plan", "petals.yaml", "--json");
  const { kernels, flags, nativeFlags } = JSON.parse(planned.out);
  assert.ok(kernels === "avx2" || kernels === "avx512", planned.out);
  for (const [allowed, used] of [[nativeFlags, kernels], [flags, "wasm"]]) {
    const { code, out, err } = await here.decant(allowed, {}, ...RUN);
    assert.deepEqual([code, err], [0, ""]);
    const { environment } = JSON.parse(out);
    assert.deepEqual([environment.kernels, environment.notNative], [
      used,
      used === "wasm" ? "Deno does not allow --allow-ffi, --allow-run" : undefined,
    ]);
  }
  const asked = await here.decant(flags, {}, ...RUN, "--kernels", "native");
  assert.equal(asked.code, 2);
  assert.match(asked.out, /no native kernels here: Deno does not allow --allow-ffi, --allow-run/);
  const wasm = await here.decant(["-A"], {}, ...RUN, "--kernels", "wasm");
  const { environment } = JSON.parse(wasm.out);
  assert.deepEqual([environment.kernels, environment.notNative], ["wasm", undefined]);
});

Deno.test("on a machine without a compiler WebAssembly computes, and says why", {
  ignore: Deno.build.arch !== "x86_64" || Deno.build.os === "windows",
}, async () => {
  await using here = await place();
  const env = { PATH: here.folder };
  const { code, out, err } = await here.decant(["-A"], env, "plan", "petals.yaml");
  assert.deepEqual([code, err], [0, ""]);
  const because = "no C compiler is found (cc, clang, gcc)";
  assert.ok(out.includes(`\ncomputes with WebAssembly kernels, since ${because}\n`), out);
  assert.deepEqual(await here.decant(["-A"], env, "run", "petals.yaml", "--kernels", "avx2"), {
    code: 2,
    out: "",
    err: `decant: There are no avx2 kernels here: ${because}\n` +
      "     help: install one, or compute without them: --kernels wasm\n",
  });
  const files = await Array.fromAsync(Deno.readDir(here.folder));
  assert.deepEqual(files.map(({ name }) => name), ["petals.yaml"]);
});

const driver = (...args: string[]) =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", DRIVER, ...args],
    stdout: "piped",
  });

Deno.test("of processes that start at once one compiles, and one that is killed leaves nothing", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using here = await place();
  const folder = `${here.folder}/native`;
  const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
  const stuck = driver(folder, "stuck").spawn();
  const reader = stuck.stdout.getReader();
  assert.equal(text((await reader.read()).value), "made\n");
  // These wait for it; once it is gone one of them makes what the other finds.
  const waiting = [1, 2].map(() => driver(folder).output());
  stuck.kill("SIGKILL");
  await stuck.status;
  await reader.cancel();
  const said = (await Promise.all(waiting)).map(({ stdout }) => text(stdout));
  assert.deepEqual(said.sort(), ["made\nwhole", "whole"]);
});
