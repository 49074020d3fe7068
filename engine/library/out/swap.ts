/**
 * The swap of a folder's contents, as its journal says it: what goes, what comes. Every step looks at what is there, so
 * that a swap that was interrupted is finished by doing it again from the beginning.
 */
import { DecantError } from "../../error.ts";

/** The instants of a write; a test kills the process, or fails the disk, at each of them. */
export const points = [
  "lock-taken",
  "file-staged",
  "staged",
  "journal-written",
  "committed",
  "file-away",
  "folder-away",
  "folder-in",
  "kept-back",
  "file-in",
  "finished",
  "cleared",
] as const;

/** An instant of a write. */
export type SwapPoint = typeof points[number];

/** Called at each instant; does nothing outside tests. */
export type AtSwapPoint = (point: SwapPoint) => void | Promise<void>;

/** The journal of a swap. */
export interface Swap {
  readonly format: 1;
  /** Folder → the files in it that an earlier write left, and that go; every other file there stays. */
  readonly goes: Readonly<Record<string, readonly string[]>>;
  /** Folder → the files with which it comes. */
  readonly comes: Readonly<Record<string, readonly string[]>>;
  /** Files that come in the folder itself, in order. */
  readonly files: readonly string[];
  /** Files that go from the folder itself, and nothing comes in their place. */
  readonly drops: readonly string[];
}

/** What a write leaves behind that knew no journal and was killed. */
export const LEFTOVER = /^\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** Where a write keeps what it needs: in a hidden folder inside, and so on the same disk. */
export function workIn(root: string) {
  const folder = `${root}/.decant-out`;
  const [fresh, old] = [`${folder}/new`, `${folder}/old`];
  return {
    folder,
    fresh,
    old,
    lock: `${folder}/lock`,
    journal: `${folder}/swap.json`,
    journalPart: `${folder}/swap.json.part`,
    coming: (name: string) => `${fresh}/folders/${name}`,
    comingFile: (name: string) => `${fresh}/files/${name}`,
    going: (name: string) => `${old}/folders/${name}`,
    goingFile: (name: string) => `${old}/files/${name}`,
  };
}

/** Whether a value is a journal whose names stay in the folder. */
export function isSwap(value: unknown): value is Swap {
  const { format, goes, comes, files, drops } = (value ?? {}) as Partial<Swap>;
  const isList = (names: unknown): boolean =>
    Array.isArray(names) && names.every((name) => typeof name === "string" && isInside(name));
  const isMap = (map: unknown): boolean =>
    typeof map === "object" && map !== null &&
    Object.entries(map).every(([name, names]) => isInside(name) && isList(names));
  return format === 1 && isMap(goes) && isMap(comes) && isList(files) && isList(drops);
}

/** Whether a path stays in the folder that it is relative to. */
export function isInside(path: string): boolean {
  const parts = path.split("/");
  return !parts.some((part) => part === "" || part === "." || part === ".." || /[\\\0]/.test(part));
}

/** Throws an `out` error where something that is not ours stands in the way of a swap. Nothing has been changed by then. */
export async function assertFree(root: string, { goes, comes, files }: Swap): Promise<void> {
  const { dev } = await Deno.lstat(root);
  for (const folder of foldersOf({ goes, comes })) {
    for (const path of ancestors(folder)) {
      const info = await infoAt(`${root}/${path}`);
      if (info === undefined) break;
      if (!info.isDirectory) throw inTheWay(`${root}/${path}`, "is no folder");
      if (info.dev !== dev) throw inTheWay(`${root}/${path}`, "is on another disk");
    }
    const ours = new Set(goes[folder]);
    for (const path of comes[folder] ?? []) {
      await assertPlace(`${root}/${folder}`, path, (each) => !ours.has(each));
    }
  }
  for (const path of files) await assertPlace(root, path, () => true);
}

