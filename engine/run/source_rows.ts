/** What a run read, source by source, and what those say of themselves: rows of reports and locks. */
import { given } from "../given.ts";
import type { Graph } from "../graph/graph.ts";
import { type Statement, statementNoted } from "../graph/sources/statement.ts";
import type { Outcome } from "../store/store.ts";
import type { ResolvedSource } from "../graph/sources/resolved_source.ts";

/** A source as written, the digest of its bytes, and what it says of itself where it says something. */
export interface SourceRow {
  readonly source: string;
  readonly sha256: string;
  readonly stated?: readonly Statement[];
}

/** A step as far as it counts here: its sources, and what it noted once it was done. */
export interface ReadingStep {
  readonly sources: readonly Pick<ResolvedSource, "written" | "digest" | "stated">[];
  readonly outcome?: Pick<Outcome, "notes"> | undefined;
}

/** Every source of these steps once, by name. What a step notes of a file is said of the first source that it names. */
export function sourceRows(steps: Iterable<ReadingStep>): SourceRow[] {
  const digests = new Map<string, string>();
  const beside = new Map<string, readonly Statement[]>();
  const within = new Map<string, readonly Statement[]>();
  for (const { sources, outcome } of steps) {
    for (const { written, digest, stated } of sources) {
      digests.set(written, digest);
      if (stated !== undefined) beside.set(written, stated);
    }
    const [first] = sources;
    const noted = statementNoted(outcome?.notes ?? {});
    if (first !== undefined && noted.length > 0) within.set(first.written, noted);
  }
  return [...digests].sort().map(([source, sha256]) => {
    const stated = [...beside.get(source) ?? [], ...within.get(source) ?? []];
    return { source, sha256, ...given({ stated: stated.length === 0 ? undefined : stated }) };
  });
}

/** The sources that a recipe names, without the files beside them; those of steps that could not be begun are missing. */
export function namedSources(
  { nodes }: Pick<Graph, "nodes">,
  read: (step: string) => ReadingStep | undefined,
): SourceRow[] {
  const named = new Set(nodes.flatMap(({ op, step }) => op.source(step.params)));
  const steps = nodes.flatMap(({ step }) => read(step.name) ?? []);
  return sourceRows(steps).filter(({ source }) => named.has(source));
}
