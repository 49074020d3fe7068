/** Extents and orders of axes that operators say by other numbers. */
import { excerpt } from "../../../../engine/quote.ts";
import { sizeOf } from "../../../../engine/shape.ts";
import type { NodeReading } from "./node_reading.ts";

/** The extents that a Reshape asks for: 0 keeps one, −1 is what is left. */
export function targetShape(
  dims: readonly number[],
  asked: readonly number[],
  allowZero: boolean,
): readonly number[] {
  const shape = asked.map((extent, axis) => extent === 0 && !allowZero ? dims[axis] ?? 1 : extent);
  const known = sizeOf(shape.filter((extent) => extent !== -1));
  return shape.map((extent) => extent === -1 ? sizeOf(dims) / known : extent);
}

/** The first place and how many there are, of an axis that is cut. */
export function sliceOf(
  extent: number,
  start: number,
  end: number,
  step: number,
): readonly [from: number, count: number] {
  const within = (place: number, low: number, high: number) =>
    Math.min(Math.max(place < 0 ? place + extent : place, low), high);
  if (step < 0) {
    const [from, to] = [within(start, -1, extent - 1), within(end, -1, extent - 1)];
    return [from, Math.max(0, Math.ceil((from - to) / -step))];
  }
  const [from, to] = [within(start, 0, extent), within(end, 0, extent)];
  return [from, Math.max(0, Math.ceil((to - from) / step))];
}

/** The order of so many axes that a Transpose says, each there once; the reverse where it says none. */
export function permOf(
  reading: Pick<NodeReading, "ints" | "wrong">,
  rank: number,
): readonly number[] {
  const order = reading.ints("perm") ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  const each = [...order].sort((a, b) => a - b);
  if (order.length === rank && each.every((axis, at) => axis === at)) return order;
  throw reading.wrong(`its perm is ${excerpt(order.join(", "))}, of ${rank} axes`);
}
