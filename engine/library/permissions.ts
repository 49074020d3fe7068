/** What Deno must let a run do, and no more; as flags, and what of it is not allowed yet. */
import { DecantError } from "../error.ts";
import { askedForNames, isNamed } from "../graph/sources/addresses.ts";
import type { Graph } from "../graph/graph.ts";
import { harmless, quoted } from "../quote.ts";
import { registry } from "../graph/sources/package.ts";
import { sourceUrl } from "../graph/sources/source_url.ts";
import {
  AWS_ENDPOINTS,
  AWS_PROFILE_VARIABLE,
  AWS_REGIONS,
  AWS_SECRETS,
  CACHE_VARIABLE,
  CONFIG_HOME_VARIABLE,
  configFolder,
  HOME_VARIABLE,
  isGranted,
  QUEUE_VARIABLE,
  REGISTRY_VARIABLE,
  STORE_SECRETS,
  STORE_VARIABLE,
  variable,
} from "../permission.ts";
import { hostOf, queueAddress } from "../run/queue/address.ts";
import { type SharedOptions, storeAddress, storesOfEnvironment } from "../store/shared/address.ts";
import {
  COMPILERS,
  isNativePlatform,
  type NativeFolder,
  nativeFolder,
} from "../tensor/native/needs.ts";
import { fileURLToPath } from "node:url";

/** Where a run reads and writes besides its sources. */
interface Whereabouts {
  /** The documents that are read; a module is loaded by its import, and is none. */
  readonly documents: readonly string[];
  readonly cache: string;
  readonly out?: string;
  /** Sources from elsewhere that need not be fetched: what they are is known. */
  readonly known?: (source: string) => boolean;
  /** Stores that are asked; by default those of the environment. */
  readonly shared?: SharedOptions;
  /** The URL of the queue; by default that of the environment. */
  readonly queue?: string;
}

/** What a run must be allowed. */
interface Permissions {
  readonly read: ReadonlySet<string>;
  readonly write: ReadonlySet<string>;
  /** Hosts, with their ports where those are not usual. */
  readonly net: ReadonlySet<string>;
  readonly variables: ReadonlySet<string>;
  /** Where native kernels are to be used, which is the end of Deno's sandbox. */
  readonly native?: NativeFolder;
  /** What of it can be done without: to look where a name leads, which not every document needs. */
  readonly spared: ReadonlySet<string>;
}

/** What a run of a graph must be allowed; without one, what it takes to read the documents and the cache. */
export function permissionsFor(
  graph: Graph | undefined,
  { documents, cache, out, known = () => false, shared = {}, queue }: Whereabouts,
): Permissions {
  const write = new Set([cache, ...(out === undefined ? [] : [out])]);
  const read = new Set<string>();
  const net = new Set<string>();
  const variables = new Set<string>();
  if (variable(CACHE_VARIABLE) === cache) variables.add(CACHE_VARIABLE);
  const { stores = storesOfEnvironment(), credentials } = shared;
  if (shared.stores === undefined && stores.length > 0) variables.add(STORE_VARIABLE);
  const keys = stores.length === 0 ? undefined : configFolder();
  if (keys !== undefined) {
    read.add(keys);
    for (const name of [CONFIG_HOME_VARIABLE, HOME_VARIABLE] as const) {
      if (variable(name) !== undefined) variables.add(name);
    }
  }
  const addresses = stores.map(storeAddress);
  for (const { url } of addresses) net.add(new URL(url).host);
  const behind = queueAddress(queue);
  if (behind !== undefined) net.add(hostOf(behind));
  if (behind !== undefined && queue === undefined) variables.add(QUEUE_VARIABLE);
  const inS3 = addresses.some(({ region }) => region !== undefined);
  if (credentials !== undefined && credentials !== "env") read.add(credentials);
  const secrets = credentials === "env" ? [...STORE_SECRETS, ...inS3 ? AWS_SECRETS : []] : [];
  const places = inS3 ? [...AWS_ENDPOINTS, ...AWS_REGIONS, AWS_PROFILE_VARIABLE] as const : [];
  for (const name of [...secrets, ...places]) if (variable(name) !== undefined) variables.add(name);
  let named = false;
  const reach = (url: URL, name: string): void => {
    if (url.protocol === "file:") read.add(name.startsWith("file:") ? fileURLToPath(name) : name);
    else if (url.protocol === "npm:") {
      net.add(registry().host);
      variables.add(REGISTRY_VARIABLE);
    } else if (url.host !== "") {
      net.add(url.host);
      named ||= isNamed(url.host);
    }
  };
  for (const document of documents) reach(sourceUrl("", document), document);
  write.forEach((folder) => read.add(folder));
  for (const { op, step } of graph?.nodes ?? []) {
    for (const source of op.source(step.params)) {
      const url = sourceUrl(graph!.recipe.base, source);
      if (url.protocol !== "file:") {
        if (!known(source)) reach(url, source);
      } else {
        // What lies beside a file that names it lies in its folder.
        const folder = op.beside !== undefined && /\.[^./]+$/.test(url.pathname);
        reach(url, fileURLToPath(folder ? new URL(".", url) : url));
      }
    }
  }
  // Where a name leads is asked before it is fetched, so that it does not lead inside.
  const { files, servers } = named ? askedForNames() : { files: [], servers: [] };
  files.forEach((file) => read.add(file));
  servers.forEach((server) => net.add(server));
  const spared = new Set([...files, ...servers, ...keys === undefined ? [] : [keys]]);
  return { read, write, net, variables, spared };
}

