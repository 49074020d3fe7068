/** The folder of a disk store: what lies where, its version, and sentences for what the disk refuses. */
import { StoreError } from "./store.ts";

/** Layout version; a store written by a newer layout is refused. */
const VERSION = 1;

const FOLDERS = [
  "blobs",
  "outcomes",
  "checkpoints",
  "memo",
  "runs",
  "roots",
  "locks",
  "tmp",
  "quarantine",
] as const;

/** A folder of the layout. */
export type Folder = typeof FOLDERS[number];

/** Paths under the root of a store. */
export interface Place {
  readonly root: string;
  /** `ab/cdef…` under a folder: names are spread over 256 subfolders. */
  spread(folder: Folder, name: string): string;
  flat(folder: Folder, name: string): string;
  /** Makes the folders and the version file, once; reading needs neither. */
  prepare(): Promise<void>;
}

/** Opens a folder as a store's place. Throws a StoreError where it is something else, or newer than this code. */
export async function openPlace(root: string): Promise<Place> {
  await assertOurs(root);
  let prepared: Promise<void> | undefined;
  return {
    root,
    spread: (folder, name) => `${root}/${folder}/${name.slice(0, 2)}/${name.slice(2)}`,
    flat: (folder, name) => `${root}/${folder}/${name}`,
    prepare: () => prepared ??= make(root),
  };
}

/** The names under a folder whose files are spread over subfolders. */
export async function* spreadNames(place: Place, folder: Folder): AsyncGenerator<string> {
  for (const prefix of await entries(place.flat(folder, ""))) {
    for (const rest of await entries(place.flat(folder, prefix))) yield prefix + rest;
  }
}

/** The names in a folder, sorted; none where it is not there. */
export async function entries(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(path)) names.push(name);
  } catch (error) {
    const nothing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (!nothing) throw error;
  }
  return names.sort();
}

/** Runs `work` on the disk; what the disk refuses becomes a sentence with a way out. */
export async function onDisk<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusal(root, error) ?? error;
  }
}

async function assertOurs(root: string): Promise<void> {
  const text = await Deno.readTextFile(`${root}/VERSION`).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw refusal(root, error) ?? error;
  });
  if (text === undefined) return await assertEmpty(root);
  const version = Number(text.trim());
  if (version === VERSION) return;
  throw new StoreError(
    "version",
    `Cannot use the cache ${root}: its layout is version ${text.trim().slice(0, 20)}, ` +
      `this is made for ${VERSION}. Give another folder with --cache, or use the newer Decant`,
  );
}

async function assertEmpty(root: string): Promise<void> {
  const known = new Set<string>([...FOLDERS, "VERSION"]);
  try {
    for await (const entry of Deno.readDir(root)) {
      if (known.has(entry.name)) continue;
      throw new StoreError(
        "place",
        `Cannot use ${root} as a cache: it holds other things (${entry.name}). ` +
          "Give a new or empty folder with --cache",
      );
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw refusal(root, error) ?? error;
  }
}

async function make(root: string): Promise<void> {
  await onDisk(root, async () => {
    for (const folder of FOLDERS) await Deno.mkdir(`${root}/${folder}`, { recursive: true });
    const temp = `${root}/tmp/${crypto.randomUUID()}`;
    await Deno.writeTextFile(temp, `${VERSION}\n`, { createNew: true });
    await Deno.rename(temp, `${root}/VERSION`);
  });
}

function refusal(root: string, error: unknown): StoreError | undefined {
  if (!(error instanceof Error) || error instanceof StoreError) return undefined;
  const code = (error as { code?: string }).code;
  if (error instanceof Deno.errors.NotCapable) {
    return new StoreError(
      "denied",
      `Cannot use the cache ${root}: Deno was not allowed to. ` +
        `Add --allow-read=${root} --allow-write=${root}`,
    );
  }
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new StoreError(
      "full",
      `Cannot write to the cache ${root}: the disk is full. ` +
        "Make room (decant cache gc), or give another folder with --cache",
    );
  }
  if (code === "EROFS" || code === "EACCES" || code === "EPERM") {
    return new StoreError(
      "read-only",
      `Cannot write to the cache ${root}: it is read-only. Give another folder with --cache`,
    );
  }
  if (code === "ENOTDIR" || error instanceof Deno.errors.NotADirectory) {
    return new StoreError("place", `Cannot use the cache ${root}: there is a file in the way`);
  }
  return undefined;
}
