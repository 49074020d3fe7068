/** Where numbers stand between two ends, and the round numbers there: by the rules of d3-scale, to the last bit. */

/** From one end to the other. */
type Ends = readonly [number, number];

/** A scale of a chart. */
interface Scale {
  /** Where a number stands in the picture. */
  at(value: number): number;
  /** Round numbers between the ends, about as many as asked for. */
  ticks(count: number): readonly number[];
}

/** Equal differences take equal room. */
export function evenScale(values: Ends, picture: Ends): Scale {
  return { at: between(values, picture), ticks: (count) => roundNumbers(values, count) };
}

/** Equal ratios of positive numbers take equal room. The ticks are one to nine times a power of ten. */
export function ratioScale(values: Ends, picture: Ends): Scale {
  const place = between([Math.log(values[0]), Math.log(values[1])], picture);
  return { at: (value) => place(Math.log(value)), ticks: (count) => multiples(values, count) };
}

function between([from, to]: Ends, [start, end]: Ends): (value: number) => number {
  const size = to - from;
  return (value) => {
    const share = size === 0 ? 0.5 : (value - from) / size;
    return start * (1 - share) + end * share;
  };
}

/** Multiples of 1, 2 or 5 times a power of ten. */
function roundNumbers([from, to]: Ends, count: number): number[] {
  if (from === to) return [from];
  const step = (to - from) / count;
  const power = Math.floor(Math.log10(step));
  const error = step / 10 ** power;
  const factor = error >= Math.sqrt(50)
    ? 10
    : error >= Math.sqrt(10)
    ? 5
    : error >= Math.sqrt(2)
    ? 2
    : 1;
  // Below 1 a step is kept as how many of them make 1: that is a whole number, and divides without an error.
  const below = power < 0;
  const size = below ? 10 ** -power / factor : 10 ** power * factor;
  const scaled = (value: number) => below ? value * size : value / size;
  const value = (index: number) => below ? index / size : index * size;
  let first = Math.round(scaled(from));
  let last = Math.round(scaled(to));
  if (value(first) < from) first++;
  if (value(last) > to) last--;
  // Only one step, or less, can miss the numbers between the ends.
  if (last < first) return roundNumbers([from, to], 2 * count);
  return Array.from({ length: last - first + 1 }, (_, index) => value(first + index));
}

function multiples([from, to]: Ends, count: number): number[] {
  const [low, high] = [Math.log10(from), Math.log10(to)];
  if (high - low >= count) {
    return roundNumbers([low, high], Math.min(high - low, count)).map((power) =>
      Number(`1e${power}`)
    );
  }
  const found: number[] = [];
  for (let power = Math.floor(low); power <= high; power++) {
    for (const digit of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const value = power < 0 ? digit / Number(`1e${-power}`) : digit * Number(`1e${power}`);
      if (value >= from && value <= to) found.push(value);
    }
  }
  return 2 * found.length < count ? roundNumbers([from, to], count) : found;
}
