/**
 * The folder of a disk store: what lies where, under which names, its version, and sentences for what the disk refuses.
 * Only files whose names have the store's form are read or removed; everything else there belongs to somebody else.
 */
import { CACHE_VARIABLE, variable } from "../permission.ts";
import { strangeness } from "./disk_file.ts";
import { StoreError } from "./store.ts";

/** Layout version; a store written by a newer layout is refused. */
const VERSION = 1;

const HASH = /^[0-9a-f]{64}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The folders of the layout and the form of the names in each. */
const FOLDERS = {
  blobs: HASH,
  outcomes: HASH,
  checkpoints: HASH,
  memo: HASH,
  runs: /^\d{8}T\d{6}Z-[0-9a-f]{8}\.jsonl$/,
  roots: /^[a-z][a-z0-9-]{0,63}\.json$/,
  locks: /^(collector|[0-9a-f]{64})$/,
  tmp: UUID,
  quarantine: /^(blob|outcome|checkpoint|disputed|version|foreign)-[0-9a-f-]+$/,
} as const;

/** A folder of the layout. */
export type Folder = keyof typeof FOLDERS;

const folders = Object.keys(FOLDERS) as Folder[];

/** What folders in `tmp` are called that belong to one writer each: see `writer_folder.ts`. */
export const WRITER = "writer-";

/** Folders whose files are spread over 256 subfolders by the first two letters of their names. */
const SPREAD: ReadonlySet<Folder> = new Set(["blobs", "outcomes", "checkpoints", "memo"]);

/** Paths under the root of a store. */
export interface StoreFolder {
  readonly root: string;
  /** Told, in a sentence, what was found that is not as it should be and does not stop the work. */
  readonly notice: (sentence: string) => void;
  /** `ab/cdef…` under a folder: names are spread over 256 subfolders. */
  spread(folder: Folder, name: string): string;
  flat(folder: Folder, name: string): string;
  /** A path for a file that is not published yet; nothing is there. */
  temporary(): string;
  /** Makes the folders and the version file where they are missing, once; reading needs neither. */
  prepare(): Promise<void>;
  /** Moves what stands at `path` into quarantine, where nothing deletes it, and says so. */
  setAside(path: string, what: string): Promise<void>;
}

/** How to open a folder. */
export interface OpenOptions {
  /** Refuses a folder that is no cache yet; otherwise an absent or empty one becomes one when something is written. */
  readonly existing?: boolean;
  /** See `StoreFolder.notice`. */
  readonly notice?: (sentence: string) => void;
  /** Where files lie before they are published, instead of in `tmp` itself: see `writer_folder.ts`. */
  readonly writer?: string;
}

/** The folder of the cache where none is given: that of `DECANT_CACHE`, else `.decant` in the working directory. */
export function defaultCache(): string {
  return variable(CACHE_VARIABLE) ?? ".decant";
}

/** Where a name stands that is spread over subfolders, under the root of a store. */
export function spreadIn(root: string, folder: Folder, name: string): string {
  return `${root}/${folder}/${name.slice(0, 2)}/${name.slice(2)}`;
}

/** Opens the folder of a store. Throws a StoreError where it is something else, or newer than this code. */
export async function openStoreFolder(
  root: string,
  options: OpenOptions = {},
): Promise<StoreFolder> {
  const { existing = false, notice = () => {}, writer = `${root}/tmp` } = options;
  let prepared: Promise<void> | undefined;
  const cache: StoreFolder = {
    root,
    notice,
    spread: (folder, name) => spreadIn(root, folder, name),
    flat: (folder, name) => `${root}/${folder}/${name}`,
    temporary: () => `${writer}/${crypto.randomUUID()}`,
    prepare: () => prepared ??= make(root),
    async setAside(path, what) {
      const aside = cache.flat("quarantine", `foreign-${crypto.randomUUID()}`);
      await Deno.rename(path, aside);
      notice(`${path} is ${what}, not a file of the cache; it was moved to ${aside}`);
    },
  };
  await assertOurs(cache, existing);
  return cache;
}

/** The names of the store's own files in a folder, sorted where they are not spread. */
export async function* namesIn(cache: StoreFolder, folder: Folder): AsyncGenerator<string> {
  if (!SPREAD.has(folder)) {
    for (const name of await entries(cache.flat(folder, ""))) {
      if (FOLDERS[folder].test(name)) yield name;
    }
    return;
  }
  for (const prefix of await entries(cache.flat(folder, ""))) {
    for (const rest of await entries(cache.flat(folder, prefix))) {
      if (prefix.length === 2 && FOLDERS[folder].test(prefix + rest)) yield prefix + rest;
    }
  }
}

/** Sentences about what lies in the folders of the layout and is not the store's: other names, no files. */
export async function* strangers(cache: StoreFolder): AsyncGenerator<string> {
  for (const folder of folders) {
    for (const name of await entries(cache.flat(folder, ""))) {
      const path = cache.flat(folder, name);
      if (!SPREAD.has(folder)) yield* strange(path, name, folder);
      else if (await strangeness(path, "folder") !== undefined || !/^[0-9a-f]{2}$/.test(name)) {
        yield `${path} is not a folder of the cache`;
      } else {
        for (const rest of await entries(path)) {
          yield* strange(`${path}/${rest}`, name + rest, folder);
        }
      }
    }
  }
}

