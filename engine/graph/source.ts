/**
 * Sources: files and folders beside a recipe. They enter keys by content and are read only by the steps that named
 * them, each read checked against the digest in the key: a file that changes while it is used is found, not used.
 */
import { createHash } from "node:crypto";
import { fileURLToPath, pathToFileURL } from "node:url";
import { canonicalBytes, type Digest, digestOf } from "../digest.ts";
import type { SourceDigest } from "./key.ts";
import type { Store } from "../store/store.ts";

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

/** Looks at sources as written in a recipe, each once in a run. */
export function sourceResolver(
  base: string,
  store: Store,
): (written: string) => Promise<ResolvedSource> {
  const seen = new Map<string, Promise<ResolvedSource>>();
  return (written) => {
    const found = seen.get(written) ?? resolve(base, written, store);
    seen.set(written, found);
    return found;
  };
}

/** What a step may read: `read` and `list` of its context. */
export function sourceReader(base: string, sources: readonly ResolvedSource[]): {
  read(source: string): Promise<Uint8Array>;
  list(source: string): Promise<readonly string[]>;
} {
  const files = new Map(sources.flatMap(({ files }) => files.map((file) => [file.url.href, file])));
  return {
    async read(source) {
      const file = files.get(sourceUrl(base, source).href);
      if (file === undefined) throw new Error(`internal: the step reads ${source} undeclared`);
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

async function resolve(base: string, written: string, store: Store): Promise<ResolvedSource> {
  const url = sourceUrl(base, written);
  if (url.protocol !== "file:") {
    throw new SourceError(
      written,
      `\`${written}\` is not a local file, and sources from elsewhere cannot be read yet`,
      "download it and name the file",
    );
  }
  const info = await stat(written, url);
  if (info.isFile) {
    const digest = await fileDigest(written, url, info, store);
    const extension = /\.[A-Za-z0-9]+$/.exec(url.pathname)?.[0].toLowerCase() ?? "";
    return { written, digest, extension, files: [{ path: "", url, digest }] };
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
