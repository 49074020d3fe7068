/**
 * Sources: files and folders beside a recipe. They enter keys by content and are read only by the steps that named
 * them, each read checked against the digest in the key: a file that changes while it is used is found, not used.
 */
import { createHash } from "node:crypto";
import { fileURLToPath, pathToFileURL } from "node:url";
import { canonicalBytes, type Digest, digestOf } from "../digest.ts";
import type { SourceDigest } from "./key.ts";
import { CorruptBlobError, type Store } from "../store/store.ts";
import { fetchBytes, FetchError, isLocalHost, isWeb, pinOf, TrustError } from "./remote.ts";

/** Thrown when a source cannot be read, or is no longer what it was when the run began. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  constructor(readonly source: string, message: string, readonly help?: string) {
    super(message);
  }
}

/** A file of a source: its place in the folder (`""` for a source that is one file), where it lies, its digest. */
interface SourceFile {
  readonly path: string;
  readonly url: URL;
  readonly digest: Digest;
}

/** A source, looked at. */
export interface ResolvedSource extends SourceDigest {
  readonly written: string;
  readonly files: readonly SourceFile[];
}

/** A file changed within this time may change again without its times showing it. */
const SETTLED_MS = 2000;

/** A source fetched by URL may be as large as this. */
const LARGEST = 4 * 1024 ** 3;

/** How sources from elsewhere are looked at. */
export interface SourceOptions {
  /** Digests that a lock holds for sources as written: they need not be fetched to be known. */
  readonly pins?: ReadonlyMap<string, Digest>;
  /** Fetches nothing. */
  readonly offline?: boolean;
}

/** Looks at sources as written in a recipe, each once in a run. */
export function sourceResolver(
  base: string,
  store: Store,
  options: SourceOptions = {},
): (written: string) => Promise<ResolvedSource> {
  const seen = new Map<string, Promise<ResolvedSource>>();
  return (written) => {
    const found = seen.get(written) ?? resolve(base, written, store, options);
    seen.set(written, found);
    return found;
  };
}

/** What a step may read: `read` and `list` of its context. */
export function sourceReader(base: string, sources: readonly ResolvedSource[], store: Store): {
  read(source: string): Promise<Uint8Array>;
  list(source: string): Promise<readonly string[]>;
} {
  const files = new Map(sources.flatMap(({ files }) => files.map((file) => [file.url.href, file])));
  return {
    async read(source) {
      const file = files.get(sourceUrl(base, source).href);
      if (file === undefined) throw new Error(`internal: the step reads ${source} undeclared`);
      if (file.url.protocol !== "file:") return await remoteBytes(base, source, file, store);
      const bytes = await readFile(source, file.url);
      if (digestOf(bytes) === file.digest) return bytes;
      throw new SourceError(source, `\`${source}\` changed while it was in use`, "run again");
    },
    // deno-lint-ignore require-await -- a failure is a rejection
    async list(source) {
      const found = sources.find(({ written }) => written === source);
      if (found === undefined) throw new Error(`internal: the step lists ${source} undeclared`);
      return found.files.map(({ path }) => path);
    },
  };
}

async function resolve(
  base: string,
  written: string,
  store: Store,
  options: SourceOptions,
): Promise<ResolvedSource> {
  const url = sourceUrl(base, written);
  if (isWeb(url.href)) return await resolveRemote(base, written, store, options);
  if (url.protocol !== "file:") {
    throw new SourceError(
      written,
      `\`${written}\` cannot be read: sources are files and https URLs`,
      "download it and name the file",
    );
  }
  if (isWeb(base)) {
    throw new TrustError(
      written,
      `\`${written}\` is a file of this machine, named by a document from elsewhere`,
      "such a document may name URLs alone; save it here if you trust it",
    );
  }
  const info = await stat(written, url);
  if (info.isFile) {
    const digest = await fileDigest(written, url, info, store);
    return { written, digest, extension: extensionOf(url), files: [{ path: "", url, digest }] };
  }
  const folder = new URL(url.href.endsWith("/") ? url.href : `${url.href}/`);
  const files: SourceFile[] = [];
  for (const path of (await filesUnder(written, folder)).sort()) {
    const file = new URL(path.split("/").map(encodeURIComponent).join("/"), folder);
    files.push({
      path,
      url: file,
      digest: await fileDigest(written, file, await stat(written, file), store),
    });
  }
  const digest = digestOf(canonicalBytes(files.map((file) => [file.path, file.digest])));
  return { written, digest, extension: "/", files };
}

