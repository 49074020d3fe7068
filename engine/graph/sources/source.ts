/**
 * Sources: files and folders beside a recipe, files by URL, files of npm packages. They enter keys by content and are
 * read only by the steps that named them, each read checked against the digest in the key: a file that changes while it
 * is used is found, not used.
 */
import type { Digest } from "../../digest.ts";
import { given } from "../../given.ts";
import { excerpt } from "../../quote.ts";
import { isPackage, isPath, isSource, resolveSource } from "../../recipe/parse/sources.ts";
import { MEMORY } from "../../size.ts";
import { CorruptBlobError, type Store } from "../../store/store.ts";
import type { Node } from "../graph.ts";
import { readLocal, resolveLocal } from "./local_source.ts";
import { type Fetching, isLocalHost, isWeb } from "./hosts.ts";
import type { SourceKnowledge } from "./remote_source.ts";
import type { ResolvedSource, SourceFile } from "./resolved_source.ts";
import { SourceError, TrustError } from "./source_error.ts";
import { besideSource, sourceUrl } from "./source_url.ts";
import type { Statement } from "./statement.ts";

/** How sources from elsewhere are looked at. */
export interface SourceOptions extends Fetching {
  /** Digests that a lock holds for sources as written: they need not be fetched to be known. */
  readonly pins?: ReadonlyMap<string, Digest>;
  /** What a lock says that stands beside sources as written: it counts where a package is not at hand. */
  readonly stated?: ReadonlyMap<string, readonly Statement[]>;
  /** Fetches nothing. */
  readonly offline?: boolean;
  /** False where a document from elsewhere had a part in the recipe: what this machine serves is not for it. */
  readonly local?: boolean;
  /** Hosts with their ports that documents of the recipe come from. */
  readonly hosts?: readonly string[];
}

/** Where a recipe stands and what it may reach from there, as plain data. */
export interface SourceTrust extends Omit<SourceOptions, "pins" | "stated" | "signal"> {
  /** Path or URL of its folder. */
  readonly base: string;
  /** The recipe was written on another machine: its files are had from the store alone. */
  readonly elsewhere?: true;
  /** Digests that a lock holds, by source as written. */
  readonly pins: Readonly<Record<string, Digest>>;
}

/** The sources of a recipe. */
export interface Sources {
  /** Every source of a step: those that its parameters name, then the files beside them that those name. */
  of(node: Node): Promise<ResolvedSource[]>;
  /** What they are read under. */
  readonly trust: SourceTrust;
}

/** What a step may read of its sources. */
interface SourceReader {
  /** The bytes of a source, or of a file beside it that it names. */
  read(source: string, beside?: string): Promise<Uint8Array>;
  /** The files of a source that is a folder, relative to it. */
  list(source: string): Promise<readonly string[]>;
}

/** Looks at the sources of a recipe at `base`, each once. */
export function sourcesAt(base: string, store: Store, options: SourceOptions = {}): Sources {
  const seen = new Map<string, Promise<ResolvedSource>>();
  const named = new Map<string, Promise<ResolvedSource>>();
  const { pins = new Map(), stated, signal, ...more } = options;
  const { offline, local, hosts, trustHosts, memory, patience } = more;
  const about = given({ offline, local, hosts, trustHosts, memory, patience });
  const trust: SourceTrust = { base, pins: Object.fromEntries(pins), ...about };
  const place: SourcePlace = { store, trust: { ...trust, signal } };
  const resolve = (written: string): Promise<ResolvedSource> => {
    const found = seen.get(written) ?? look(written, place);
    seen.set(written, found);
    return found;
  };
  return { of, trust };

  async function of({ op, step }: Node): Promise<ResolvedSource[]> {
    const own: ResolvedSource[] = [];
    for (const written of op.source(step.params)) {
      const found = named.get(written) ?? resolved(written);
      named.set(written, found);
      own.push(await found);
    }
    const beside: ResolvedSource[] = [];
    for (const source of own) {
      if (op.beside === undefined || source.files[0]?.path !== "") continue;
      const { written } = source;
      const bytes = await sourceReader([source], store, place.trust).read(written);
      for (const path of op.beside(written, bytes)) {
        assertBeside(written, path);
        beside.push(await resolveBeside(written, path));
      }
    }
    return [...own, ...beside];
  }

  /** A source that a recipe names, and what stands beside it about it. */
  async function resolved(written: string): Promise<ResolvedSource> {
    const source = await resolve(written);
    const beside = await statedOf(source, place) ?? stated?.get(written) ?? [];
    return beside.length === 0 ? source : { ...source, stated: beside };
  }

  async function resolveBeside(written: string, path: string): Promise<ResolvedSource> {
    try {
      return await resolve(besideSource(written, path));
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const { source, message, help } = error;
      throw new SourceError(source, `${message}; \`${written}\` names it`, help);
    }
  }
}

/** Where a source is looked at and read. */
interface SourcePlace {
  readonly store: Store;
  readonly trust: SourceTrust & Pick<SourceOptions, "signal">;
}

