/** The repository as a web server has it, for somebody without a clone. */
import { denoDir } from "./deno_dir.ts";

const ROOT = new URL("../../../../", import.meta.url);

/**
 * The repository and `files` beside it, by their path, served; and a folder to run Deno in, with a package cache of its own
 * that has the packages of this machine.
 */
export async function servedRepository(files: (root: string) => Readonly<Record<string, string>>) {
  const folder = await Deno.makeTempDir();
  const cache = await denoDir(`${folder}/deno`);
  let beside: Readonly<Record<string, string>> = {};
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const headers = {
        "content-type": pathname.endsWith(".ts") ? "text/typescript" : "text/plain",
      };
      const body = beside[pathname] ??
        await Deno.readFile(new URL(`.${pathname}`, ROOT)).catch(() => undefined);
      return body === undefined
        ? new Response("no", { status: 404 })
        : new Response(body, { headers });
    },
  );
  const root = `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}`;
  beside = files(root);
  return {
    root,
    folder,
    async deno(flags: readonly string[], ...words: string[]) {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-prompt", "--no-lock", ...flags, ...words],
        cwd: folder,
        env: { DENO_DIR: cache, NO_COLOR: "1" },
      }).output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, out: text(stdout), err: text(stderr) };
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
