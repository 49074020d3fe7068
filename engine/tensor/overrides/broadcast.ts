/** How two shapes broadcast, with neighbouring axes joined where both operands walk them alike. */

/** One loop: its length and how far each operand moves a step. */
export interface Loop {
  readonly n: number;
  readonly a: number;
  readonly b: number;
}

/** The output's shape and its loops, innermost first; axes of length 1 need none. Throws where the shapes do not fit. */
export function broadcast(
  a: readonly number[],
  b: readonly number[],
): { shape: number[]; loops: Loop[] } {
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  const loops: Loop[] = [];
  let aStride = 1;
  let bStride = 1;
  for (let back = 1; back <= rank; back++) {
    const an = a[a.length - back] ?? 1;
    const bn = b[b.length - back] ?? 1;
    if (an !== bn && an !== 1 && bn !== 1) {
      throw new Error(`Cannot broadcast [${a}] and [${b}]: lengths ${an} and ${bn} differ`);
    }
    const n = an === 1 ? bn : an;
    shape[rank - back] = n;
    if (n !== 1) join({ n, a: an === 1 ? 0 : aStride, b: bn === 1 ? 0 : bStride });
    aStride *= an;
    bStride *= bn;
  }
  return { shape, loops };

  function join(loop: Loop): void {
    const last = loops.at(-1);
    if (last && loop.a === last.a * last.n && loop.b === last.b * last.n) {
      loops[loops.length - 1] = { ...last, n: last.n * loop.n };
    } else loops.push(loop);
  }
}