/** Renames the old away and the new in, and the files that are not ours back to where they were. */
export async function finishSwap(root: string, swap: Swap, at: AtSwapPoint): Promise<void> {
  const work = workIn(root);
  const { goes, comes, files, drops } = swap;
  const folders = foldersOf(swap);
  // The last file to come is the first to go: what is on its way counts for nothing.
  for (const name of [...drops, ...files.toReversed()]) {
    const arrived = files.includes(name) && !await isThere(work.comingFile(name));
    if (arrived) continue;
    await moveIfThere(`${root}/${name}`, work.goingFile(name));
    await at("file-away");
  }
  for (const folder of folders) {
    const [here, away, coming] = [`${root}/${folder}`, work.going(folder), work.coming(folder)];
    const comesIn = Object.hasOwn(comes, folder);
    if (comesIn && !await isThere(coming)) continue;
    if (!await isThere(away)) await moveIfThere(here, away);
    else if (comesIn && await isThere(here)) {
      throw inTheWay(here, "was made while an interrupted run had moved the one before away");
    }
    await at("folder-away");
    if (!comesIn) continue;
    await moveIfThere(coming, here);
    await at("folder-in");
  }
  for (const folder of folders) {
    const dropped = new Set([...goes[folder] ?? [], ...comes[folder] ?? []]);
    await giveBack(work.going(folder), `${root}/${folder}`, dropped);
    if (!Object.hasOwn(comes, folder)) await removeEmpty(root, folder);
  }
  await at("kept-back");
  for (const name of files) {
    await moveIfThere(work.comingFile(name), `${root}/${name}`);
    await at("file-in");
  }
  await Deno.remove(work.journal);
  await at("finished");
}

/** Moves what is not dropped from one folder to another that has nothing of these names. */
async function giveBack(
  from: string,
  to: string,
  dropped: ReadonlySet<string>,
  prefix = "",
): Promise<void> {
  if (!await isThere(from)) return;
  for (const { name, isDirectory, isFile } of await Array.fromAsync(Deno.readDir(from))) {
    const path = `${prefix}${name}`;
    if (!isDirectory && dropped.has(path) || isFile && LEFTOVER.test(name)) continue;
    const within = isDirectory && [...dropped].some((each) => each.startsWith(`${path}/`));
    if (within || isDirectory && await isThere(`${to}/${name}`)) {
      await giveBack(`${from}/${name}`, `${to}/${name}`, dropped, `${path}/`);
      continue;
    }
    if (await isThere(`${to}/${name}`)) {
      throw inTheWay(`${to}/${name}`, "was made while an interrupted run had moved one away");
    }
    await moveIfThere(`${from}/${name}`, `${to}/${name}`);
  }
}

/** Removes the folders above one that is gone, as far as they are empty. */
async function removeEmpty(root: string, folder: string): Promise<void> {
  for (const path of ancestors(folder).toReversed()) {
    try {
      await Deno.remove(`${root}/${path}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) return;
    }
  }
}

function foldersOf({ goes, comes }: Pick<Swap, "goes" | "comes">): string[] {
  return [...new Set([...Object.keys(goes), ...Object.keys(comes)])];
}

/** A file comes to this path: what may be replaced there is a file, and what is above it must be folders. */
async function assertPlace(
  folder: string,
  path: string,
  isForeign: (path: string) => boolean,
): Promise<void> {
  for (const each of ancestors(path)) {
    const info = await infoAt(`${folder}/${each}`);
    if (info === undefined) return;
    const whole = `${folder}/${each}`;
    if (each === path && info.isDirectory) throw inTheWay(whole, "is a folder");
    if (each !== path && !info.isDirectory && isForeign(each)) {
      throw inTheWay(whole, "is no folder");
    }
  }
}

/** `a`, `a/b`, `a/b/c` of `a/b/c`. */
function ancestors(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}

function inTheWay(path: string, why: string): DecantError {
  return new DecantError(
    "out",
    `\`${path}\` cannot be written: it ${why}. Move it away and run again`,
  );
}

async function moveIfThere(from: string, to: string): Promise<void> {
  if (!await isThere(from)) return;
  await Deno.mkdir(parentOf(to), { recursive: true });
  await Deno.rename(from, to);
}

const isThere = async (path: string): Promise<boolean> => await infoAt(path) !== undefined;

async function infoAt(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    const none = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (none) return undefined;
    throw error;
  }
}

/** The folder of a path. */
export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));
