/** Pages in Chromium that tell what they found, with files of npm packages beside them. */
import assert from "node:assert/strict";

/** The browser that `DECANT_CHROMIUM` names; tests that need one are skipped without it. */
export const chromium = Deno.env.get("DECANT_CHROMIUM");

/** A page, and what it can fetch. */
interface Page {
  /** The text of its module script; what the last line of it returns, or throws, is told. */
  readonly script: string;
  /** What stands in the page before the script. */
  readonly head?: string;
  /** Bytes, or what JSON can hold, by the path that the page fetches. */
  readonly served: Readonly<Record<string, Uint8Array | object>>;
  /** A folder whose files are served too. */
  readonly folder?: string;
  /** By an address that browsers trust as they trust https, or not. Default: trusted. */
  readonly secure?: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript",
  wasm: "application/wasm",
  json: "application/json",
};

/** What the page returns. Throws what it throws. */
export async function toldByPage(
  { script, head = "", served, folder, secure = true }: Page,
): Promise<unknown> {
  const html = `<!doctype html>${head}<body></body><script type="module">
    const tell = (told) => fetch("/told", { method: "POST", body: JSON.stringify(told) });
    const found = async () => { ${script} };
    found().then((value) => tell({ value }), (error) => tell({ error: String(error) }));
  </script>`;
  const { promise: told, resolve } = Promise.withResolvers<{ value?: unknown; error?: string }>();
  const profile = await Deno.makeTempDir();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return new Response(html, { headers: { "content-type": "text/html" } });
    if (pathname === "/told") {
      resolve(await request.json());
      return new Response();
    }
    const here = served[pathname.slice(1)];
    if (here !== undefined && !(here instanceof Uint8Array)) return Response.json(here);
    const bytes = here ??
      (folder && await Deno.readFile(`${folder}${pathname}`).catch(() => undefined));
    if (!bytes) return new Response(null, { status: 404 });
    const type = TYPES[pathname.replace(/.*\./, "")] ?? "application/octet-stream";
    return new Response(bytes as BodyInit, { headers: { "content-type": type } });
  });
  const host = secure ? "127.0.0.1" : "page.test";
  const browser = new Deno.Command(chromium!, {
    args: [
      ...["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${profile}`],
      ...["--host-resolver-rules=MAP page.test 127.0.0.1", `http://${host}:${server.addr.port}/`],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    const { value, error } = await told;
    if (error !== undefined) throw new Error(error);
    return value;
  } finally {
    browser.kill();
    await browser.status;
    await server.shutdown();
    await removed(profile);
  }
}

/** Removes a profile; processes of the browser that end after it may still write there. */
async function removed(profile: string): Promise<void> {
  for (let left = 50;; left--) {
    try {
      return await Deno.remove(profile, { recursive: true });
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Puts a package at its version into a folder of its bare name, below another. */
export async function unpackedPackage(name: string, version: string, folder: string) {
  const run = async (command: string, args: readonly string[]) => {
    const { success, stderr } = await new Deno.Command(command, { args: [...args], cwd: folder })
      .output();
    assert.ok(success, new TextDecoder().decode(stderr));
  };
  await run("npm", ["pack", `${name}@${version}`]);
  await run("tar", ["xzf", `${name.replace("@", "").replace("/", "-")}-${version}.tgz`]);
  await Deno.rename(`${folder}/package`, `${folder}/${name.replace(/.*\//, "")}`);
}