async function look(written: string, place: SourcePlace): Promise<ResolvedSource> {
  const { store, trust: { base } } = place;
  const url = sourceUrl(base, written);
  if (isWeb(url.href)) {
    const { resolveRemote } = await import("./remote_source.ts");
    return await resolveRemote(written, url, store, known(written, place));
  }
  if (url.protocol === "npm:") {
    const { resolvePackage } = await import("./package_source.ts");
    return {
      ...await resolvePackage(full(written, base), store, known(written, place)),
      written,
    };
  }
  if (url.protocol !== "file:") {
    throw new SourceError(
      written,
      `\`${written}\` cannot be read: sources are files, https URLs and npm packages`,
      "download it and name the file",
    );
  }
  if (isPath(base) || base.startsWith("file:")) {
    return await resolveLocal(written, url, store, fetching(place));
  }
  throw new TrustError(
    written,
    `\`${written}\` is a file of this machine, named by a document from elsewhere`,
    "such a document may name URLs alone; save it here if you trust it",
  );
}

/**
 * What a package, or the card beside a file or folder, states about a source; undefined where that is not known. Of other
 * URLs it is never known: no URL is fetched that nobody named.
 */
async function statedOf(
  { written, extension }: ResolvedSource,
  { store, trust: { base } }: SourcePlace,
): Promise<readonly Statement[] | undefined> {
  const url = sourceUrl(base, written);
  if (url.protocol === "npm:") {
    const { recallStated } = await import("./package_statement.ts");
    return await recallStated(full(written, base), store);
  }
  if (url.protocol !== "file:") return undefined;
  const { cardOf, statedInCard } = await import("./model_card.ts");
  return await statedInCard(cardOf(url, extension === "/"));
}

/** What a step with these sources may read: `read` and `list` of its context. */
export function sourceReader(
  sources: readonly ResolvedSource[],
  store: Store,
  trust: SourcePlace["trust"],
): SourceReader {
  const place = { store, trust };
  const files = new Map(sources.flatMap(({ files }) => files.map((file) => [file.url, file])));
  const fileAt = (written: string): SourceFile => {
    const found = files.get(sourceUrl(trust.base, written).href);
    if (found !== undefined) return found;
    throw new Error(`internal: the step reads ${written} undeclared`);
  };
  return {
    async read(source, beside) {
      const written = beside === undefined ? source : besideSource(source, beside);
      const file = fileAt(written);
      const { protocol } = new URL(file.url);
      if (protocol === "file:") return await readHere(written, file, place);
      if (protocol === "npm:") {
        const { readPackage } = await import("./package_source.ts");
        return await readPackage(full(written, trust.base), file, store, known(written, place));
      }
      const { readRemote } = await import("./remote_source.ts");
      return await readRemote(written, file, store, known(written, place));
    },
    // deno-lint-ignore require-await -- a failure is a rejection
    async list(source) {
      const found = sources.find(({ written }) => written === source);
      if (found === undefined) throw new Error(`internal: the step lists ${source} undeclared`);
      return found.files.map(({ path }) => path);
    },
  };
}

/**
 * The bytes of a file of this machine, or of the one where the recipe was written: what is not there, or is another, may
 * lie in the store under its digest.
 */
async function readHere(
  written: string,
  file: SourceFile,
  place: SourcePlace,
): Promise<Uint8Array> {
  const { store, trust: { memory, elsewhere } } = place;
  const far = `\`${written}\` is a file of the machine that asks for it, and no store has it`;
  let unread: unknown = new SourceError(written, far);
  try {
    if (!elsewhere) return await readLocal(written, file, fetching(place));
  } catch (error) {
    unread = error;
  }
  if (!(unread instanceof SourceError) || store.behind === undefined) throw unread;
  return await store.read(file.digest, memory ?? MEMORY).catch((missing) => {
    throw missing instanceof CorruptBlobError ? unread : missing;
  });
}

/** What is known of a source before it is asked for, and what may be asked. */
function known(written: string, place: SourcePlace): SourceKnowledge {
  const { base, pins, offline = false, hosts = [], local } = place.trust;
  const here = isPath(base) || base.startsWith("file:") ||
    (isWeb(base) && isLocalHost(new URL(base)));
  return {
    pin: Object.hasOwn(pins, written) ? pins[written] : undefined,
    offline,
    reach: { local: local !== false && here, hosts },
    fetching: fetching(place),
  };
}

function fetching({ trust: { trustHosts, signal, memory, patience } }: SourcePlace): Fetching {
  return { ...given({ trustHosts }), signal, memory, patience };
}

/** A source of a package as any document would write it. */
function full(written: string, base: string): string {
  return isPackage(written) ? written : resolveSource(written, base);
}

/** What lies beside a source lies in its folder or below it: nothing else was named by the recipe. */
function assertBeside(written: string, path: string): void {
  const parts = path.split("/");
  const plain = isPath(path) && isSource(path) && path.isWellFormed() && !path.includes("\\") &&
    parts.every((part) => part !== "" && part !== "." && part !== "..");
  if (plain) return;
  throw new TrustError(
    written,
    `\`${written}\` names \`${excerpt(path)}\`, which does not lie beside it`,
    "files that belong together lie in one folder",
  );
}
