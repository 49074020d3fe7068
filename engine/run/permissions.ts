/** The Deno flags that a run needs, and no more. */
import type { Graph } from "../graph/graph.ts";
import { quoted } from "../quote.ts";
import { registry, REGISTRY_VARIABLE } from "../graph/package.ts";
import { sourceUrl } from "../graph/source_url.ts";
import { fileURLToPath } from "node:url";

/** Where a run reads and writes besides its sources. */
export interface Whereabouts {
  /** The documents that are read; a module is loaded by its import, and is none. */
  readonly documents: readonly string[];
  readonly cache: string;
  readonly out?: string;
}

/**
 * The flags, in the order in which Deno's help lists them, as words of a POSIX shell: a recipe from elsewhere may name
 * its files as it likes, and what is pasted must not run or grant anything that it wrote. Throws a RangeError where a
 * path holds a comma, which Deno reads as the end of a value and cannot be told otherwise, or a control character,
 * which no terminal shows as it is.
 */
export function permissionFlags(graph: Graph, { documents, cache, out }: Whereabouts): string[] {
  const written = [cache, ...(out === undefined ? [] : [out])];
  const read = new Set<string>();
  const hosts = new Set<string>();
  const variables = new Set<string>();
  const reach = (url: URL, name: string): void => {
    if (url.protocol === "file:") read.add(name.startsWith("file:") ? fileURLToPath(name) : name);
    else if (url.protocol === "npm:") {
      hosts.add(registry().host);
      variables.add(REGISTRY_VARIABLE);
    } else if (url.host !== "") hosts.add(url.host);
  };
  for (const document of documents) reach(sourceUrl("", document), document);
  written.forEach((folder) => read.add(folder));
  for (const { op, step } of graph.nodes) {
    for (const source of op.source(step.params)) {
      const url = sourceUrl(graph.recipe.base, source);
      if (url.protocol !== "file:") reach(url, source);
      else {
        // What lies beside a file that names it lies in its folder.
        const folder = op.beside !== undefined && /\.[^./]+$/.test(url.pathname);
        reach(url, fileURLToPath(folder ? new URL(".", url) : url));
      }
    }
  }
  return [
    flag("--allow-read", read),
    flag("--allow-write", written),
    ...(hosts.size === 0 ? [] : [flag("--allow-net", [...hosts].sort())]),
    flag("--allow-sys", ["hostname", "cpus"]),
    ...(variables.size === 0 ? [] : [flag("--allow-env", variables)]),
    "--ignore-env",
  ];
}

/** A flag and its values as one word of a shell. */
function flag(name: string, values: Iterable<string>): string {
  const all = [...values];
  const divided = all.find((value) => value.includes(","));
  if (divided !== undefined) {
    throw new RangeError(
      `no flags can be printed: Deno would read the comma in ${
        quoted(divided)
      } as the end of a path`,
    );
  }
  return shellWord(`${name}=${all.join(",")}`);
}

/** A text as one word of a POSIX shell. Throws a RangeError where it holds a control character. */
export function shellWord(text: string): string {
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(text)) {
    throw new RangeError(`no flags can be printed: ${quoted(text)} holds a control character`);
  }
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
