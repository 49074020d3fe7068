/**
 * Kernel locks (flock): freed when the holder dies, so there is nothing to unlock by hand. They are tried, not
 * waited for in the kernel, because such a wait could not be given up.
 */
import type { LockOptions } from "./store.ts";

/** A held lock; disposing it lets go. */
export type Held = Disposable;

/** Takes a lock if nobody holds it; `shared` holders stand beside one another. */
export async function tryLock(
  path: string,
  mode: "shared" | "exclusive",
): Promise<Held | undefined> {
  const file = await Deno.open(path, { read: true, write: true, create: true });
  try {
    if (await file.tryLock(mode === "exclusive")) {
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

/**
 * Takes a lock, waiting for it. `attempt` wraps each try: the disk store holds the collector's lock around it, so
 * that no lock file is unlinked between being opened and being locked.
 */
export async function takeLock(
  path: string,
  mode: "shared" | "exclusive",
  { signal, waiting }: LockOptions = {},
  attempt: (body: () => Promise<Held | undefined>) => Promise<Held | undefined> = (body) => body(),
): Promise<Held> {
  for (let pause = 5;; pause = Math.min(pause * 2, 200)) {
    signal?.throwIfAborted();
    const held = await attempt(() => tryLock(path, mode));
    if (held !== undefined) return held;
    if (pause === 10) waiting?.(await holder(path));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Who holds a lock, as a person would say it. */
async function holder(path: string): Promise<string> {
  const pid = (await Deno.readTextFile(path).catch(() => "")).trim();
  return /^\d+$/.test(pid) ? `process ${pid}` : "another process";
}

async function sign(file: Deno.FsFile): Promise<void> {
  await file.truncate(0);
  await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
}
