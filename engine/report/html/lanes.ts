/**
 * A graph as rows with lanes beside them: each step's output runs down a lane of its own to the last step that reads
 * it. One row a step, so the drawing is as long as the recipe and as wide as the models that are needed at once.
 */

/** A step and what it reads, by name; steps stand below what they read. */
export interface Reader {
  readonly name: string;
  readonly reads: readonly string[];
}

/** What is drawn beside one row. */
export interface LaneRow {
  /** The lane of the step. */
  readonly lane: number;
  /** Lanes that pass from the row above to the row below. */
  readonly through: readonly number[];
  /** Lanes from above that lead into the step. */
  readonly into: readonly number[];
  /** The step's own output goes on below. */
  readonly out: boolean;
}

/** Lays out the rows. A step that is the last to read something goes on in its lane, so chains run straight. */
export function laneRows(steps: readonly Reader[]): LaneRow[] {
  const last = new Map<string, number>();
  steps.forEach(({ reads }, row) => reads.forEach((read) => last.set(read, row)));
  const lanes: (string | undefined)[] = [];
  return steps.map(({ name, reads }, row): LaneRow => {
    const into = lanes.flatMap((owner, lane) =>
      owner !== undefined && reads.includes(owner) ? [lane] : []
    );
    const ended = into.filter((lane) => last.get(lanes[lane]!) === row);
    for (const lane of ended) lanes[lane] = undefined;
    const through = lanes.flatMap((owner, lane) => owner === undefined ? [] : [lane]);
    const lane = ended.at(-1) ?? firstFree(lanes);
    const out = last.has(name);
    lanes[lane] = out ? name : undefined;
    return { lane, through, into, out };
  });
}

function firstFree(lanes: readonly (string | undefined)[]): number {
  const free = lanes.indexOf(undefined);
  return free < 0 ? lanes.length : free;
}
