/** Files and folders of npm packages as sources. What a version holds never changes, so it is fetched once. */
import { listed as namesIn } from "../../quote.ts";
import { canonicalBytes, type Digest, digestOf } from "../../digest.ts";
import { CorruptBlobError, type Store } from "../../store/store.ts";
import { REGISTRY_VARIABLE } from "../../permission.ts";
import { packageFiles, packageSource, registry } from "./package.ts";
import { rememberStated } from "./package_statement.ts";
import type { Fetching } from "./hosts.ts";
import { kept, keptBytes, notFetched, type SourceKnowledge } from "./remote_source.ts";
import { listingBytes, type ResolvedSource, type SourceFile } from "./resolved_source.ts";
import { FetchError, SourceError } from "./source_error.ts";
import { extensionOf } from "./source_url.ts";

/** A file or folder of a package. Throws a SourceError or a TrustError. */
export async function resolvePackage(
  written: string,
  store: Store,
  { pin, offline, fetching }: Pick<SourceKnowledge, "pin" | "offline" | "fetching">,
): Promise<ResolvedSource> {
  const memo = `package ${written.replace(/\/+$/, "")}`;
  const digest = pin ?? await store.recall(memo) as Digest | undefined;
  const known = digest === undefined ? undefined : await recalled(written, digest, store);
  if (known !== undefined) return known;
  if (offline) throw notFetched(written);
  const { path } = packageSource(written);
  const all = await filesOf(written, store, fetching);
  const file = all.get(path);
  const found = file !== undefined
    ? [["", file] as const]
    : [...all.keys()].filter((each) => path === "" || each.startsWith(`${path}/`)).sort()
      .map((each) => [path === "" ? each : each.slice(path.length + 1), all.get(each)!] as const);
  if (found.length === 0) throw absent(written, [...all.keys()]);
  const files: SourceFile[] = [];
  for (const [each, bytes] of found) files.push(place(written, each, await kept(store, bytes)));
  const made = whole(written, files);
  if (pin !== undefined && made.digest !== pin) throw changed(written, made.digest);
  if (made.extension === "/") await kept(store, listingBytes(files));
  await store.remember(memo, made.digest).catch(() => {});
  return made;
}

/** The bytes of a file of a package: those kept, else fetched anew and held to the digest. */
export async function readPackage(
  written: string,
  { digest }: SourceFile,
  store: Store,
  { offline, fetching }: Pick<SourceKnowledge, "offline" | "fetching">,
): Promise<Uint8Array> {
  return await keptBytes(store, digest, async () => {
    if (offline) throw notFetched(written);
    const bytes = (await filesOf(written, store, fetching)).get(packageSource(written).path);
    if (bytes !== undefined && digestOf(bytes) === digest) return bytes;
    throw changed(written, bytes && digestOf(bytes));
  });
}

/** A source by its digest alone: a folder's is that of its listing, which is kept; what is no listing is a file. */
async function recalled(
  written: string,
  digest: Digest,
  store: Store,
): Promise<ResolvedSource | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await store.read(digest);
  } catch (error) {
    if (error instanceof CorruptBlobError) return undefined;
    throw error;
  }
  const listing = listed(bytes);
  return whole(
    written,
    listing === undefined
      ? [place(written, "", digest)]
      : listing.map(([path, each]) => place(written, path, each)),
  );
}

function listed(bytes: Uint8Array): readonly [string, Digest][] | undefined {
  if (bytes[0] !== "[".charCodeAt(0)) return undefined;
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as [string, Digest][];
    const pairs = value.every((each) => each.length === 2 && /^[0-9a-f]{64}$/.test(each[1]));
    return pairs && digestOf(canonicalBytes(value)) === digestOf(bytes) ? value : undefined;
  } catch {
    return undefined;
  }
}

function whole(written: string, files: readonly SourceFile[]): ResolvedSource {
  const [only] = files;
  return only?.path === ""
    ? { written, digest: only.digest, extension: extensionOf(new URL(only.url)), files }
    : { written, digest: digestOf(listingBytes(files)), extension: "/", files };
}

function place(written: string, path: string, digest: Digest): SourceFile {
  const folder = written.replace(/\/+$/, "");
  return { path, url: new URL(path === "" ? folder : `${folder}/${path}`).href, digest };
}

/** The files of the package that holds a source; what it says of that is remembered. */
async function filesOf(
  written: string,
  store: Store,
  fetching: Fetching,
): Promise<ReadonlyMap<string, Uint8Array>> {
  try {
    const files = await packageFiles(packageSource(written), fetching);
    await rememberStated(written, files, store);
    return files;
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    throw new SourceError(
      written,
      error.message,
      `packages come from ${registry().origin}; ${REGISTRY_VARIABLE} names another registry`,
    );
  }
}

function absent(written: string, names: readonly string[]): SourceError {
  return new SourceError(
    written,
    `\`${written}\` is not in its package`,
    `it has ${namesIn(names.toSorted())}`,
  );
}

function changed(written: string, digest: Digest | undefined): SourceError {
  return new SourceError(
    written,
    `\`${written}\` is not what was locked: ${digest ?? "it is gone"}`,
    "decant lock RECIPE writes the lock anew",
  );
}
