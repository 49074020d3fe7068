/**
 * Kernel locks (flock): freed when the holder dies, so there is nothing to unlock by hand. They are tried, not
 * waited for in the kernel, because such a wait could not be given up.
 */
import { StrangeFileError, strangeness } from "./disk_file.ts";
import { onDisk, type StoreFolder } from "./store_folder.ts";
import type { LockOptions } from "./store.ts";

/** A held lock; disposing it lets go. */
export type HeldLock = Disposable;

/**
 * Takes a lock if nobody holds it; `shared` holders stand beside one another. A file that was removed between being
 * opened and being locked locks nothing, and is not held. Throws a StrangeFileError where the lock file is no file.
 */
export async function tryLock(
  path: string,
  mode: "shared" | "exclusive",
): Promise<HeldLock | undefined> {
  const what = await strangeness(path);
  if (what !== undefined) throw new StrangeFileError(path, what);
  const file = await openLock(path);
  try {
    if (await file.tryLock(mode === "exclusive") && await isAt(path, file)) {
      if (mode === "exclusive") await sign(file);
      return file;
    }
  } catch (error) {
    file.close();
    throw error;
  }
  file.close();
  return undefined;
}

/** Whether that file still stands at the path; where inodes have no numbers it cannot be removed while it is open. */
async function isAt(path: string, file: Deno.FsFile): Promise<boolean> {
  const [there, held] = await Promise.all([
    Deno.stat(path).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }),
    file.stat(),
  ]);
  return there !== undefined && there.ino === held.ino;
}

/** The kernel locks a file whoever wrote it: another user's lock file need only be readable. */
async function openLock(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { read: true, write: true, create: true });
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== "EACCES" && code !== "EPERM") throw error;
    return await Deno.open(path, { read: true }).catch(() => Promise.reject(error));
  }
}

/** How to take a lock. */
interface TakeLockOptions extends LockOptions {
  /**
   * Wraps each try: the disk store holds the collector's lock around it, so that no lock file is unlinked between being
   * opened and being locked.
   */
  attempt?(take: () => Promise<HeldLock | undefined>): Promise<HeldLock | undefined>;
}

/** Takes a lock, waiting for it. */
export async function takeLock(
  path: string,
  mode: "shared" | "exclusive",
  { signal, waiting, attempt = (take) => take() }: TakeLockOptions = {},
): Promise<HeldLock> {
  for (let pause = 5;; pause = Math.min(pause * 2, 200)) {
    signal?.throwIfAborted();
    const held = await attempt(() => tryLock(path, mode));
    if (held !== undefined) return held;
    if (pause === 10) waiting?.(await holder(path));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Takes a lock of a store; what stands in the place of its file and is no file is set aside first. */
export async function takeLockIn(
  cache: StoreFolder,
  ...[path, ...how]: Parameters<typeof takeLock>
): Promise<HeldLock> {
  return await onDisk(cache.root, async () => {
    try {
      return await takeLock(path, ...how);
    } catch (error) {
      if (!(error instanceof StrangeFileError)) throw error;
      await cache.setAside(error.path, error.what);
      return await takeLock(path, ...how);
    }
  });
}

/** Who holds a lock, as a person would say it. */
async function holder(path: string): Promise<string> {
  const pid = (await Deno.readTextFile(path).catch(() => "")).trim();
  return /^\d+$/.test(pid) ? `process ${pid}` : "another process";
}

/** Says who holds the lock, for whoever waits. A full disk or another user's file must not stop the holder. */
async function sign(file: Deno.FsFile): Promise<void> {
  try {
    await file.truncate(0);
    await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
  } catch {
    // Whoever waits reads "another process".
  }
}
