/**
 * The whole demo in cold caches with every kind of kernels that this machine has: WebAssembly's, and native ones of each
 * level of vectors by each compiler, with one and two threads. Each run's lock is the shipped one to the byte.
 */
import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url).pathname;
const shipped = await Deno.readTextFile(`${root}recipes/digits.lock.json`);
const folder = await Deno.makeTempDir();

/** Where Deno keeps packages: it would look for them in the folder of libraries. */
const packages = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output()
  .then(({ stdout }) => JSON.parse(new TextDecoder().decode(stdout)).denoDir as string);

/** Where a command lies; undefined where it is not there. */
async function which(command: string): Promise<string | undefined> {
  const { success, stdout } = await new Deno.Command("which", { args: [command] }).output();
  return success ? new TextDecoder().decode(stdout).trim() : undefined;
}

/** Runs the demo in folders of its own. With a compiler: it is the only one on the PATH, under the name `cc`. */
async function demo(name: string, words: readonly string[], compiler?: string) {
  const own = `${folder}/${name}`;
  await Deno.mkdir(`${own}/bin`, { recursive: true });
  if (compiler !== undefined) await Deno.symlink(compiler, `${own}/bin/cc`);
  const assembler = await which("as");
  const linker = await which("ld");
  for (const tool of [assembler, linker]) {
    if (tool !== undefined) await Deno.symlink(tool, `${own}/bin/${tool.split("/").at(-1)}`);
  }
  const run = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", `${root}mod.ts`, "run", `${root}recipes/digits.yaml`],
      ...["--cache", `${own}/cache`, "--out", `${own}/out`, ...words],
    ],
    env: {
      DENO_DIR: packages,
      XDG_CACHE_HOME: `${own}/libraries`,
      ...(compiler === undefined ? {} : { PATH: `${own}/bin` }),
    },
  }).output();
  const said = new TextDecoder().decode(run.stderr);
  const lock = await Deno.readTextFile(`${own}/out/recipe.lock.json`).catch(() => said);
  await Deno.remove(own, { recursive: true });
  return { said, lock };
}

const compilers = { gcc: await which("gcc"), clang: await which("clang") };
const flags = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");

for (const threads of ["1", "2"]) {
  Deno.test(`the demo's lock is the shipped one with WebAssembly's kernels and ${threads} threads`, async () => {
    const { lock, said } = await demo(`wasm${threads}`, [
      "--kernels",
      "wasm",
      "--threads",
      threads,
    ]);
    assert.equal(lock, shipped, said);
  });
  for (const [level, flag] of [["avx2", " avx2 "], ["avx512", " avx512vl "]] as const) {
    for (const [name, path] of Object.entries(compilers)) {
      Deno.test({
        name: `the demo's lock is the shipped one with ${level} by ${name} and ${threads} threads`,
        ignore: path === undefined || !flags.includes(flag),
        async fn() {
          const words = ["--kernels", level, "--threads", threads];
          const { lock, said } = await demo(`${level}${name}${threads}`, words, path);
          assert.equal(lock, shipped, said);
        },
      });
    }
  }
}

addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
