// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * The bytes that a fresh clone downloads with an empty package cache: by `--help`, by `check`, by the demo, and by what
 * comes before the tests (`tests/fetch.ts`). Counted are the bodies of all that Deno says it downloads, as a server sends
 * them. `deno run -A tests/bench/downloads.ts` prints JSON.
 */
const root = new URL("../../", import.meta.url);

/** What is asked of a fresh clone. */
const commands = {
  help: ["run", "-A", "mod.ts", "--help"],
  check: ["run", "-A", "mod.ts", "check", "recipes/digits.yaml"],
  demo: ["run", "-A", "mod.ts", "run", "recipes/digits.yaml"],
  tests: ["run", "-A", "tests/fetch.ts"],
};

const figures: Record<string, { files: number; bytes: number; unpacked: number }> = {};
for (const [name, args] of Object.entries(commands)) {
  const [cache, out] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  const more = name === "demo" ? ["--cache", `${out}/cache`, "--out", `${out}/out`] : [];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, ...more],
    cwd: root,
    env: { DENO_DIR: cache, NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stderr);
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${said.slice(-2000)}`);
  const urls = [...new Set([...said.matchAll(/^Download (\S+)$/gm)].map(([, url]) => url!))];
  let bytes = 0;
  for (const url of urls) bytes += await sizeOf(url);
  figures[name] = { files: urls.length, bytes, unpacked: await sizeOfFolder(cache) };
  await Promise.all([cache, out].map((each) => Deno.remove(each, { recursive: true })));
}
console.log(JSON.stringify({ deno: Deno.version.deno, downloads: figures }, null, 2));

/** The bytes of a body as it is sent, compressed where the server compresses. */
async function sizeOf(url: string): Promise<number> {
  const { headers, body } = await fetch(url, { method: "HEAD" });
  await body?.cancel();
  const stated = Number(headers.get("content-length"));
  if (stated > 0) return stated;
  return (await (await fetch(url)).arrayBuffer()).byteLength;
}

async function sizeOfFolder(path: string): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    bytes += isDirectory
      ? await sizeOfFolder(`${path}/${name}`)
      : (await Deno.stat(`${path}/${name}`)).size;
  }
  return bytes;
}
