/** The Deno flags that a run needs, and no more. */
import type { Graph } from "../graph/graph.ts";
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

/** The flags, in the order in which Deno's help lists them. */
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
    `--allow-read=${[...read].join(",")}`,
    `--allow-write=${written.join(",")}`,
    ...(hosts.size === 0 ? [] : [`--allow-net=${[...hosts].sort().join(",")}`]),
    "--allow-sys=hostname,cpus",
    ...(variables.size === 0 ? [] : [`--allow-env=${[...variables].join(",")}`]),
    "--ignore-env",
  ];
}
