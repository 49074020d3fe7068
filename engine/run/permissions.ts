/** The Deno flags that a run needs, and no more. */
import type { Graph } from "../graph/graph.ts";
import { sourceUrl } from "../graph/source.ts";
import { fileURLToPath } from "node:url";

/** Where a run reads and writes besides its sources. */
export interface Whereabouts {
  /** The documents that are read; a module is loaded by its import, and is none. */
  readonly documents: readonly string[];
  readonly cache: string;
  readonly out?: string;
}

/** The flags, in the order in which Deno's help lists them. */
export function permissionFlags(graph: Graph, { documents, cache, out }: Whereabouts): string[] {
  const written = [cache, ...(out === undefined ? [] : [out])];
  const read = new Set<string>();
  const hosts = new Set<string>();
  const reach = (url: URL, name: string): void => {
    if (url.protocol === "file:") read.add(name.startsWith("file:") ? fileURLToPath(name) : name);
    else if (url.host !== "") hosts.add(url.host);
  };
  for (const document of documents) reach(sourceUrl("", document), document);
  written.forEach((folder) => read.add(folder));
  for (const { op, step } of graph.nodes) {
    for (const source of op.source(step.params)) {
      const url = sourceUrl(graph.recipe.base, source);
      reach(url, url.protocol === "file:" ? fileURLToPath(url) : source);
    }
  }
  return [
    `--allow-read=${[...read].join(",")}`,
    `--allow-write=${written.join(",")}`,
    ...(hosts.size === 0 ? [] : [`--allow-net=${[...hosts].sort().join(",")}`]),
    "--allow-sys=hostname,cpus",
    "--ignore-env",
  ];
}
