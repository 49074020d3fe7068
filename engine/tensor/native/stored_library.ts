/**
 * Libraries in a folder of the user alone, each named by the digest of its bytes, with a record under the name of what
 * it was made of. Bytes are believed where a record of this user says their digest, and tested where it does not say that
 * they were; any doubt, and the library is made again. Everything is published by rename, the record last, so a process
 * may be killed at any instant; one at a time makes a library, and who waited finds it made.
 */
import { type Digest, digestAsync } from "../../digest.ts";

/** How a library is made and tested. */
export interface Making {
  /** Makes it in an empty folder; returns its path. */
  make(folder: string): Promise<string>;
  /** What is wrong with it, as words. */
  test(path: string): Promise<readonly string[]>;
}

/** A library that is there. */
interface StoredLibrary {
  readonly path: string;
  /** What its test found. */
  readonly wrong: readonly string[];
}

/** What a record says. */
interface LibraryRecord {
  readonly library: Digest;
  /** Tests that were begun. */
  readonly begun: number;
  /** What the last one found; undefined where none came to its end. */
  readonly wrong?: readonly string[];
}

/** A library whose test ended the process so often is not tried again. */
const MOST_TESTS = 3;

/** Folders of makers that were killed are left for so long, ms. */
const HOUR = 3_600_000;

/** What no run has taken for so long, ms, goes when another library is made. */
const UNUSED = 30 * 24 * HOUR;

/** The library of a name: as it is recorded, or made and tested. Throws an Error where the folder is not private. */
export async function storedLibrary(
  folder: string,
  name: string,
  making: Making,
): Promise<StoredLibrary> {
  await assertPrivate(folder);
  const found = await recorded(folder, name);
  if (found?.wrong !== undefined) return await taken(folder, name, found);
  using lock = await Deno.open(`${folder}/${name}.lock`, {
    create: true,
    write: true,
    mode: 0o600,
  });
  await lock.lock(true);
  const before = await recorded(folder, name);
  if (before?.wrong !== undefined) return stored(folder, before);
  const begun = before?.begun ?? 0;
  if (begun >= MOST_TESTS) {
    return stored(folder, { ...before!, wrong: ["its self-test does not come to an end"] });
  }
  const library = before?.library ?? await made(folder, making);
  const untested = { library, begun: begun + 1 };
  await record(folder, name, untested);
  const wrong = await making.test(pathOf(folder, library));
  const tested = { ...untested, wrong };
  await record(folder, name, tested);
  return stored(folder, tested);
}

const pathOf = (folder: string, library: Digest): string => `${folder}/${library}.so`;

const stored = (
  folder: string,
  { library, wrong = [] }: LibraryRecord,
): StoredLibrary => ({ path: pathOf(folder, library), wrong });

/** Its record is as young as its last use, to the day: what nobody uses is swept. */
async function taken(folder: string, name: string, found: LibraryRecord): Promise<StoredLibrary> {
  const path = `${folder}/${name}.json`;
  const { mtime } = await Deno.lstat(path);
  const now = Date.now();
  if (now - mtime!.getTime() > 24 * HOUR) await Deno.utime(path, now / 1000, now / 1000);
  return stored(folder, found);
}

/** Makes the folder where it is not there. Throws where others could change what is in it, or have made it. */
export async function assertPrivate(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const { isDirectory, uid, mode } = await Deno.lstat(folder);
  if (!isDirectory) throw new Error(`${folder} is not a folder`);
  if (uid !== Deno.uid()) throw new Error(`${folder} belongs to somebody else`);
  if ((mode! & 0o077) !== 0) {
    throw new Error(`others may look into ${folder}: chmod 700 makes it private`);
  }
}

/** The record of a name and the bytes behind it, if all is as it was written; else undefined. */
async function recorded(folder: string, name: string): Promise<LibraryRecord | undefined> {
  try {
    const text = new TextDecoder().decode(await ownBytes(`${folder}/${name}.json`));
    const record = JSON.parse(text) as LibraryRecord;
    const bytes = await ownBytes(pathOf(folder, record.library));
    return await digestAsync(bytes) === record.library ? record : undefined;
  } catch {
    return undefined;
  }
}

/** The bytes of a file that nobody but this user can have written. */
export async function ownBytes(path: string): Promise<Uint8Array> {
  const { isFile, uid, mode } = await Deno.lstat(path);
  if (!isFile || uid !== Deno.uid() || (mode! & 0o022) !== 0) throw new Error(`${path} is foreign`);
  return await Deno.readFile(path);
}

/** Makes the library; the digest of its bytes. */
async function made(folder: string, { make }: Making): Promise<Digest> {
  await sweep(folder);
  const own = await Deno.makeTempDir({ dir: folder, prefix: "making-" });
  try {
    const path = await make(own);
    const digest = await digestAsync(await Deno.readFile(path));
    await Deno.chmod(path, 0o600);
    await Deno.rename(path, pathOf(folder, digest));
    return digest;
  } finally {
    await Deno.remove(own, { recursive: true });
  }
}

async function record(folder: string, name: string, record: LibraryRecord): Promise<void> {
  await publishText(folder, `${folder}/${name}.json`, JSON.stringify(record));
}

/** Publishes a text at a path in the folder by rename. */
export async function publishText(folder: string, path: string, text: string): Promise<void> {
  const own = await Deno.makeTempFile({ dir: folder, prefix: "making-" });
  await Deno.writeTextFile(own, text);
  await Deno.rename(own, path);
}

/**
 * Removes what killed makers left, and libraries that no run took for long. A library is as old as it was made or the
 * record that names it, whichever is younger; a process that has it loaded keeps it.
 */
async function sweep(folder: string): Promise<void> {
  const ages = new Map<string, number>();
  const grow = (name: string, age: number) => ages.set(name, Math.min(ages.get(name) ?? age, age));
  for await (const { name } of Deno.readDir(folder)) {
    const { mtime } = await Deno.lstat(`${folder}/${name}`);
    const age = Date.now() - mtime!.getTime();
    grow(name, age);
    if (!name.endsWith(".json")) continue;
    const record = await recorded(folder, name.slice(0, -".json".length));
    if (record !== undefined) grow(`${record.library}.so`, age);
  }
  for (const [name, age] of ages) {
    const most = name.startsWith("making-") ? HOUR : UNUSED;
    if (age < most || name.endsWith(".lock")) continue;
    await Deno.remove(`${folder}/${name}`, { recursive: true }).catch(() => {});
  }
}