/** A source by URL: known by its pin, by the lock, or once it is fetched. */
async function resolveRemote(
  base: string,
  written: string,
  store: Store,
  { pins, offline = false }: SourceOptions,
): Promise<ResolvedSource> {
  const url = sourceUrl(base, written);
  const memo = `url ${url.href}`;
  const known = pinOf(url) ?? pins?.get(written) ??
    (offline ? await store.recall(memo) : undefined);
  let digest = known as Digest | undefined;
  if (digest === undefined && offline) {
    throw new SourceError(
      written,
      `\`${written}\` has not been fetched yet, and this run is offline`,
    );
  }
  if (digest === undefined) {
    digest = await store.keep(await fetched(base, written, url));
    await store.remember(memo, digest);
  }
  return { written, digest, extension: extensionOf(url), files: [{ path: "", url, digest }] };
}

/** The bytes of a source by URL: those kept, else fetched anew and held to the digest. */
async function remoteBytes(
  base: string,
  written: string,
  { url, digest }: SourceFile,
  store: Store,
): Promise<Uint8Array> {
  try {
    return await store.read(digest);
  } catch (error) {
    if (!(error instanceof CorruptBlobError)) throw error;
    const bytes = await fetched(base, written, url, digest);
    await store.keep(bytes);
    return bytes;
  }
}

async function fetched(base: string, written: string, url: URL, pin?: Digest): Promise<Uint8Array> {
  const local = !isWeb(base) || isLocalHost(new URL(base));
  try {
    return await fetchBytes(url, { limit: LARGEST, local, ...(pin === undefined ? {} : { pin }) });
  } catch (error) {
    if (error instanceof FetchError) throw new SourceError(written, error.message);
    throw error;
  }
}

function extensionOf({ pathname }: URL): string {
  return /\.[A-Za-z0-9]+$/.exec(pathname)?.[0].toLowerCase() ?? "";
}

/** The URL of a source as written in a document of that base. */
export function sourceUrl(base: string, written: string): URL {
  const root = /^[a-z][a-z0-9+.-]+:/i.test(base) ? base : pathToFileURL(base);
  // What a URL would read into a path (`#`, `?`, `%`) is part of a file's name.
  const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(written);
  const path = (): string =>
    written.replace(/\/{2,}/g, "/").split("/").map(encodeURIComponent).join("/");
  return new URL(isUrl ? written : path(), root);
}

async function fileDigest(
  written: string,
  url: URL,
  info: Deno.FileInfo,
  store: Store,
): Promise<Digest> {
  const times = [info.mtime, info.ctime].map((time) => time?.getTime() ?? Infinity);
  const name = `file ${url.href} ${[info.size, ...times, info.ino, info.dev].join(" ")}`;
  const known = await store.recall(name);
  if (typeof known === "string") return known as Digest;
  const hash = createHash("sha256");
  await reading(written, url, async () => {
    using file = await Deno.open(url);
    const buffer = new Uint8Array(1 << 20);
    for (let n = await file.read(buffer); n !== null; n = await file.read(buffer)) {
      hash.update(buffer.subarray(0, n));
    }
  });
  const digest = hash.digest("hex") as Digest;
  if (Date.now() - Math.max(...times) > SETTLED_MS) {
    // Where nothing can be written the digest is simply worked out again next time.
    await store.remember(name, digest).catch(() => {});
  }
  return digest;
}

async function filesUnder(written: string, folder: URL, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  await reading(written, folder, async () => {
    for await (const entry of Deno.readDir(folder)) {
      // Hidden files come and go with the file manager; they are nobody's data.
      if (entry.name.startsWith(".")) continue;
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory) {
        const inner = new URL(`${encodeURIComponent(entry.name)}/`, folder);
        found.push(...await filesUnder(written, inner, `${path}/`));
      } else if (entry.isFile) found.push(path);
    }
  });
  return found;
}

const stat = (written: string, url: URL): Promise<Deno.FileInfo> =>
  reading(written, url, () => Deno.stat(url));
const readFile = (written: string, url: URL): Promise<Uint8Array> =>
  reading(written, url, () => Deno.readFile(url));

async function reading<T>(written: string, url: URL, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const path = fileURLToPath(url);
    if (error instanceof Deno.errors.NotFound) {
      throw new SourceError(written, `\`${written}\` is not there (${path})`);
    }
    if (error instanceof Deno.errors.NotCapable) {
      throw new SourceError(
        written,
        `\`${written}\` may not be read: Deno was not allowed to`,
        `add --allow-read=${path}`,
      );
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new SourceError(written, `\`${written}\` may not be read (${path})`);
    }
    throw error;
  }
}
