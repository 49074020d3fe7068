/** Long lists for a person: the first rows of each kind, and how many there are besides. */

/** A list of no more rows is printed whole; */
const WHOLE = 1000;

/** of a longer one, so many of each kind. */
const FIRST = 10;

/** Of more than 1000 rows the first ten of each kind, and how many more there are of each. */
export function firstOfEach<T>(
  rows: readonly T[],
  kindOf: (row: T) => string,
): { readonly shown: readonly T[]; readonly left: ReadonlyMap<string, number> } {
  const counts = new Map<string, number>();
  const left = new Map<string, number>();
  if (rows.length <= WHOLE) return { shown: rows, left };
  const shown = rows.filter((row) => {
    const kind = kindOf(row);
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count > FIRST) left.set(kind, count - FIRST);
    return count <= FIRST;
  });
  return { shown, left };
}
