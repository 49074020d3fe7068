/**
 * The machine's C compiler, asked once: to run it takes longer than all else that finds a library which is there. What it
 * said of itself is kept beside the libraries, by the file that it is. That another compiler stands behind the same file
 * would change nothing but the name of a library: whatever was compiled is tested.
 */
import { canonicalBytes, digestOf } from "../../digest.ts";
import { isGranted, PATH_VARIABLE, variable } from "../../permission.ts";
import { type Compiler, findCompiler } from "./compile.ts";
import { assertPrivate, ownBytes, publishText } from "./stored_library.ts";

/** The first of these commands that is there. Throws an Error where the folder is not private. */
export async function knownCompiler(
  folder: string,
  commands: readonly string[],
): Promise<Compiler | undefined> {
  await assertPrivate(folder);
  for (const command of commands) {
    const name = await nameOf(command);
    const path = name && `${folder}/${name}`;
    const kept = path && await ownBytes(path).catch(() => undefined);
    if (kept) return { command, about: new TextDecoder().decode(kept) };
    const asked = await findCompiler([command]);
    if (asked === undefined) continue;
    if (path) await publishText(folder, path, asked.about);
    return asked;
  }
  return undefined;
}

/** A name for the file that a command is; undefined where it is not found, or where that may not be looked up. */
async function nameOf(command: string): Promise<string | undefined> {
  const folders = variable(PATH_VARIABLE)?.split(":") ?? [];
  const found = folders.map((folder) => folder === "" ? command : `${folder}/${command}`);
  for (const path of command.includes("/") ? [command] : found) {
    if (!path.startsWith("/") || !isGranted({ name: "read", path })) return undefined;
    const { isFile, mode, dev, ino, size, mtime } = await Deno.stat(path).catch(() => nothing);
    if (!isFile || (mode! & 0o111) === 0) continue;
    const file = [path, dev!, ino ?? null, size!, mtime?.getTime() ?? null];
    return `compiler-${digestOf(canonicalBytes(file))}.txt`;
  }
  return undefined;
}

const nothing: Partial<Deno.FileInfo> = {};
