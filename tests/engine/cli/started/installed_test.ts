/** The command as it is installed: from a clone, and from a URL that serves one. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const root = new URL("../../../../", import.meta.url);

const recipe = `decant: 1
name: tiny
data: { use: digits, limit: 60 }
model: { use: mlp, hidden: [4], train: { epochs: 1 } }
quantize: { scheme: int8 }
`;

/** Serves the files of the repository, as a host of source files does. */
function served(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async ({ url }) => {
    const path = new URL(`.${new URL(url).pathname}`, root);
    try {
      const type = path.pathname.endsWith(".ts")
        ? "text/typescript"
        : path.pathname.endsWith(".json")
        ? "application/json"
        : "text/plain";
      return new Response(await Deno.readFile(path), { headers: { "content-type": type } });
    } catch {
      return new Response("not found", { status: 404 });
    }
  });
}

/** Installs a module as `decant` in a folder of its own and gives what runs it there. */
async function installed(module: string, folder: string) {
  const env = { DENO_INSTALL_ROOT: folder, NO_COLOR: "1", PATH: Deno.env.get("PATH")! };
  const run = async (command: string, args: readonly string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(command, {
      args: [...args],
      cwd: folder,
      env: { ...env, PATH: `${dirname(Deno.execPath())}:${env.PATH}` },
    }).output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code, out: out!, err: err! };
  };
  const { code, err } = await run(Deno.execPath(), ["install", "-g", "-A", "-n", "decant", module]);
  assert.equal(code, 0, err);
  return (...words: string[]) => run(`${folder}/bin/decant`, words);
}

const locks = new Set<string>();

for (const from of ["a clone", "a URL"] as const) {
  Deno.test(`installed from ${from}, decant is a command that helps, checks and runs in any folder`, async () => {
    const folder = await Deno.makeTempDir();
    const server = from === "a URL" ? served() : undefined;
    try {
      const module = server === undefined
        ? fileURLToPath(new URL("mod.ts", root))
        : `http://127.0.0.1:${server.addr.port}/mod.ts`;
      const decant = await installed(module, folder);
      await Deno.writeTextFile(`${folder}/tiny.yaml`, recipe);
      const help = await decant("--help");
      assert.deepEqual([help.code, /^ {2}run RECIPE/m.test(help.out)], [0, true], help.err);
      assert.match((await decant("check", "tiny.yaml")).out, /nothing wrong/);
      const ran = await decant("run", "tiny.yaml", "--kernels", "wasm", "--threads", "1");
      assert.equal(ran.code, 0, ran.err);
      assert.match(ran.out, /^quantized {2}result/m);
      locks.add(await Deno.readTextFile(`${folder}/out/tiny/recipe.lock.json`));
      assert.equal(locks.size, 1, "the same lock, wherever the command came from");
    } finally {
      await server?.shutdown();
      await Deno.remove(folder, { recursive: true });
    }
  });
}
