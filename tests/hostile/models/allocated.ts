/**
 * What code allocates: bytes of array buffers, counted where they are made, and the most that the process holds. Buffers
 * that a library outside JavaScript makes are seen in the second number alone.
 */
import { peakMegabytes } from "../sessions.ts";

let counted = 0;

const BUFFERS = [
  ...["ArrayBuffer", "SharedArrayBuffer", "Float16Array", "Float32Array", "Float64Array"],
  ...["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array"],
  ...["Int32Array", "Uint32Array", "BigInt64Array", "BigUint64Array"],
];

/**
 * From here on every array that a constructor, `from`, `of`, `slice`, `map` or `filter` makes is counted: each of them
 * makes its result by the constructor that the prototype names.
 */
export function countAllocations(): void {
  const world = globalThis as unknown as Record<string, new (...args: unknown[]) => object>;
  for (const name of BUFFERS) {
    const own = world[name]!;
    const proxy: typeof own = new Proxy(own, {
      construct(target, args, as) {
        const made = Reflect.construct(target, args, as === proxy ? target : as);
        const borrowed = args[0] instanceof ArrayBuffer || args[0] instanceof SharedArrayBuffer;
        if (!borrowed) counted += (made as ArrayBuffer).byteLength;
        return made;
      },
    });
    own.prototype.constructor = proxy;
    world[name] = proxy;
  }
}

/** What some work took. */
export interface Taken {
  /** Bytes of all arrays that it made, given back or not. */
  readonly allocated: number;
  /** By how many megabytes the most that the process held grew. */
  readonly grown: number;
}

/** Does work and says what it took. The process must run nothing else meanwhile. */
export async function taken(work: () => Promise<void>): Promise<Taken> {
  forgetPeak();
  const [before, from] = [counted, peakMegabytes()];
  await work();
  return { allocated: counted - before, grown: Math.max(0, peakMegabytes() - from) };
}

/** Sets the mark to what the process holds now, where the system lets it. */
function forgetPeak(): void {
  try {
    Deno.writeTextFileSync("/proc/self/clear_refs", "5");
  } catch {
    // The mark then stands at the most of all cases: growth beyond it is still seen.
  }
}
