/** The lock that stands beside a recipe: `digits.lock.json` beside `digits.yaml`, in the folder, at the URL, in the package. */
import { DecantError } from "../error.ts";
import type { Digest } from "../digest.ts";
import { isWeb } from "../graph/sources/hosts.ts";
import { FetchError } from "../graph/sources/source_error.ts";
import { isGranted } from "../permission.ts";
import { prepareYaml } from "../recipe/parse/parse_yaml.ts";
import { isPackage } from "../recipe/parse/sources.ts";
import { type Lock, lockPath, parseLock } from "../run/lock.ts";
import { type DocumentOptions, hostsOf, mayReachHere } from "./read_document.ts";
import { originOf, type Recipe } from "./runnable.ts";
import { valuesText } from "../quantity.ts";
import { statedBeside, type Statement } from "../graph/sources/statement.ts";

/** A lock may be as large as this. */
const LARGEST = 1 << 24;

/** What a host answers where there is no such file; some that keep files only say that it is forbidden. */
const ABSENT: readonly (number | undefined)[] = [403, 404, 410];

/** Where the lock of a recipe stands. Throws a RangeError where the recipe stands in no file. */
export function besides({ source, name }: Recipe): string {
  if (source !== undefined) return lockPath(source);
  throw new RangeError(`\`${name}\` stands in no file, so no lock can stand beside it`);
}

/** A lock from a path or URL. Throws a `locked` error where there is none. */
export async function readLock(path: string, options: DocumentOptions = {}): Promise<Lock> {
  const lock = await found(path, options);
  if (lock !== undefined) {
    await prepareYaml(lock.settings ?? {});
    return lock;
  }
  throw new DecantError("locked", `there is no lock at ${path}`, "decant lock RECIPE writes one");
}

/**
 * The digests that the lock beside a recipe holds for its sources: what it says wins. None where there is no lock. By
 * URL it is asked for only where it may say something: where the recipe names sources.
 */
export async function lockedSources(
  recipe: Recipe,
  options: DocumentOptions = {},
): Promise<ReadonlyMap<string, Digest>> {
  return pinsOf(await lockBeside(recipe, options));
}

/** The lock beside a recipe, where there is one; by URL it is asked for as `lockedSources` says. */
export async function lockBeside(
  recipe: Recipe,
  { offline = false, ...options }: DocumentOptions = {},
): Promise<Lock | undefined> {
  if (recipe.source === undefined) return undefined;
  const path = lockPath(recipe.source);
  const far = isWeb(path) || isPackage(path);
  if (far && (offline || !await namesSources(recipe))) return undefined;
  return await found(path, options);
}

/** The digests that a lock holds for sources, as written. */
export function pinsOf(lock: Lock | undefined): ReadonlyMap<string, Digest> {
  return new Map(lock?.sources.map(({ source, sha256 }) => [source, sha256 as Digest]));
}

/** What a lock says that stands beside sources, as written. */
export function statedIn(lock: Lock | undefined): ReadonlyMap<string, readonly Statement[]> {
  return new Map(lock?.sources.map(({ source, stated = [] }) => [source, statedBeside(stated)]));
}

/**
 * A recipe as its lock was made: with the settings that the lock, read at `path`, says. What is set already goes before.
 * Throws a `locked` error where a lock from elsewhere would set something in a recipe of this machine.
 */
export function asLocked(recipe: Recipe, { settings = {} }: Lock, path: string): Recipe {
  const set = originOf(recipe)?.set ?? {};
  const unsaid = Object.entries(settings).filter(([name]) => !Object.hasOwn(set, name));
  if (unsaid.length === 0) return recipe;
  if (mayReachHere(recipe.source ?? "") && !mayReachHere(path)) {
    throw new DecantError(
      "locked",
      `the lock at ${path} was made with ${valuesText(Object.fromEntries(unsaid))}, and a lock ` +
        "from elsewhere sets nothing in a recipe of this machine",
      `--set ${unsaid[0]![0]}=… says the same; or save the lock here if you trust it`,
    );
  }
  return recipe.with({ ...settings, ...set });
}

async function namesSources(recipe: Recipe): Promise<boolean> {
  // Nothing is made here: what it would take is asked where it is.
  const { nodes } = await recipe.compile({}, { memory: Infinity });
  return nodes.some(({ op, step }) => op.source(step.params).length > 0);
}

async function found(path: string, options: DocumentOptions): Promise<Lock | undefined> {
  const text = await textAt(path, options);
  return text === undefined ? undefined : parseLock(text, path);
}

async function textAt(path: string, options: DocumentOptions): Promise<string | undefined> {
  try {
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    if (isPackage(path)) {
      const { packageFiles, packageSource } = await import("../graph/sources/package.ts");
      const files = await packageFiles(packageSource(path), options);
      const bytes = files.get(packageSource(path).path);
      return bytes && decode(bytes);
    }
    // Without permission to look beside the recipe there is no lock to be found.
    if (!isWeb(path)) {
      return isGranted({ name: "read", path }) ? await Deno.readTextFile(path) : undefined;
    }
    // The recipe beside it has been fetched: no more is reached than was reached for that.
    const reach = { local: mayReachHere(path), hosts: hostsOf([path]) };
    const { fetchBytes } = await import("../graph/sources/remote.ts");
    return decode(await fetchBytes(new URL(path), { ...options, ...reach, limit: LARGEST }));
  } catch (error) {
    if (error instanceof FetchError) {
      // A host that cannot be asked, or may not be, says the same of the sources beside the lock.
      if (error.status === undefined || ABSENT.includes(error.status)) return undefined;
      throw new DecantError(
        "locked",
        `whether a lock stands beside the recipe cannot be told: ${error.message}`,
        "try again; --offline asks for none",
      );
    }
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
