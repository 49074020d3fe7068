/**
 * A folder for as long as a process needs one. A kernel lock in it says that the process lives: what one leaves that is
 * killed is removed by the next that asks for such a folder.
 */
import { given } from "../given.ts";
import { strangeness } from "./disk_file.ts";
import { type HeldLock, tryLock } from "./lock.ts";

/** A folder of its own; disposing it removes it. */
export interface Scratch extends AsyncDisposable {
  /** Where to make what is needed; nothing is there yet. */
  readonly path: string;
}

/** A folder without a lock is being made, unless it is as old as this. */
const STALE_MS = 3_600_000;

/**
 * Makes a folder in `dir`, by default the system's folder for temporary files, and removes those with that prefix that
 * nobody holds.
 */
export async function scratchFolder(prefix: string, dir?: string): Promise<Scratch> {
  for (;;) {
    const folder = await Deno.makeTempDir({ prefix, ...given({ dir }) });
    const held = await tryLock(`${folder}/lock`, "exclusive");
    // Another process that removes what nobody holds has come between.
    if (held === undefined) continue;
    await removeDeserted(folder.slice(0, folder.search(/[/\\][^/\\]*$/)), prefix);
    return {
      path: `${folder}/files`,
      [Symbol.asyncDispose]: () => removed(folder, held),
    };
  }
}

/** Removes folders with a prefix that nobody holds. What cannot be removed, or belongs to somebody else, stays. */
export async function removeDeserted(home: string, prefix: string): Promise<void> {
  try {
    for await (const { name, isDirectory } of Deno.readDir(home)) {
      if (!isDirectory || !name.startsWith(prefix)) continue;
      await removeIfDeserted(`${home}/${name}`).catch(() => {});
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

/**
 * The lock goes last but the folder: a process that is killed before leaves what the next one removes. The files go under
 * another name first: what a thread still writes that nobody waits for has no place any more.
 */
async function removed(folder: string, held: HeldLock): Promise<void> {
  using _held = held;
  const gone = `${folder}/gone`;
  await ifThere(Deno.rename(`${folder}/files`, gone));
  // A file that was being opened meanwhile is in the way once.
  await Deno.remove(gone, { recursive: true }).catch(() => {});
  const lock = `${folder}/lock`;
  for (const path of [gone, lock]) await ifThere(Deno.remove(path, { recursive: true }));
  await ifThere(Deno.remove(folder)).catch(async () => {
    // Who looks for deserted folders saw the lock a moment ago, and took it anew: the folder is theirs to remove.
    const taken = await Deno.lstat(lock).then(() => true, () => false);
    if (!taken) await ifThere(Deno.remove(folder));
  });
}

async function ifThere(done: Promise<void>): Promise<void> {
  await done.catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
