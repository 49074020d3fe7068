/** One file of a cache, read: what is no file is never opened, and who may not read it is told so. */
import { nodeCrypto } from "../deps/node.ts";
import type { Digest } from "../digest.ts";
import { StoreError } from "./store.ts";

/** Something else stands where a file of the cache should be: a folder, a FIFO, a link to nothing. */
export class StrangeFileError extends Error {
  /** Tells this error from others. */
  override readonly name = "StrangeFileError";
  /** `what` says what is there, with its article. */
  constructor(readonly path: string, readonly what: string) {
    super(`${path} is ${what}, not a file`);
  }
}

/** The bytes of a file; undefined where there is none. Throws a StrangeFileError where it is no file. */
export async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    const what = await strangeness(path);
    if (what !== undefined) throw new StrangeFileError(path, what);
    return await Deno.readFile(path);
  } catch (error) {
    const { code } = error as { code?: string };
    if (error instanceof Deno.errors.NotFound || code === "ENOTDIR") return undefined;
    if (code !== "EACCES" && code !== "EPERM") throw error;
    throw new StoreError(
      "unreadable",
      `Cannot read ${path}: it belongs to somebody who does not let others read it. Ask them ` +
        "(chmod go+r), or give another folder with --cache",
    );
  }
}

/**
 * What stands at `path` where a file (or a folder) is expected, in words; undefined where it is one or nothing is
 * there. Opening a FIFO would wait for ever for somebody to write, so this is asked before anything is opened.
 */
export async function strangeness(
  path: string,
  expected: "file" | "folder" = "file",
): Promise<string | undefined> {
  try {
    const here = await Deno.lstat(path);
    const info = here.isSymlink ? await Deno.stat(path) : here;
    if (expected === "file" ? info.isFile : info.isDirectory) return undefined;
    if (info.isDirectory) return "a folder";
    if (info.isFile) return "a file";
    return info.isFifo ? "a FIFO" : "a device or a socket";
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === "ELOOP") return "a loop of links";
    if (code === "ENOTDIR") return undefined;
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    // A file may have been made since it was looked for; only a link is there without what it names.
    return await Deno.lstat(path).then(
      ({ isSymlink }) => isSymlink ? "a link to nothing" : undefined,
      () => undefined,
    );
  }
}

/** Whether there is a file, which a link may lead to. */
export const isFile = (path: string): Promise<boolean> =>
  Deno.stat(path).then((info) => info.isFile, () => false);

/** The digest of a file, read in pieces; the signal stops it. */
export async function digestOfFile(path: string | URL, signal?: AbortSignal): Promise<Digest> {
  using file = await Deno.open(path);
  return await digestOfOpen(file, signal);
}

/** The same of a file that is open, from its place on. */
export async function digestOfOpen(file: Deno.FsFile, signal?: AbortSignal): Promise<Digest> {
  const hash = nodeCrypto().createHash("sha256");
  const buffer = new Uint8Array(1 << 20);
  for (let n = await file.read(buffer); n !== null; n = await file.read(buffer)) {
    signal?.throwIfAborted();
    hash.update(buffer.subarray(0, n));
  }
  return hash.digest("hex") as Digest;
}
