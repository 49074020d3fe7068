/**
 * Sources: files and folders beside a recipe, files by URL, files of npm packages. They enter keys by content and are
 * read only by the steps that named them, each read checked against the digest in the key: a file that changes while it
 * is used is found, not used.
 */
import type { Digest } from "../../digest.ts";
import { excerpt } from "../../quote.ts";
import { isPackage, isPath, isSource, resolveSource } from "../../recipe/parse/sources.ts";
import type { Store } from "../../store/store.ts";
import type { Node } from "../graph.ts";
import { readLocal, resolveLocal } from "./local_source.ts";
import { readPackage, resolvePackage } from "./package_source.ts";
import { isLocalHost } from "./addresses.ts";
import { type Fetching, isWeb, TrustError } from "./remote.ts";
import { type Known, readRemote, resolveRemote } from "./remote_source.ts";
import type { ResolvedSource, SourceFile } from "./resolved_source.ts";
import { SourceError } from "./source_error.ts";
import { besideSource, sourceUrl } from "./source_url.ts";

/** How sources from elsewhere are looked at. */
export interface SourceOptions extends Fetching {
  /** Digests that a lock holds for sources as written: they need not be fetched to be known. */
  readonly pins?: ReadonlyMap<string, Digest>;
  /** Fetches nothing. */
  readonly offline?: boolean;
  /** False where a document from elsewhere had a part in the recipe: what this machine serves is not for it. */
  readonly local?: boolean;
  /** Hosts with their ports that documents of the recipe come from. */
  readonly hosts?: readonly string[];
}

/** The sources of a recipe at `base`. */
export interface Sources {
  /** Every source of a step: those that its parameters name, then the files beside them that those name. */
  of(node: Node): Promise<ResolvedSource[]>;
  /** What a step with these sources may read: `read` and `list` of its context. */
  reader(sources: readonly ResolvedSource[]): SourceReader;
}

/** What a step may read of its sources. */
export interface SourceReader {
  /** The bytes of a source, or of a file beside it that it names. */
  read(source: string, beside?: string): Promise<Uint8Array>;
  /** The files of a source that is a folder, relative to it. */
  list(source: string): Promise<readonly string[]>;
}

/** Looks at the sources of a recipe, each once. */
export function sourcesAt(base: string, store: Store, options: SourceOptions = {}): Sources {
  const seen = new Map<string, Promise<ResolvedSource>>();
  const { pins, offline = false, hosts = [], trustHosts, signal, memory, patience } = options;
  const fetching = { trustHosts, signal, memory, patience };
  const local = options.local !== false &&
    (isPath(base) || base.startsWith("file:") || (isWeb(base) && isLocalHost(new URL(base))));
  const known = (written: string): Known => ({
    pin: pins?.get(written),
    offline,
    reach: { local, hosts },
    fetching,
  });
  const resolve = (written: string): Promise<ResolvedSource> => {
    const found = seen.get(written) ?? look(written);
    seen.set(written, found);
    return found;
  };
  return { of, reader };

  async function of({ op, step }: Node): Promise<ResolvedSource[]> {
    const named: ResolvedSource[] = [];
    for (const written of op.source(step.params)) named.push(await resolve(written));
    const beside: ResolvedSource[] = [];
    for (const source of named) {
      if (op.beside === undefined || source.files[0]?.path !== "") continue;
      const { written } = source;
      const bytes = await reader([source]).read(written);
      for (const path of op.beside(written, bytes)) {
        assertBeside(written, path);
        beside.push(await resolveBeside(written, path));
      }
    }
    return [...named, ...beside];
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

  async function look(written: string): Promise<ResolvedSource> {
    const url = sourceUrl(base, written);
    if (isWeb(url.href)) return await resolveRemote(written, url, store, known(written));
    if (url.protocol === "npm:") {
      return { ...await resolvePackage(full(written), store, known(written)), written };
    }
    if (url.protocol !== "file:") {
      throw new SourceError(
        written,
        `\`${written}\` cannot be read: sources are files, https URLs and npm packages`,
        "download it and name the file",
      );
    }
    if (isPath(base) || base.startsWith("file:")) {
      return await resolveLocal(written, url, store, fetching);
    }
    throw new TrustError(
      written,
      `\`${written}\` is a file of this machine, named by a document from elsewhere`,
      "such a document may name URLs alone; save it here if you trust it",
    );
  }

  function reader(sources: readonly ResolvedSource[]): SourceReader {
    const files = new Map(
      sources.flatMap(({ files }) => files.map((file) => [file.url.href, file])),
    );
    const fileAt = (written: string): SourceFile => {
      const found = files.get(sourceUrl(base, written).href);
      if (found !== undefined) return found;
      throw new Error(`internal: the step reads ${written} undeclared`);
    };
    return {
      async read(source, beside) {
        const written = beside === undefined ? source : besideSource(source, beside);
        const file = fileAt(written);
        if (file.url.protocol === "file:") return await readLocal(written, file, fetching);
        return file.url.protocol === "npm:"
          ? await readPackage(full(written), file, store, known(written))
          : await readRemote(written, file, store, known(written));
      },
      // deno-lint-ignore require-await -- a failure is a rejection
      async list(source) {
        const found = sources.find(({ written }) => written === source);
        if (found === undefined) throw new Error(`internal: the step lists ${source} undeclared`);
        return found.files.map(({ path }) => path);
      },
    };
  }

  /** A source of a package as any document would write it. */
  function full(written: string): string {
    return isPackage(written) ? written : resolveSource(written, base);
  }
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
