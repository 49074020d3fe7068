/**
 * A folder for people whose contents are replaced as a whole. The new files are written beside the old ones, on the same
 * disk, in a hidden folder for the time of the write; a journal of the swap, published by rename, commits it; then the
 * old ones are renamed away and the new ones in. Whoever is killed before the journal stands leaves the old contents,
 * after that the next that opens the folder goes on to the new ones. A kernel lock lets one process do this at a time.
 * Files that are not said to be ours stay.
 */
import { DecantError } from "../../error.ts";
import { given } from "../../given.ts";
import { StrangeFileError } from "../../store/disk_file.ts";
import { type HeldLock, takeLock, tryLock } from "../../store/lock.ts";
import type { LockOptions } from "../../store/store.ts";
import {
  type Contents,
  type OutPlace,
  removeStaged,
  stageContents,
  stageFile,
  swapTo,
} from "./stage.ts";
import {
  assertFree,
  type AtSwapPoint,
  finishSwap,
  isSwap,
  LEFTOVER,
  type Swap,
  workIn,
} from "./swap.ts";

/** How a folder is opened; who waits for another process can be told, and can give up. */
export interface OutOptions extends LockOptions {
  readonly at?: AtSwapPoint;
}

/** A folder that nobody else writes to until it is disposed. */
interface OutFolder extends AsyncDisposable {
  /** Replaces what is there. Throws an `out` error where it cannot, and the signal's reason where it was aborted. */
  replace(next: Contents): Promise<void>;
}

/**
 * Opens a folder, making it where it is not there, and finishes or undoes what a killed process left in it. A signal
 * that is aborted already is a reason not to wait, and nothing more. Throws an `out` error where it cannot be written.
 */
export async function openOut(root: string, options: OutOptions = {}): Promise<OutFolder> {
  const { at = () => {} } = options;
  const signal = options.signal?.aborted ? undefined : options.signal;
  const place: OutPlace = { root, at, ...given({ signal }) };
  return await onFolder(root, async () => {
    const held = await lockOf(workIn(root).folder, options);
    try {
      await at("lock-taken");
      await recover(place);
    } catch (error) {
      held[Symbol.dispose]();
      throw error;
    }
    return {
      replace: (next: Contents) => onFolder(root, () => replace(place, next)),
      [Symbol.asyncDispose]: () => leaveFolder(root, held),
    };
  });
}

/** Finishes what a killed process had committed, and undoes what it had not. */
async function recover({ root, at }: OutPlace): Promise<void> {
  const swap = await journalAt(root);
  if (swap !== undefined) await finishSwap(root, swap, at);
  await removeStaged(root);
  for await (const { name, isFile } of Deno.readDir(root)) {
    if (isFile && LEFTOVER.test(name)) await Deno.remove(`${root}/${name}`);
  }
}

async function replace(place: OutPlace, next: Contents): Promise<void> {
  const { root, at } = place;
  const swap = swapTo(next);
  await assertFree(root, swap);
  await commit(place, next, swap);
  await at("committed");
  await finishSwap(root, swap, at);
  await removeStaged(root);
  await at("cleared");
}

/** Stages everything, and publishes the journal of the swap: from then on it will be finished. */
async function commit(place: OutPlace, next: Contents, swap: Swap): Promise<void> {
  const { root, at, signal } = place;
  const { journal, journalPart } = workIn(root);
  try {
    await stageContents(place, next, swap);
    await at("staged");
    signal?.throwIfAborted();
    await stageFile(place, journalPart, new TextEncoder().encode(JSON.stringify(swap)));
    await at("journal-written");
    await Deno.rename(journalPart, journal);
  } catch (error) {
    await removeStaged(root).catch(() => {});
    throw error;
  }
}

/** Leaves nothing hidden behind, but what an unfinished swap needs. Only its holder may remove a lock file. */
async function leaveFolder(root: string, held: HeldLock): Promise<void> {
  const { lock, folder } = workIn(root);
  try {
    if (!await isInterrupted(root)) {
      await removeStaged(root);
      await Deno.remove(lock);
      await Deno.remove(folder);
    }
  } catch {
    // Another process may be waiting for the lock, or the disk may be read-only by now.
  } finally {
    held[Symbol.dispose]();
  }
}

/** Whether a swap in that folder was interrupted and has still to be finished. */
export async function isInterrupted(root: string): Promise<boolean> {
  return await Deno.lstat(workIn(root).journal).then(() => true, () => false);
}

/** The lock of a folder. Its file lives as long as somebody needs it, so it may vanish before it is locked. */
async function lockOf(folder: string, { signal, waiting }: OutOptions): Promise<HeldLock> {
  const path = `${folder}/lock`;
  const attempt = async (
    body: () => Promise<HeldLock | undefined>,
  ): Promise<HeldLock | undefined> => {
    try {
      await Deno.mkdir(folder, { recursive: true });
      if ((await Deno.lstat(folder)).isSymlink) throw new StrangeFileError(folder, "a link");
      return await body();
    } catch (error) {
      // Between making the folder and taking the lock in it, its holder may have removed both.
      const gone = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.AlreadyExists && await isGone(folder);
      if (gone) return undefined;
      throw error;
    }
  };
  if (!signal?.aborted) {
    return await takeLock(path, "exclusive", { ...given({ signal, waiting }), attempt });
  }
  const held = await attempt(() => tryLock(path, "exclusive"));
  if (held !== undefined) return held;
  throw signal.reason;
}

async function isGone(folder: string): Promise<boolean> {
  return await Deno.lstat(folder).then(
    () => false,
    (error) => error instanceof Deno.errors.NotFound,
  );
}

/** The journal of a swap that was not finished. Throws an `out` error where it is damaged. */
async function journalAt(root: string): Promise<Swap | undefined> {
  const { journal, old, fresh, folder } = workIn(root);
  let text: string;
  try {
    text = await Deno.readTextFile(journal);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const swap = parsed(text);
  if (isSwap(swap)) return swap;
  throw new DecantError(
    "out",
    `\`${root}\` cannot be written: an interrupted run has to be finished first, and ${journal} ` +
      `is damaged. What was there before is in ${old}, what was to come in ${fresh}; take what ` +
      `you need and remove ${folder}`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Runs `work` in a folder; what the disk refuses becomes a sentence. */
async function onFolder<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const why = refusal(error);
    if (why === undefined) throw error;
    throw new DecantError("out", `\`${root}\` cannot be written: ${why}`, undefined, {
      cause: error,
    });
  }
}

function refusal(error: unknown): string | undefined {
  if (error instanceof StrangeFileError) return `${error.path} is ${error.what}; move it away`;
  // What is a sentence already needs no other around it.
  if (error instanceof DecantError || error instanceof Deno.errors.NotCapable) return undefined;
  const { code, message } = error as { code?: unknown; message?: string };
  // An abortion has a number for a code.
  if (typeof code !== "string") return undefined;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return "the disk is full. Make room, or give another folder";
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return "it is read-only. Give another folder";
    case "ENOTDIR":
    case "EEXIST":
      return "there is a file in the way. Move it away, or give another folder";
    case "ENOENT":
      return "it was removed while it was being written. Run again";
    default:
      return message;
  }
}
