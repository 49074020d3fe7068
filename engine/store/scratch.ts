/**
 * A folder for as long as a process needs one. A kernel lock in it says that the process lives: what one leaves that is
 * killed is removed by the next that asks for such a folder.
 */
import { strangeness } from "./disk_file.ts";
import { type HeldLock, tryLock } from "./lock.ts";

/** A folder of its own; disposing it removes it. */
interface Scratch extends AsyncDisposable {
  /** Where to make what is needed; nothing is there yet. */
  readonly path: string;
}

/** A folder without a lock is being made, unless it is as old as this. */
const STALE_MS = 3_600_000;

/** Makes a folder in the system's folder for temporary files, and removes those with that prefix that nobody holds. */
export async function scratchFolder(prefix: string): Promise<Scratch> {
  for (;;) {
    const folder = await Deno.makeTempDir({ prefix });
    const held = await tryLock(`${folder}/lock`, "exclusive");
    // Another process that removes what nobody holds has come between.
    if (held === undefined) continue;
    await removeDeserted(folder, prefix);
    return {
      path: `${folder}/files`,
      [Symbol.asyncDispose]: () => removed(folder, held),
    };
  }
}

/** What cannot be removed, or belongs to somebody else, stays. */
async function removeDeserted(own: string, prefix: string): Promise<void> {
  const home = own.slice(0, own.search(/[/\\][^/\\]*$/));
  try {
    for await (const { name, isDirectory } of Deno.readDir(home)) {
      const folder = `${home}/${name}`;
      if (!isDirectory || !name.startsWith(prefix) || own.endsWith(name)) continue;
      await removeIfDeserted(folder).catch(() => {});
    }
  } catch {
    // Who may not look there can still work in the folder it was given.
  }
}

async function removeIfDeserted(folder: string): Promise<void> {
  const { isFile } = await Deno.lstat(`${folder}/lock`).catch(() => ({ isFile: false }));
  if (isFile && await strangeness(`${folder}/lock`) === undefined) {
    const held = await tryLock(`${folder}/lock`, "exclusive");
    if (held !== undefined) await removed(folder, held);
    return;
  }
  const { mtime } = await Deno.lstat(folder);
  if (mtime !== null && mtime.getTime() < Date.now() - STALE_MS) await Deno.remove(folder);
}

/** The lock goes last but the folder: a process that is killed before leaves what the next one removes. */
async function removed(folder: string, held: HeldLock): Promise<void> {
  using _held = held;
  for (const path of [`${folder}/files`, `${folder}/lock`, folder]) {
    await Deno.remove(path, { recursive: path !== folder }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}
