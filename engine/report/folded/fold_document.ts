/**
 * A large run as a document that people and programs can still open: of its rows as many as have room, what went wrong and
 * what is best first; those that are left out are counted by what they have in common.
 */
import type { ModelDocument, RunDocument, StepDocument } from "../document.ts";
import type { Folded } from "./folded.ts";

/** A run of no more steps is written whole. */
const WHOLE = 1000;

/** Most bytes, as JSON is written, of the rows of each list. */
const ROOM = { steps: 1_500_000, models: 800_000, expect: 400_000, problems: 400_000 } as const;

/** The document as it is written: itself, or for a run of more than 1000 steps what has room. */
export function foldedDocument(document: RunDocument): RunDocument {
  const { steps, models, expect, problems, points = [], result } = document;
  if (steps.length <= WHOLE) return document;
  const best = new Set(points.flatMap(({ pareto, results }) => pareto ? results : []));
  const isBest = ({ name }: ModelDocument | StepDocument) => name === result || best.has(name);
  const told = withRoom(
    steps,
    ROOM.steps,
    (step) => step.status === "failed" || step.warnings.length > 0 ? 0 : isBest(step) ? 1 : 2,
  );
  const measured = withRoom(models, ROOM.models, (row) => isBest(row) ? 0 : 1);
  const claims = withRoom(expect, ROOM.expect, ({ met }) => met ? 1 : 0);
  const wrong = withRoom(problems, ROOM.problems, () => 0);
  const lists = [told, measured, claims, wrong];
  if (lists.every(({ left }) => left.length === 0)) return document;
  const missed = claims.left.filter(({ met }) => !met).length;
  const folded: Folded = {
    steps: foldedSteps(told.left),
    models: measured.left.length,
    expect: { met: claims.left.length - missed, missed },
    problems: wrong.left.length,
  };
  return {
    ...document,
    steps: told.kept,
    models: measured.kept,
    expect: claims.kept,
    problems: wrong.kept,
    folded,
  };
}

/** The rows for which there is room, in their order, those of a low rank before others, and those that are left. */
function withRoom<T>(
  rows: readonly T[],
  room: number,
  rank: (row: T) => number,
): { readonly kept: T[]; readonly left: T[] } {
  const order = rows.map((row, at) => ({ at, rank: rank(row) })).sort((a, b) =>
    a.rank - b.rank || a.at - b.at
  );
  const kept = new Set<number>();
  let taken = 0;
  for (const { at } of order) {
    // As deep as in the document, a line end and a comma behind it.
    taken += JSON.stringify([[rows[at]]], null, 2).length - "[\n  [\n  ]\n]".length + 1;
    if (taken > room) break;
    kept.add(at);
  }
  return {
    kept: rows.filter((_, at) => kept.has(at)),
    left: rows.filter((_, at) => !kept.has(at)),
  };
}

function foldedSteps(steps: readonly StepDocument[]): Folded["steps"][number][] {
  const alike = Map.groupBy(steps, ({ op, version, status }) => `${op} ${version} ${status}`);
  return [...alike.values()].map((group) => {
    const { op, version, status } = group[0]!;
    const seconds = group.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
    return {
      op,
      version,
      status,
      count: group.length,
      seconds: Math.round(1000 * seconds) / 1000,
      bytes: group.reduce((sum, { artifact }) => sum + (artifact?.bytes ?? 0), 0),
    };
  });
}
