/** A small recipe, its cache, and the command line on it, for tests that damage the cache. */
import { memoryStore, type Recipe, recipe as typed, type Run } from "../../mod.ts";

const recipe = typed as unknown as (document: Readonly<Record<string, unknown>>) => Recipe;

/** Seven steps in a quarter of a second. */
export const petals = recipe({
  name: "petals",
  data: "iris",
  model: { use: "mlp", hidden: [8], train: { epochs: 1 } },
  quantize: { scheme: "int8" },
});

/** What each step made. */
export const digests = ({ steps }: Run) =>
  steps.map(({ name, artifact }) => [name, artifact?.digest]);

let sound: Promise<ReturnType<typeof digests>> | undefined;

/** What each step of `petals` makes where nothing is damaged. */
export const soundDigests = () => sound ??= petals.run({ cache: memoryStore() }).then(digests);

/** A cache in which `petals` has run. */
export async function smallCache() {
  const folder = await Deno.makeTempDir();
  const cache = `${folder}/cache`;
  await petals.run({ cache });
  return { folder, cache, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

const MOD = new URL("../../mod.ts", import.meta.url).pathname;

/** How a process ended, and what it said. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command line in a process of its own, which is killed after ten seconds (code 124). */
export async function decant(words: readonly string[], through: readonly string[] = []) {
  const [command = "", ...args] = [
    ...through,
    Deno.execPath(),
    ...["run", "-A", "--no-check", "--cached-only", MOD],
    ...words,
  ];
  const child = new Deno.Command(command, {
    args,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, 10_000);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const ended: Ended = { code: late ? 124 : code, out: text(stdout), err: text(stderr) };
  return ended;
}

/** Every file under a folder, relative to it, sorted. */
export async function filesUnder(folder: string, at = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(`${folder}/${at}`)) {
    const path = at === "" ? entry.name : `${at}/${entry.name}`;
    if (entry.isDirectory) found.push(...await filesUnder(folder, path));
    else found.push(path);
  }
  return found.sort();
}
