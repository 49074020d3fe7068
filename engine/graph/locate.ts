/** Where a step stands before anything is done for it: its key, and what is recorded under it. */
import type { Key } from "../digest.ts";
import type { Node } from "./graph.ts";
import { keyOf, type Preimage, preimageOf } from "./key.ts";
import type { Outcome, Store } from "../store/store.ts";
import type { ResolvedSource } from "./sources/resolved_source.ts";
import type { Sources } from "./sources/source.ts";

/** A step whose inputs are known. */
export interface Located {
  readonly key: Key;
  readonly preimage: Preimage;
  readonly sources: readonly ResolvedSource[];
  readonly outcome: Outcome | undefined;
}

/** What locating needs to know of the rest. */
export interface Surroundings {
  readonly store: Store;
  /** Fingerprint of this machine. */
  readonly host: string;
  readonly sources: Sources;
  /** The outcome of a node above. */
  readonly outcome: (node: Node) => Outcome;
}

/** Locates a step all of whose inputs have outcomes. Throws a SourceError where a source cannot be read. */
export async function locate(
  node: Node,
  { store, host, sources: recipeSources, outcome }: Surroundings,
): Promise<Located> {
  const sources = await recipeSources.of(node);
  const preimage = preimageOf(node, {
    artifact: (each) => outcome(each).artifact,
    sources,
    host,
  });
  const key = keyOf(preimage);
  return { key, preimage, sources, outcome: await store.outcome(key) };
}
