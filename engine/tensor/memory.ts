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
  const step = bytes <= 1024 ? 64 : 1 << (31 - Math.clz32(bytes / 16));
  return Math.max(step, Math.ceil(bytes / step) * step);
}

/** An allocator over the addresses from `base` up; `grow(bytes)` makes the memory at least that large. */
export function createAllocator(
  base: number,
  grow: (bytes: number) => void,
  limit: number = PAGE * MAXIMUM_PAGES,
): Allocator {
  const free = new Map<number, number[]>();
  const sizes = new Map<number, number>();
  let spans: { start: number; size: number }[] = [];
  let top = Math.ceil(base / 64) * 64;
  let reserved = top;
  let used = 0;
  let peak = 0;
  let freed = 0;

  /** Merges all free blocks into spans; a span at the end goes back to the untouched rest. */
  function merge(): void {
    for (const [size, starts] of free) for (const start of starts) spans.push({ start, size });
    free.clear();
    spans.sort((a, b) => a.start - b.start);
    const merged: typeof spans = [];
    for (const span of spans) {
      const last = merged.at(-1);
      if (last && last.start + last.size === span.start) last.size += span.size;
      else merged.push({ ...span });
    }
    const last = merged.at(-1);
    if (last && last.start + last.size === top) {
      top = last.start;
      freed -= last.size;
      merged.pop();
    }
    spans = merged;
  }

  /** The start of the smallest span that holds `size`, cut off its front. */
  function carve(size: number): number | undefined {
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
    freed -= size;
    return start;
  }

  function take(size: number, bytes: number): number {
    const list = free.get(size);
    if (list && list.length > 0) {
      freed -= size;
      return list.pop()!;
    }
    const carved = spans.length > 0 ? carve(size) : undefined;
    if (carved !== undefined) return carved;
    if (top + size > reserved && freed > 0) {
      merge();
      const start = carve(size);
      if (start !== undefined) return start;
    }
    if (top + size > limit) {
      const largest = spans.reduce((most, span) => Math.max(most, span.size), limit - top);
      throw new RangeError(
        `Cannot allocate ${mebibytes(bytes)} for a tensor: ${mebibytes(used)} of ${
          mebibytes(limit)
        } are in use and the largest free block is ${
          mebibytes(largest)
        }; use a smaller batch or a smaller model`,
      );
    }
    if (top + size > reserved) {
      // Growing costs a call into the host: an eighth more than needed, within the limit.
      reserved = Math.min(limit, Math.max(top + size, Math.ceil(reserved * 1.125 / PAGE) * PAGE));
      grow(reserved);
    }
    top += size;
    return top - size;
  }

  return {
    allocate(bytes) {
      const size = sizeClass(bytes);
      const pointer = take(size, bytes);
      sizes.set(pointer, size);
      used += size;
      if (used > peak) peak = used;
      return pointer;
    },
    release(pointer) {
      const size = sizes.get(pointer);
      if (size === undefined) throw new Error(`internal: nothing was allocated at ${pointer}`);
      sizes.delete(pointer);
      used -= size;
      freed += size;
      const list = free.get(size);
      if (list) list.push(pointer);
      else free.set(size, [pointer]);
    },
    usage: () => ({ used, peak, reserved, blocks: sizes.size }),
    resetPeak: () => {
      peak = used;
    },
  };
}

const mebibytes = (bytes: number): string =>
  bytes >= 1048576 ? `${Math.floor(bytes / 1048576)} MiB` : `${bytes} bytes`;
