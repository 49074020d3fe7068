/** The text of documents: a file by its path, a URL, a file of an npm package. Nothing is parsed, no code is loaded. */
import { pathOfUrl } from "../deps/node.ts";
import { digestOf } from "../digest.ts";
import { type Fetching, isLocalHost, isWeb, type Reach } from "../graph/sources/hosts.ts";
import { FetchError, TrustError } from "../graph/sources/source_error.ts";
import { RecipeError } from "../error.ts";
import { diagnosticAt } from "../recipe/parse/problems.ts";
import { isPackage } from "../recipe/parse/sources.ts";

/** A document may be as large as this. */
const LARGEST = 1 << 20;

/** How documents are read. */
export interface DocumentOptions extends Fetching {
  /** Fetches nothing: a document by URL is refused. */
  readonly offline?: boolean;
}

/** The text of a document. Throws a RecipeError with a sentence where there is none. */
export async function readDocument(
  source: string,
  { local = true, offline = false, ...options }: DocumentOptions & Partial<Reach> = {},
): Promise<string> {
  if (!isElsewhere(source)) return fileText(source);
  if (offline) {
    throw unreadable(`\`${source}\` would have to be fetched, and this is offline`, "save it here");
  }
  try {
    if (isPackage(source)) return await packagedText(source, options);
    const { fetchBytes } = await import("../graph/sources/remote.ts");
    const bytes = await fetchBytes(new URL(source), { ...options, limit: LARGEST, local });
    return decoded(bytes, source);
  } catch (error) {
    if (error instanceof FetchError) throw unreadable(error.message);
    throw error;
  }
}

/** Whether a document is from somewhere else than this machine's files. */
export function isElsewhere(source: string): boolean {
  return isWeb(source) || isPackage(source);
}

/** Whether a document may name what this machine serves: its own files may, and what it serves itself. */
export function mayReachHere(source: string): boolean {
  return !isElsewhere(source) || (isWeb(source) && isLocalHost(new URL(source)));
}

/** The hosts, with their ports, that documents come from. */
export function hostsOf(sources: readonly string[]): readonly string[] {
  return [...new Set(sources.filter(isWeb).map((source) => new URL(source).host))];
}

/** A source without its pin: what messages call it, and what its own sources resolve against. */
export function withoutPin(source: string): string {
  return source.replace(/#sha256=.*$/, "");
}

async function packagedText(pinned: string, fetching: Fetching): Promise<string> {
  const { packageFiles, packageSource } = await import("../graph/sources/package.ts");
  const [source = "", pin] = pinned.split("#sha256=");
  const files = await packageFiles(packageSource(source), fetching);
  const bytes = files.get(packageSource(source).path);
  if (bytes === undefined) throw new FetchError(`\`${source}\` is not in its package`);
  if (bytes.byteLength > LARGEST) throw tooLarge(source);
  return held(bytes, source, pin);
}

/** The text of a file, perhaps pinned. Throws a RecipeError where there is none. */
export function fileText(pinned: string): string {
  const [source = "", pin] = pinned.split("#sha256=");
  if (/\.[cm]?[jt]sx?$/.test(source)) {
    throw unreadable(
      `\`${source}\` is code, and a recipe that is loaded is data`,
      `run it itself: deno run -A ${source}`,
    );
  }
  return held(fileBytes(source), source, pin);
}

function held(bytes: Uint8Array, source: string, pin: string | undefined): string {
  if (pin === undefined || digestOf(bytes) === pin) return decoded(bytes, source);
  throw new TrustError(source, `\`${source}\` is not what its pin says`, "somebody changed it");
}

/** Text never holds a zero byte, and files of other kinds nearly always do. */
function decoded(bytes: Uint8Array, source: string): string {
  if (!bytes.includes(0)) return new TextDecoder().decode(bytes);
  throw unreadable(
    `\`${source}\` is not UTF-8 text, and a recipe is`,
    "name a recipe: a YAML file",
  );
}

function fileBytes(source: string): Uint8Array {
  try {
    using file = Deno.openSync(
      source.startsWith("file:") ? pathOfUrl(source) : source,
    );
    // One byte more than allowed is enough to know: what is read may have no end.
    const bytes = new Uint8Array(LARGEST + 1);
    let size = 0;
    for (let n: number | null = 0; n !== null && size <= LARGEST; size += n ?? 0) {
      n = file.readSync(bytes.subarray(size));
    }
    if (size <= LARGEST) return bytes.subarray(0, size);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw unreadable(`\`${source}\` is not there`);
    if (error instanceof Deno.errors.NotCapable) {
      throw unreadable(`\`${source}\` may not be read`, `add --allow-read=${source}`);
    }
    throw unreadable(
      `\`${source}\` cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
  throw tooLarge(source);
}

function tooLarge(source: string): RecipeError {
  return unreadable(`\`${source}\` is larger than ${LARGEST} bytes, more than a recipe may be`);
}

/** What is said of a document that cannot be read. */
export function unreadable(message: string, help?: string): RecipeError {
  return new RecipeError([diagnosticAt("", undefined, { code: "source", message, help })]);
}
