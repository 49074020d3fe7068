/**
 * Pins: names under which records are kept until they are let go. They are sealed, because nothing else tells whether
 * one still says what it said, and a collection must not trust one that does not.
 */
import { canonicalBytes, type Key } from "../digest.ts";
import { readIfThere } from "./disk_file.ts";
import { namesIn, onDisk, type StoreFolder } from "./store_folder.ts";
import { publishFile } from "./publish_file.ts";
import { seal, unseal } from "./seal.ts";
import { StoreError } from "./store.ts";

/** A pin as it lies there. */
interface Pin {
  /** The name it was given. */
  readonly name: string;
  readonly path: string;
  /** The keys it holds; undefined where the file is damaged. */
  readonly keys: readonly Key[] | undefined;
}

/** Holds keys under a name; a pin of that name is replaced. */
export async function pin(cache: StoreFolder, name: string, keys: readonly Key[]): Promise<void> {
  const bytes = seal(`pin ${name}`, canonicalBytes({ keys }));
  const file = { kind: "other", at: () => {} } as const;
  await onDisk(cache.root, () => publishFile(cache, pathOf(cache, name), bytes, file));
}

/** Lets go of a pin; whether there was one. */
export async function unpin(cache: StoreFolder, name: string): Promise<boolean> {
  const path = pathOf(cache, name);
  if (!await Deno.lstat(path).then(() => true, () => false)) return false;
  await onDisk(cache.root, () => Deno.remove(path));
  return true;
}

/** Every pin, by name. */
export async function pins(cache: StoreFolder): Promise<Pin[]> {
  const found: Pin[] = [];
  for await (const file of namesIn(cache, "roots")) {
    const name = file.replace(/\.json$/, "");
    const path = pathOf(cache, name);
    found.push({ name, path, keys: await keysAt(path, name) });
  }
  return found;
}

/** The keys that pins hold. Throws a StoreError where one is damaged: nobody knows what it held. */
export function pinnedKeys(all: readonly Pin[]): Key[] {
  return all.flatMap(({ name, path, keys }) => {
    if (keys !== undefined) return keys;
    throw new StoreError(
      "pin",
      `Nothing was removed: the pin ${path} is damaged, so what it holds is not known. ` +
        `Pin the recipe again (decant cache pin RECIPE), or let it go (decant cache unpin ${name})`,
    );
  });
}

async function keysAt(path: string, name: string): Promise<readonly Key[] | undefined> {
  const bytes = await readIfThere(path).catch(() => undefined);
  const body = bytes && unseal(`pin ${name}`, bytes);
  return body && (JSON.parse(new TextDecoder().decode(body)) as { keys: Key[] }).keys;
}

const pathOf = (cache: StoreFolder, name: string): string => cache.flat("roots", `${name}.json`);