/** The same with native kernels; undefined where there can be none. */
export function withNative(permissions: Permissions): Permissions | undefined {
  const native = isNativePlatform() ? nativeFolder() : undefined;
  return native && {
    ...permissions,
    read: new Set([...permissions.read, native.path]),
    write: new Set([...permissions.write, native.path]),
    variables: new Set([...permissions.variables, native.variable]),
    native,
  };
}

/** What to paste, as words of a POSIX shell; or why there is nothing to paste. */
export interface Flags {
  readonly words: readonly string[];
  readonly refused?: string;
}

/**
 * The flags, in the order in which Deno's help lists them, as words of a POSIX shell: a recipe from elsewhere may name
 * its files as it likes, and what is pasted must not run or grant anything that it wrote. There are none where a path
 * holds a comma, which Deno reads as the end of a value and cannot be told otherwise, or a character that no terminal
 * shows as it is.
 */
export function permissionFlags(permissions: Permissions): Flags {
  try {
    return { words: flagsOf(permissions) };
  } catch (error) {
    if (error instanceof RangeError) return { words: [], refused: error.message };
    throw error;
  }
}

/** What to add to a command line that is not allowed enough. */
export const toAdd = ({ words, refused }: Flags): string => refused ?? `add ${words.join(" ")}`;

function flagsOf({ read, write, net, variables, native }: Permissions): string[] {
  return [
    flag("--allow-read", read),
    flag("--allow-write", write),
    ...(net.size === 0 ? [] : [flag("--allow-net", [...net].sort())]),
    flag("--allow-sys", ["hostname", "cpus", ...(native === undefined ? [] : ["uid"])]),
    ...(variables.size === 0 ? [] : [flag("--allow-env", variables)]),
    ...(native === undefined ? [] : [
      flag("--allow-run", [COMPILERS[0]!]),
      flag("--allow-ffi", [native.path]),
    ]),
  ];
}

/** A flag and its values as one word of a shell. Throws a RangeError where a value cannot be printed. */
function flag(name: string, values: Iterable<string>): string {
  const all = [...values];
  for (const value of all) {
    const why = value.includes(",")
      ? `Deno would read the comma in ${quoted(value)} as the end of a path`
      : isShown(value)
      ? undefined
      : `${quoted(value)} holds a character that is not shown as it is`;
    if (why !== undefined) throw new RangeError(`no flags can be printed: ${why}`);
  }
  return shellWord(`${name}=${all.join(",")}`);
}

/** Whether a text is one line, and looks as it is. */
const isShown = (text: string): boolean => harmless(text) === text && !/[\t\n]/.test(text);

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Throws a `denied` error where some of what `what` needs may not be read or fetched: all of it at once, where Deno would
 * ask for one after the other. `way` is the way out.
 */
export function assertReadable(needed: Permissions, what: string, way: string): void {
  assertAllowed({ ...needed, write: new Set() }, what, way);
}

/** The same of what is written besides. */
export function assertAllowed(
  { read, write, net, spared }: Permissions,
  what: string,
  way: string,
): void {
  const needed = (names: ReadonlySet<string>) => [...names].filter((name) => !spared.has(name));
  const files = needed(read).filter((path) => !isGranted({ name: "read", path }));
  const written = needed(write).filter((path) => !isGranted({ name: "write", path }));
  const hosts = needed(net).filter((host) => !isGranted({ name: "net", host }));
  const named = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");
  const lacking = [
    ...(files.length === 0 ? [] : [`read ${named(files)}`]),
    ...(written.length === 0 ? [] : [`write ${named(written)}`]),
    ...(hosts.length === 0 ? [] : [`fetch from ${named(hosts)}`]),
  ];
  if (lacking.length === 0) return;
  throw new DecantError(
    "denied",
    `Deno does not allow ${what} to ${lacking.join(" and to ")}`,
    way,
  );
}
