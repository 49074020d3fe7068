/**
 * Allocation inside the room's shared WebAssembly memory: size classes with free lists, so that a training step
 * takes the buffers that the step before it gave back; when the memory would have to grow although enough is free,
 * neighbouring free blocks are merged first. Works on addresses alone and grows the memory through `grow`.
 */

/** WebAssembly's page and the room's limit: 4 GiB, all that 32-bit addresses reach. */
export const PAGE = 65536;
/** See `PAGE`. */
export const MAXIMUM_PAGES = 65536;

/** Counters, in bytes. */
interface Usage {
  /** Handed out now, rounded to size classes. */
  readonly used: number;
  /** The most that was handed out at one time. */
  readonly peak: number;
  /** Size of the memory. */
  readonly reserved: number;
  readonly blocks: number;
}

/** See the file's header. */
export interface Allocator {
  /** A block of at least `bytes` bytes, 64-byte aligned, contents undefined. */
  allocate(bytes: number): number;
  /** Gives a block back. */
  release(pointer: number): void;
  usage(): Usage;
  /** Begins a new measurement of `peak`. */
  resetPeak(): void;
}

/** The size that is handed out for `bytes`: a multiple of 64, sixteen classes to each power of two above 1 KiB. */
export function sizeClass(bytes: number): number {
  const step = Math.max(64, 1 << (31 - Math.clz32(bytes / 16)));
  return Math.max(step, Math.ceil(bytes / step) * step);
}

/** What an allocator knows of its addresses, in bytes. */
interface Heap {
  /** Makes the memory at least so large. */
  readonly grow: (bytes: number) => void;
  readonly limit: number;
  /** Free blocks by size class. */
  readonly free: Map<number, number[]>;
  /** Free blocks that were merged, by address. */
  spans: { start: number; size: number }[];
  /** All above is untouched. */
  top: number;
  /** Size of the memory. */
  reserved: number;
  /** Handed out. */
  used: number;
}

/** An allocator over the addresses from `base` up; `grow(bytes)` makes the memory at least that large. */
export function createAllocator(
  base: number,
  grow: (bytes: number) => void,
  limit: number = PAGE * MAXIMUM_PAGES,
): Allocator {
  const top = Math.ceil(base / 64) * 64;
  const free = new Map<number, number[]>();
  const heap: Heap = { grow, limit, free, spans: [], top, reserved: top, used: 0 };
  const sizes = new Map<number, number>();
  let peak = 0;
  return {
    allocate(bytes) {
      const size = sizeClass(bytes);
      const pointer = take(heap, size, bytes);
      sizes.set(pointer, size);
      heap.used += size;
      if (heap.used > peak) peak = heap.used;
      return pointer;
    },
    release(pointer) {
      const size = sizes.get(pointer);
      if (size === undefined) throw new Error(`internal: nothing was allocated at ${pointer}`);
      sizes.delete(pointer);
      heap.used -= size;
      const list = free.get(size);
      if (list) list.push(pointer);
      else free.set(size, [pointer]);
    },
    usage: () => ({ used: heap.used, peak, reserved: heap.reserved, blocks: sizes.size }),
    resetPeak: () => {
      peak = heap.used;
    },
  };
}

/** A block of a size class: one that came back, a part of a merged one, or a new one. */
function take(heap: Heap, size: number, bytes: number): number {
  const list = heap.free.get(size);
  if (list && list.length > 0) return list.pop()!;
  const carved = heap.spans.length > 0 ? carve(heap, size) : undefined;
  if (carved !== undefined) return carved;
  if (heap.top + size > heap.reserved) {
    merge(heap);
    const start = carve(heap, size);
    if (start !== undefined) return start;
  }
  if (heap.top + size > heap.limit) throw exhausted(heap, bytes);
  if (heap.top + size > heap.reserved) {
    // Growing costs a call into the host: an eighth more than needed, within the limit.
    const wanted = Math.max(heap.top + size, Math.ceil(heap.reserved * 1.125 / PAGE) * PAGE);
    heap.reserved = Math.min(heap.limit, wanted);
    heap.grow(heap.reserved);
  }
  heap.top += size;
  return heap.top - size;
}

/** Merges all free blocks into spans; a span at the end goes back to the untouched rest. */
function merge(heap: Heap): void {
  for (const [size, starts] of heap.free) {
    for (const start of starts) heap.spans.push({ start, size });
  }
  heap.free.clear();
  heap.spans.sort((a, b) => a.start - b.start);
  const merged: Heap["spans"] = [];
  for (const span of heap.spans) {
    const last = merged.at(-1);
    if (last && last.start + last.size === span.start) last.size += span.size;
    else merged.push({ ...span });
  }
  const last = merged.at(-1);
  if (last && last.start + last.size === heap.top) {
    heap.top = last.start;
    merged.pop();
  }
  heap.spans = merged;
}

/** The start of the smallest span that holds `size`, cut off its front. */
function carve(heap: Heap, size: number): number | undefined {
  const { spans } = heap;
  let best = -1;
  for (let i = 0; i < spans.length; i++) {
    const span = spans[i]!;
    if (span.size >= size && (best < 0 || span.size < spans[best]!.size)) best = i;
  }
  if (best < 0) return undefined;
  const span = spans[best]!;
  const start = span.start;
  if (span.size === size) spans.splice(best, 1);
  else spans[best] = { start: start + size, size: span.size - size };
  return start;
}

function exhausted({ spans, limit, top, used }: Heap, bytes: number): RangeError {
  const largest = spans.reduce((most, span) => Math.max(most, span.size), limit - top);
  return new RangeError(
    `Cannot allocate ${mebibytes(bytes)} for a tensor: ${mebibytes(used)} of ${
      mebibytes(limit)
    } are in use and the largest free block is ${
      mebibytes(largest)
    }; use a smaller batch or a smaller model`,
  );
}

const mebibytes = (bytes: number): string =>
  bytes >= 1048576 ? `${Math.floor(bytes / 1048576)} MiB` : `${bytes} bytes`;
