/**
 * The new contents of a folder, written beside the old ones on the same disk: whole, and flushed, before anything of the
 * old ones is moved.
 */
import type { Files } from "../../kind.ts";
import { type AtSwapPoint, parentOf, type Swap, workIn } from "./swap.ts";

/** What a folder is to hold. */
export interface Contents {
  /** Folders that come whole, by path. */
  readonly folders: Readonly<Record<string, Files>>;
  /** Files of the folder itself, in the order in which they come. */
  readonly files: Files;
  /** Which files in which folders are those of an earlier write, and go. */
  readonly goes: Readonly<Record<string, readonly string[]>>;
  /** Files of the folder itself that go, and nothing comes in their place. */
  readonly drops: readonly string[];
}

/** The folder that is written to, who is told, and who may interrupt. */
export interface OutPlace {
  readonly root: string;
  readonly at: AtSwapPoint;
  readonly signal?: AbortSignal;
}

/** Files that are written at a time. */
const AT_ONCE = 8;

/** Written between two looks at the signal. */
const CHUNK = 1 << 22;

/** The swap that brings these contents. */
export function swapTo({ folders, files, goes, drops }: Contents): Swap {
  return {
    format: 1,
    goes,
    comes: Object.fromEntries(
      Object.entries(folders).map(([name, files]) => [name, Object.keys(files)]),
    ),
    files: Object.keys(files),
    drops,
  };
}

/** Writes everything that comes, and makes the folders that the swap will move things to. */
export async function stageContents(
  place: OutPlace,
  { folders, files }: Contents,
  { goes, comes }: Swap,
): Promise<void> {
  const { coming, comingFile, going } = workIn(place.root);
  for (const folder of Object.keys(folders)) await Deno.mkdir(coming(folder), { recursive: true });
  await stageFiles(place, [
    ...Object.entries(folders).flatMap(([folder, files]) =>
      Object.entries(files).map(([path, bytes]) => [`${coming(folder)}/${path}`, bytes] as const)
    ),
    ...Object.entries(files).map(([name, bytes]) => [comingFile(name), bytes] as const),
  ]);
  // Made now: on a full disk what follows makes no folder.
  for (const folder of [...Object.keys(goes), ...Object.keys(comes)]) {
    await Deno.mkdir(parentOf(going(folder)), { recursive: true });
  }
}

/** Several at a time: a disk flushes many files as fast as one. */
async function stageFiles(
  place: OutPlace,
  files: readonly (readonly [path: string, bytes: Uint8Array])[],
): Promise<void> {
  const queue = [...files];
  const stageSome = async (): Promise<void> => {
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        await stageFile(place, ...next);
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

/** Writes one file and flushes it. Throws the signal's reason where that was aborted. */
export async function stageFile(
  { at, signal }: OutPlace,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
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

/** Removes what was staged, and what was moved away by a swap that is finished. */
export async function removeStaged(root: string): Promise<void> {
  const { fresh, old, journalPart } = workIn(root);
  for (const path of [fresh, old, journalPart]) {
    await Deno.remove(path, { recursive: true }).catch(unlessAbsent);
  }
}

function unlessAbsent(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
