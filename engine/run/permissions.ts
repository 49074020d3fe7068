/** The Deno flags that a run needs, and no more. */
import type { Graph } from "../graph/graph.ts";
import { sourceUrl } from "../graph/source.ts";
import { fileURLToPath } from "node:url";

/** Where a run reads and writes besides its sources. */
export interface Whereabouts {
  /** The document; absent where it is a module, which is loaded by its import. */
  readonly document?: string;
  readonly cache: string;
  readonly out?: string;
}

/** The flags, in the order in which Deno's help lists them. */
export function permissionFlags(graph: Graph, { document, cache, out }: Whereabouts): string[] {
  const written = [cache, ...(out === undefined ? [] : [out])];
  const read = new Set<string>(document === undefined ? written : [document, ...written]);
  const hosts = new Set<string>();
  for (const { op, step } of graph.nodes) {
    for (const source of op.source(step.params)) {
      const url = sourceUrl(graph.recipe.base, source);
      if (url.protocol === "file:") read.add(fileURLToPath(url));
      else if (url.host !== "") hosts.add(url.host);
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