async function* strange(path: string, name: string, folder: Folder): AsyncGenerator<string> {
  if (name.startsWith("foreign-")) return;
  const isWriter = folder === "tmp" && name.startsWith(WRITER);
  if (isWriter && await strangeness(path, "folder") === undefined) return;
  const what = await strangeness(path);
  if (what !== undefined) yield `${path} is ${what}, not a file of the cache`;
  else if (!FOLDERS[folder].test(name)) yield `${path} is not a file of the cache`;
}

/** The names in a folder, sorted; none where it is not there. */
export async function entries(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(path)) names.push(name);
  } catch (error) {
    const nothing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory ||
      (error as { code?: string }).code === "ELOOP";
    if (!nothing) throw error;
  }
  return names.sort();
}

/**
 * Makes a folder for a cache. Where the root may be written by its group or by all, so may every folder in it:
 * the umask of whoever comes first must not keep the others out.
 */
export async function makeFolder(root: string, path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true });
  if (Deno.build.os === "windows") return;
  const mode = (await Deno.stat(root)).mode ?? 0;
  if ((mode & 0o022) !== 0) await Deno.chmod(path, mode & 0o7777).catch(() => {});
}

/** Runs `work` on the disk; what the disk refuses becomes a sentence with a way out. */
export async function onDisk<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusal(root, error) ?? error;
  }
}

async function assertOurs(cache: StoreFolder, existing: boolean): Promise<void> {
  const { root } = cache;
  const path = `${root}/VERSION`;
  const text = await strangeness(path) !== undefined
    ? ""
    : await Deno.readTextFile(path).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw refusal(root, error) ?? error;
    });
  if (text === undefined) return await assertEmpty(cache, existing);
  if (text === `${VERSION}\n`) return;
  if (/^[1-9]\d{0,8}\n$/.test(text)) {
    throw new StoreError(
      "version",
      `Cannot use the cache ${root}: its layout is version ${text.trim()}, this is made for ` +
        `${VERSION}. Give another folder with --cache, or use the newer Decant`,
    );
  }
  for (const folder of folders) {
    if (await Deno.stat(`${root}/${folder}`).then((info) => info.isDirectory, () => false)) {
      continue;
    }
    throw new StoreError(
      "place",
      `Cannot use ${root} as a cache: its file VERSION is not one of a cache, and it has no ` +
        `folder ${folder}. Give another folder with --cache`,
    );
  }
  // All the folders of a cache are there, so it is one: its version is written again.
  const aside = cache.flat("quarantine", `version-${crypto.randomUUID()}`);
  try {
    await Deno.rename(path, aside);
    await writeVersion(root);
    cache.notice(`${path} was damaged and is written again; the damaged one is ${aside}`);
  } catch (error) {
    // What cannot be written can still be read.
    cache.notice(`${path} is damaged and cannot be written again: ${(error as Error).message}`);
  }
}

async function assertEmpty(cache: StoreFolder, existing: boolean): Promise<void> {
  const { root } = cache;
  const names = await onDisk(root, () => entries(root));
  // What a process left that was killed while it made the cache is nobody's.
  const other = names.find((name) => existing || !name.startsWith(".version-"));
  if (other !== undefined) {
    // Another process may have made the cache since its version was looked for.
    if (await exists(`${root}/VERSION`)) return await assertOurs(cache, existing);
    throw new StoreError(
      "place",
      `Cannot use ${root} as a cache: it is not one, and it holds other things (${other}). ` +
        (existing ? "Name the cache with --cache" : "Give a new or empty folder with --cache"),
    );
  }
  if (!existing) return;
  throw new StoreError(
    "place",
    `There is no cache in ${root}. A run makes one; name another with --cache`,
  );
}

async function make(root: string): Promise<void> {
  await onDisk(root, async () => {
    await Deno.mkdir(root, { recursive: true });
    if (!await exists(`${root}/VERSION`)) await writeVersion(root);
    for (const folder of folders) {
      if (!await exists(`${root}/${folder}`)) await makeFolder(root, `${root}/${folder}`);
    }
    // Made now, so that a collection has it to lock when the disk is full.
    if (await exists(`${root}/locks/collector`)) return;
    (await Deno.open(`${root}/locks/collector`, { append: true, create: true })).close();
  });
}

/** First of all, and by rename: a folder with a VERSION is a cache, and without one it is none. */
async function writeVersion(root: string): Promise<void> {
  const temp = `${root}/.version-${crypto.randomUUID()}`;
  await Deno.writeTextFile(temp, `${VERSION}\n`, { createNew: true });
  await Deno.rename(temp, `${root}/VERSION`);
}

const exists = (path: string): Promise<boolean> => Deno.lstat(path).then(() => true, () => false);

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
  if (error instanceof Deno.errors.NotFound) {
    return new StoreError(
      "place",
      `The cache ${root} was removed while it was in use. Run again: a run makes a new one`,
    );
  }
  return undefined;
}
