/**
 * Where a search looks: a grid of points, one axis for each variable. A point is the index of a value on each axis, or,
 * counted with the last axis changing fastest, one number: its rank.
 */
import { canonical, type Json } from "../../digest.ts";

/** One axis. */
export interface Axis {
  /** How many values stand on it. */
  readonly count: number;
  /** Whether they follow one another evenly, so that neighbours are alike; otherwise they are only different. */
  readonly even: boolean;
}

/** All axes, in the order of the variables. */
export type Space = readonly Axis[];

/** A point: the index of its value on each axis. */
export type SpacePoint = readonly number[];

/** The points of a space. */
export function sizeOfSpace(space: Space): number {
  return space.reduce((size, { count }) => size * count, 1);
}

/** The point of a rank, 0 up to the size of the space. */
export function pointOfRank(space: Space, rank: number): SpacePoint {
  const point: number[] = [];
  for (let rest = rank, axis = space.length - 1; axis >= 0; axis--) {
    const { count } = space[axis]!;
    point[axis] = rest % count;
    rest = Math.floor(rest / count);
  }
  return point;
}

/** The rank of a point. */
export function rankOfPoint(space: Space, point: SpacePoint): number {
  return space.reduce((rank, { count }, axis) => rank * count + point[axis]!, 0);
}

/** The values of a point by the name of their variable. */
export function valuesAt(
  { variables }: {
    readonly variables: readonly { readonly name: string; readonly values: readonly Json[] }[];
  },
  point: SpacePoint,
): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    variables.map(({ name, values }, axis) => [name, values[point[axis]!]!]),
  );
}

/** The point of such values, which are among those of the variables. */
export function pointAt(
  { variables }: Parameters<typeof valuesAt>[0],
  values: ReturnType<typeof valuesAt>,
): SpacePoint {
  return variables.map(({ name, values: all }) => {
    const wanted = canonical(values[name]!);
    return all.findIndex((value) => canonical(value) === wanted);
  });
}

/** Points looked at, at most: what stands beyond is found when its turn comes. */
const MOST = 100;

/**
 * Points that together have every value of every variable, all variables going on at once; of a range, which is long and
 * even, the first two values and the last. `most` bounds how many there are.
 */
export function probePoints(space: Space, most: number): SpacePoint[] {
  const telling = space.map(({ count, even }) => {
    const all = Array.from({ length: count }, (_, index) => index);
    return even && count > 3 ? [0, 1, count - 1] : all;
  });
  const longest = Math.max(...telling.map(({ length }) => length));
  const length = Math.max(1, Math.floor(Math.min(longest, most, MOST)));
  return Array.from(
    { length },
    (_, at) => telling.map((indices) => indices[Math.min(at, indices.length - 1)]!),
  );
}
