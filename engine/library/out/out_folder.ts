/**
 * A folder for people whose contents are replaced as a whole. The new files are written beside the old ones, on the same
 * disk, in a hidden folder for the time of the write; a journal of the swap, published by rename, commits it; then the
 * old ones are renamed away and the new ones in. Whoever is killed before the journal stands leaves the old contents,
 * after that the next that opens the folder goes on to the new ones. A kernel lock lets one process do this at a time.
 * Files that are not said to be ours stay.
 */
import { DecantError } from "../../error.ts";
import type { Files } from "../../kind.ts";
import { StrangeFileError } from "../../store/disk_file.ts";
import { type HeldLock, takeLock, tryLock } from "../../store/lock.ts";
import type { LockOptions } from "../../store/store.ts";
import {
  assertFree,
  type AtSwapPoint,
  finishSwap,
  isSwap,
  LEFTOVER,
  parentOf,
  type Swap,
  workIn,
} from "./swap.ts";

/** How a folder is opened; who waits for another process can be told, and can give up. */
export interface OutOptions extends LockOptions {
  readonly at?: AtSwapPoint;
}

/** What a folder is to hold. */
interface Contents {
  /** Folders that come whole, by path. */
  readonly folders: Readonly<Record<string, Files>>;
  /** Files of the folder itself, in the order in which they come. */
  readonly files: Files;
  /** Which files in which folders are those of an earlier write, and go. */
  readonly goes: Readonly<Record<string, readonly string[]>>;
  /** Files of the folder itself that go, and nothing comes in their place. */
  readonly drops: readonly string[];
}

/** A folder that nobody else writes to until it is disposed. */
interface OutFolder extends AsyncDisposable {
  /** Replaces what is there. Throws an `out` error where it cannot, and the signal's reason where it was aborted. */
  replace(next: Contents): Promise<void>;
}

/** Files that are written at a time. */
const AT_ONCE = 8;

/** Written between two looks at the signal. */
const CHUNK = 1 << 22;

/**
 * Opens a folder, making it where it is not there, and finishes or undoes what a killed process left in it. A signal
 * that is aborted already is a reason not to wait, and nothing more. Throws an `out` error where it cannot be written.
 */
export async function openOut(root: string, options: OutOptions = {}): Promise<OutFolder> {
  const { at = () => {} } = options;
  const signal = options.signal?.aborted ? undefined : options.signal;
  const work = workIn(root);
  return await onFolder(root, async () => {
    const held = await lockOf(work.folder, options);
    try {
      await at("lock-taken");
      await recover();
    } catch (error) {
      held[Symbol.dispose]();
      throw error;
    }
    return {
      replace: (next: Contents) => onFolder(root, () => replace(next)),
      async [Symbol.asyncDispose]() {
        await clear(held);
      },
    };
  });

  async function recover(): Promise<void> {
    const swap = await journalAt(root);
    if (swap === undefined) await removeWork();
    else {
      await finishSwap(root, swap, at);
      await removeWork();
    }
    for await (const { name, isFile } of Deno.readDir(root)) {
      if (isFile && LEFTOVER.test(name)) await Deno.remove(`${root}/${name}`);
    }
  }

  async function replace(next: Contents): Promise<void> {
    const swap: Swap = {
      format: 1,
      goes: next.goes,
      comes: Object.fromEntries(
        Object.entries(next.folders).map(([name, files]) => [name, Object.keys(files)]),
      ),
      files: Object.keys(next.files),
      drops: next.drops,
    };
    await assertFree(root, swap);
    try {
      for (const folder of Object.keys(next.folders)) {
        await Deno.mkdir(work.coming(folder), { recursive: true });
      }
      await stageAll([
        ...Object.entries(next.folders).flatMap(([folder, files]) =>
          Object.entries(files).map(([path, bytes]) =>
            [`${work.coming(folder)}/${path}`, bytes] as const
          )
        ),
        ...Object.entries(next.files).map(([name, bytes]) =>
          [work.comingFile(name), bytes] as const
        ),
      ]);
      // Made now: on a full disk what follows makes no folder.
      for (const folder of [...Object.keys(swap.goes), ...Object.keys(swap.comes)]) {
        await Deno.mkdir(parentOf(work.going(folder)), { recursive: true });
      }
      await at("staged");
      signal?.throwIfAborted();
      await stage(work.journalPart, new TextEncoder().encode(JSON.stringify(swap)));
      await at("journal-written");
      await Deno.rename(work.journalPart, work.journal);
    } catch (error) {
      await removeWork().catch(() => {});
      throw error;
    }
    await at("committed");
    await finishSwap(root, swap, at);
    await removeWork();
    await at("cleared");
  }

  /** Several at a time: a disk flushes many files as fast as one. */
  async function stageAll(files: readonly (readonly [string, Uint8Array])[]): Promise<void> {
    const queue = [...files];
    const stageSome = async (): Promise<void> => {
      try {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          await stage(...next);
        }
      } catch (error) {
        queue.length = 0;
        throw error;
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, stageSome));
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  async function stage(path: string, bytes: Uint8Array): Promise<void> {
    await Deno.mkdir(parentOf(path), { recursive: true });
    using file = await Deno.open(path, { write: true, createNew: true });
    for (let done = 0; done < bytes.byteLength;) {
      signal?.throwIfAborted();
      done += await file.write(bytes.subarray(done, done + CHUNK));
    }
    // Without the flush a power cut could leave the name without the bytes.
    await file.syncData();
    await at("file-staged");
  }

  /** What was staged, and what was renamed away by a swap that is finished. */
  async function removeWork(): Promise<void> {
    for (const path of [work.fresh, work.old, work.journalPart]) {
      await Deno.remove(path, { recursive: true }).catch(unlessAbsent);
    }
  }

  /** Leaves nothing hidden behind, but what an unfinished swap needs. Only its holder may remove a lock file. */
  async function clear(held: HeldLock): Promise<void> {
    try {
      const unfinished = await Deno.lstat(work.journal).then(() => true, () => false);
      if (!unfinished) {
        await removeWork();
        await Deno.remove(work.lock);
        await Deno.remove(work.folder);
      }
    } catch {
      // Another process may be waiting for the lock, or the disk may be read-only by now.
    } finally {
      held[Symbol.dispose]();
    }
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
    const options = { ...(signal && { signal }), ...(waiting && { waiting }) };
    return await takeLock(path, "exclusive", { ...options, attempt });
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
  if (error instanceof Deno.errors.NotCapable) return undefined;
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

function unlessAbsent(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
