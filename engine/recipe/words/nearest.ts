/** The nearest of some names: what was probably meant. */

/**
 * Letters to insert, drop, replace or swap with a neighbour until one word is the other (optimal string alignment).
 * `digit` is what a digit weighs: more than a letter where numbers in names are meant.
 */
export function editDistance(from: string, to: string, digit = 1): number {
  const cost = (letter: string | undefined) =>
    letter !== undefined && /\d/.test(letter) ? digit : 1;
  let beforeLast: number[] = [];
  let last = [0];
  for (let j = 0; j < to.length; j++) last.push(last[j]! + cost(to[j]));
  for (let i = 0; i < from.length; i++) {
    const row = [last[0]! + cost(from[i])];
    for (let j = 0; j < to.length; j++) {
      const replaced = from[i] === to[j] ? 0 : Math.max(cost(from[i]), cost(to[j]));
      let best = Math.min(
        last[j]! + replaced,
        last[j + 1]! + cost(from[i]),
        row[j]! + cost(to[j]),
      );
      if (i > 0 && j > 0 && from[i] === to[j - 1] && from[i - 1] === to[j]) {
        best = Math.min(best, beforeLast[j - 1]! + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length]!;
}

/** Up to `count` names by distance, the nearest first; ties keep their order. */
export function nearestNames(
  word: string,
  names: readonly string[],
  count: number,
  digit = 1,
): string[] {
  return names
    .map((name) => ({ name, distance: editDistance(word.slice(0, 80), name, digit) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ name }) => name);
}

/** The one name that a word is most likely a slip of: at most a third of its letters differ. */
export function slipOf(word: string, names: readonly string[]): string | undefined {
  const [name] = nearestNames(word, names, 1);
  if (name === undefined || word.length > 80) return undefined;
  return editDistance(word, name) <= Math.max(1, Math.floor(word.length / 3)) ? name : undefined;
}
