/** The files that a run left in a folder, compared with the report and the lock that lie beside them. */
import { hasCode } from "../../error.ts";
import { digestOf } from "../../digest.ts";
import { filesDigest } from "../../files.ts";
import { readIfThere, StrangeFileError } from "../../store/disk_file.ts";
import { parseLock } from "../../run/lock.ts";
import { filesOf, LOCK, REPORT, reportIn } from "../write_out.ts";
import type { ExportDocument } from "../../report/document.ts";
import { isInterrupted, openOut, type OutOptions } from "./out_folder.ts";

/** What is not as the report or the lock says. */
interface OutDifference {
  /** A file, or the folder of an export, relative to the folder that was looked at. */
  readonly path: string;
  /** `changed` also of a report that is none; `unlocked`: it lists other files than the lock beside it determines. */
  readonly what: "changed" | "missing" | "unlocked";
}

/** What came of it. */
export interface OutVerification {
  /** Exports that the report lists, and their files. */
  readonly exports: number;
  readonly files: number;
  /** Whether a lock stands there. */
  readonly locked: boolean;
  readonly differences: readonly OutDifference[];
  /** Files in the folder of an export that are not of it. A run leaves them alone. */
  readonly added: readonly string[];
}

/**
 * Compares; an interrupted write is finished or undone first. Undefined where no report is there. Throws an `out` error
 * where an interrupted write cannot be finished.
 */
export async function verifyOut(
  root: string,
  options: OutOptions = {},
): Promise<OutVerification | undefined> {
  if (!await Deno.stat(root).then(({ isDirectory }) => isDirectory, () => false)) return undefined;
  await using _alone = await opened(root, options);
  const { there, sound, exports } = await reportIn(root);
  if (!there) return undefined;
  const bytes = await readIfThere(`${root}/${LOCK}`);
  const lock = bytes && parseLock(new TextDecoder().decode(bytes), `${root}/${LOCK}`);
  const differences: OutDifference[] = [];
  const added: string[] = [];
  const exported = lock?.steps.some(({ artifact }) => artifact.kind === "files") ?? false;
  if (!sound) differences.push({ path: REPORT, what: "changed" });
  else if (exported && exports.length === 0) differences.push({ path: REPORT, what: "unlocked" });
  for (const each of exports) {
    options.signal?.throwIfAborted();
    const { step, folder, files } = each;
    const locked = lock?.steps.find(({ name }) => name === step);
    if (lock !== undefined && locked?.artifact.digest !== filesDigest(files)) {
      differences.push({ path: `${folder}/`, what: "unlocked" });
    }
    differences.push(...await differing(root, each));
    const known = new Set(filesOf(each).map(({ path }) => path));
    const found = await filesUnder(`${root}/${folder}`);
    added.push(...found.filter((path) => !known.has(path)).map((path) => `${folder}/${path}`));
  }
  return {
    exports: exports.length,
    files: exports.reduce((sum, each) => sum + filesOf(each).length, 0),
    locked: lock !== undefined,
    differences,
    added: added.sort(),
  };
}

/** The folder, for nobody else to write to; who may not write there may still look, unless a write was interrupted. */
async function opened(root: string, options: OutOptions): Promise<AsyncDisposable | undefined> {
  try {
    return await openOut(root, options);
  } catch (error) {
    const mayNot = hasCode(error, "out") || error instanceof Deno.errors.NotCapable;
    if (!mayNot || await isInterrupted(root)) throw error;
    return undefined;
  }
}

async function differing(
  root: string,
  each: ExportDocument,
): Promise<OutDifference[]> {
  const { folder, page } = each;
  const found: OutDifference[] = [];
  const inFolder = filesOf(each).map(({ path, digest }) => ({
    whole: `${folder}/${path}`,
    digest,
  }));
  const beside = page === undefined ? [] : [{ whole: page.path, digest: page.digest }];
  for (const { whole, digest } of [...inFolder, ...beside]) {
    const made = await digestAt(`${root}/${whole}`);
    if (made !== digest) {
      found.push({ path: whole, what: made === undefined ? "missing" : "changed" });
    }
  }
  return found;
}

/** The digest of a file; of what is no file, what it is instead. */
async function digestAt(path: string): Promise<string | undefined> {
  try {
    const bytes = await readIfThere(path);
    return bytes && digestOf(bytes);
  } catch (error) {
    if (error instanceof StrangeFileError) return error.what;
    throw error;
  }
}

/** Whatever is under a folder and is no folder itself, relative to it. */
async function filesUnder(folder: string, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(`${folder}/${prefix}`)) {
      if (isDirectory) found.push(...await filesUnder(folder, `${prefix}${name}/`));
      else found.push(`${prefix}${name}`);
    }
  } catch (error) {
    const none = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (!none) throw error;
  }
  return found;
}
