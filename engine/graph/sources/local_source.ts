/** Files and folders of this machine as sources: looked at once, known again by size and times. */
import { pathOfUrl } from "../../deps/node.ts";
import { type Digest, digestOf } from "../../digest.ts";
import { given } from "../../given.ts";
import { MEMORY } from "../../size.ts";
import { digestOfFile } from "../../store/disk_file.ts";
import type { Store } from "../../store/store.ts";
import type { Fetching } from "./hosts.ts";
import { listingBytes, type ResolvedSource, type SourceFile } from "./resolved_source.ts";
import { SourceError } from "./source_error.ts";
import { extensionOf } from "./source_url.ts";

/** A file changed within this time may change again without its times showing it. */
const SETTLED_MS = 2000;

/** How files are read. */
type FileReadOptions = Pick<Fetching, "memory" | "signal">;

/** A file, or a folder with all that lies in it. Throws a SourceError where it cannot be read. */
export async function resolveLocal(
  written: string,
  url: URL,
  store: Store,
  { signal }: FileReadOptions = {},
): Promise<ResolvedSource> {
  const info = await stat(written, url);
  const digestAt = (file: URL, info: Deno.FileInfo) =>
    fileDigest(written, file, info, { store, signal });
  if (info.isFile) {
    const digest = await digestAt(url, info);
    return {
      written,
      digest,
      extension: extensionOf(url),
      files: [{ path: "", url: url.href, digest }],
    };
  }
  if (!info.isDirectory) throw neither(written);
  const folder = new URL(url.href.endsWith("/") ? url.href : `${url.href}/`);
  const files: SourceFile[] = [];
  for (const path of (await filesUnder(written, folder)).sort()) {
    const file = new URL(path.split("/").map(encodeURIComponent).join("/"), folder);
    const digest = await digestAt(file, await stat(written, file));
    files.push({ path, url: file.href, digest });
  }
  return { written, digest: digestOf(listingBytes(files)), extension: "/", files };
}

/** The bytes of a file, which must be what they were. */
export async function readLocal(
  written: string,
  { url: href, digest }: SourceFile,
  { memory = MEMORY, signal }: FileReadOptions = {},
): Promise<Uint8Array> {
  const url = new URL(href);
  const { isFile, size } = await stat(written, url);
  if (!isFile) throw neither(written);
  if (size > memory) {
    throw new SourceError(
      written,
      `\`${written}\` has ${size} bytes, and the memory that a run may use is ${memory}`,
      "a smaller file, or several, can be read",
    );
  }
  const bytes = await reading(written, url, () => Deno.readFile(url, given({ signal })));
  if (digestOf(bytes) === digest) return bytes;
  throw new SourceError(written, `\`${written}\` changed while it was in use`, "run again");
}

async function fileDigest(
  written: string,
  url: URL,
  info: Deno.FileInfo,
  { store, signal }: FileReadOptions & { readonly store: Store },
): Promise<Digest> {
  const times = [info.mtime, info.ctime].map((time) => time?.getTime() ?? Infinity);
  const name = `file ${url.href} ${[info.size, ...times, info.ino, info.dev].join(" ")}`;
  const known = await store.recall(name);
  if (typeof known === "string") return known as Digest;
  const digest = await reading(written, url, () => digestOfFile(url, signal));
  if (Date.now() - Math.max(...times) > SETTLED_MS) {
    // Where nothing can be written the digest is simply worked out again next time.
    await store.remember(name, digest).catch(() => {});
  }
  return digest;
}

/** Devices, pipes and sockets have no end, or wait for somebody to write. */
function neither(written: string): SourceError {
  return new SourceError(
    written,
    `\`${written}\` is neither a file nor a folder`,
    "save what comes out of it in a file",
  );
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

/** Whether there is nothing of a name; also where what should be a folder on the way to it is a file. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

async function reading<T>(written: string, url: URL, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const path = pathOfUrl(url);
    if (isAbsent(error)) {
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
    // What else the system says, it says of the file: too long a name, links in a circle, a broken disk.
    if (error instanceof Error && "code" in error && typeof error.code === "string") {
      throw new SourceError(written, `\`${written}\` cannot be read: ${error.message}`);
    }
    throw error;
  }
}
