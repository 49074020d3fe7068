/**
 * Weights packed for products, kept from one pass of inference to the next: until an update changes the weights or
 * they are given back. A copy of the weights it costs, so no more is kept than `MOST`.
 */
import type { Allocator } from "../memory.ts";

/** Bytes that are kept at most, of all weights together. */
const MOST = 1 << 28;

/** What a copy is of, and how large it is. */
interface PackedShape {
  readonly inner: number;
  readonly columns: number;
  readonly bytes: number;
  /** How the numbers lie. Default: "floats". */
  readonly layout?: string;
}

/** See the file's header. */
export interface PackedWeights {
  /**
   * Address of the packed copy of the [inner, columns] weights at `weights`, `bytes` long, made by `pack` if it is
   * not there; 0 where there is no room to keep it.
   */
  of(
    weights: number,
    shape: PackedShape,
    pack: (to: number) => void,
  ): number;
  /** The weights at an address are others now, or none. */
  changed(weights: number): void;
}

/** Keeps copies in an allocator's memory. */
export function createPackedWeights(allocator: Allocator): PackedWeights {
  const copies = new Map<number, Required<PackedShape> & { readonly at: number }>();
  let kept = 0;
  const changed = (weights: number) => {
    const copy = copies.get(weights);
    if (!copy) return;
    copies.delete(weights);
    allocator.release(copy.at);
    kept -= copy.bytes;
  };
  return {
    changed,
    of(weights, { inner, columns, bytes, layout = "floats" }, pack) {
      const copy = copies.get(weights);
      const fits = copy?.inner === inner && copy.columns === columns && copy.layout === layout;
      if (fits) return copy.at;
      changed(weights);
      if (kept + bytes > MOST) return 0;
      const at = allocator.allocate(bytes);
      copies.set(weights, { inner, columns, bytes, layout, at });
      kept += bytes;
      pack(at);
      return at;
    },
  };
}
