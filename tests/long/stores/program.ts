/** Programs in Go that tests start, built once into a folder of caches of the user's. */
import { fromFileUrl } from "../../architecture/imports.ts";

/** What is built. */
interface GoProgram {
  readonly name: string;
  /** A package at a version, or a folder of the repository with a module in it, which ends in a slash. */
  readonly source: string;
}

/** Where programs are kept. */
const FOLDER = `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/decant-tests`;

/** The program's path, or why there is none. A build may take many minutes; it leaves the processor to others. */
export async function goProgram({ name, source }: GoProgram): Promise<string | { why: string }> {
  const folder = source.endsWith("/") ? fromFileUrl(source).pathname : undefined;
  const path = `${FOLDER}/${name}-${await versionOf(source, folder)}`;
  if (await isFile(path)) return path;
  if (await said("go", ["version"]) === undefined) return { why: "it takes Go" };
  await Deno.mkdir(FOLDER, { recursive: true });
  const bin = await Deno.makeTempDir({ dir: FOLDER });
  try {
    const cwd = folder ?? await fetched(source);
    if (cwd === undefined) return { why: `go mod download ${source} failed` };
    const { success, stderr } = await new Deno.Command("nice", {
      args: ["-n", "19", "go", "build", "-o", `${bin}/${name}`],
      cwd,
    }).output();
    const text = new TextDecoder().decode(stderr).trim();
    if (!success) return { why: `go build of ${source} failed: ${text.split("\n").at(-1)}` };
    await Deno.rename(`${bin}/${name}`, path);
    return path;
  } finally {
    await Deno.remove(bin, { recursive: true });
  }
}

/**
 * The folder of a module at a version, which is built there by its own sums; undefined where it cannot be had. `go install`
 * asks for the list of all versions besides, which not every proxy has.
 */
async function fetched(source: string): Promise<string | undefined> {
  const text = await said("go", ["mod", "download", "-json", source]);
  return text === undefined ? undefined : (JSON.parse(text) as { ["Dir"]: string })["Dir"];
}

/** What a command prints; undefined where there is no such command, or it fails. */
export async function said(
  command: string,
  args: readonly string[],
): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(command, { args: [...args] }).output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  }
}

const isFile = (path: string): Promise<boolean> =>
  Deno.stat(path).then((info) => info.isFile, () => false);

/** The version after the `@`, or a digest of the source in a folder. */
async function versionOf(source: string, folder: string | undefined): Promise<string> {
  if (folder === undefined) return source.split("@")[1]!;
  const texts = await Promise.all(
    ["main.go", "go.mod", "go.sum"].map((name) => Deno.readTextFile(`${folder}${name}`)),
  );
  const bytes = new TextEncoder().encode(texts.join("\0"));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 16);
}
