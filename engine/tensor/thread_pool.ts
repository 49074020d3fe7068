/**
 * Threads on the shared memory. A job is a kernel, its arguments and a number of units; every thread, the main one
 * too, takes chunks of units by an atomic counter until none is left, so a thread that the system holds back delays
 * one chunk and not the job. A chunk is a share of what is left, so that the last ones are small and all threads end
 * together. Units do not depend on each other: the bits are the same for any number of threads.
 *
 * Why no thread sees half a job. The main thread writes a job's words while `open` is 0 and no other thread is inside,
 * and opens it last; all atomics are sequentially consistent. Another thread first steps inside and only then looks at
 * `open`: if it finds 1, the words behind it are complete, and they stay until it has left, because the main thread
 * closes a job and then waits until nobody is inside. A thread that wakes late, even into a later job than the one it
 * was woken for, therefore does chunks of that later job or none. What it wrote is seen by the main thread, which reads
 * the 0 that its leaving stored.
 *
 * The other threads are started at the first job that has work for them, since starting one takes longer than all else
 * here; a run that computes little never waits for them. They spin for a moment between jobs, then sleep; they keep no
 * process alive.
 */
import { Worker } from "node:worker_threads";
import type { NativeLibrary } from "../run_context.ts";
import type { Instance } from "./instance.ts";
import {
  type Blocking,
  KERNEL_SIGNATURE,
  type OpenLibrary,
  openLibrary,
  WASM_BLOCKING,
} from "./native/library.ts";
import type { KernelName } from "./kernels.wasm.ts";

/** See the file's header. */
export interface ThreadPool {
  /** How many threads take part from now on, the main thread included. */
  resize(threads: number): void;
  /** The native kernels that are used from now on where there is one; without a library none. */
  useNative(library?: NativeLibrary): void;
  /** How the kernels in use cut products into blocks. */
  readonly blocking: Blocking;
  /** The names of all kernels that run from now on are put into the set; without one they are not. */
  watch(names?: Set<string>): void;
  /** Does the units 0 … units−1 of `kernel(...args, begin, end)`. */
  run(kernel: KernelName, units: number, args: readonly number[]): void;
  /** For tests: every other thread waits so many milliseconds before each chunk, as if the system held it back. */
  holdBack(milliseconds: number): void;
  /** How many chunks the other threads have done so far. */
  helped(): number;
}

/** Words of the control block. */
const WORD = {
  generation: 0,
  open: 1,
  next: 2,
  inside: 3,
  kernel: 4,
  units: 5,
  /** The fewest units of a chunk. */
  least: 6,
  count: 7,
  limit: 8,
  failed: 9,
  /** Milliseconds for which the other threads wait before each chunk. */
  hold: 10,
  /** Never changes: something to wait on. */
  never: 11,
  /** Chunks that the other threads did. */
  helped: 12,
  /** How often the other threads were replaced: those of before take no part any more. */
  replaced: 13,
} as const;
/** Arguments are doubles behind the words. */
const ARGUMENTS = 64;
const MOST_ARGUMENTS = 32;

/** A chunk is one in so many, times the threads, of the units that are left. */
const SHARES = 3;
/** But at least one in so many, times the threads, of all. */
const FINEST = 32;

/** How often a thread looks again before it sleeps. */
const SPINS = 20_000;

/** What another thread runs; it has no imports but node's, and no permission. */
const THREAD = `
import { workerData } from "node:worker_threads";
const { module, memory, control, scratch, index, replaced, names, library, WORD: W, ARGUMENTS, SPINS, SHARES } = workerData;
const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
kernels.setScratch(scratch);
let native = {}, able = true;
try {
  if (library !== undefined) native = Deno.dlopen(library.path, library.symbols).symbols;
} catch {
  // The file is gone: what others have cut for its kernels is not for those of WebAssembly.
  able = false;
}
const bytes = new Uint8Array(memory.buffer);
const words = new Int32Array(memory.buffer, control, 16);
const numbers = new Float64Array(memory.buffer, control + ARGUMENTS, ${MOST_ARGUMENTS});
let seen = 0;
while (able) {
  let spins = SPINS;
  while (Atomics.load(words, W.generation) === seen) {
    if (--spins < 0) Atomics.wait(words, W.generation, seen);
  }
  if (Atomics.load(words, W.replaced) !== replaced) break;
  Atomics.add(words, W.inside, 1);
  seen = Atomics.load(words, W.generation);
  if (Atomics.load(words, W.open) === 1 && index < words[W.limit] && Atomics.load(words, W.replaced) === replaced) {
    const name = names[words[W.kernel]], kernel = kernels[name], fast = native[name];
    const units = words[W.units], least = words[W.least], shares = words[W.limit] * SHARES;
    const args = Array.from(numbers.subarray(0, words[W.count]));
    try {
      let begin;
      while ((begin = Atomics.load(words, W.next)) < units) {
        const end = Math.min(units, begin + Math.max(least, Math.floor((units - begin) / shares)));
        if (Atomics.compareExchange(words, W.next, begin, end) !== begin) continue;
        if (words[W.hold] > 0) Atomics.wait(words, W.never, 0, words[W.hold]);
        if (fast === undefined) kernel(...args, begin, end);
        else fast(bytes, scratch, control + ARGUMENTS, begin, end);
        Atomics.add(words, W.helped, 1);
      }
    } catch {
      Atomics.store(words, W.failed, 1);
    }
  }
  Atomics.sub(words, W.inside, 1);
}
`;

/** A pool, and the words that its threads share. */
interface PoolState {
  readonly instance: Instance;
  /** Kernels by number, as the other threads know them. */
  readonly names: readonly string[];
  readonly numberOf: ReadonlyMap<string, number>;
  /** For native kernels, which look behind its end when the memory has grown. */
  readonly memory: Uint8Array;
  readonly control: number;
  readonly words: Int32Array;
  /** Arguments of the job. */
  readonly numbers: Float64Array;
  /** This thread's scratch memory. */
  readonly scratch: number;
  /** How many threads take part, the main one included. */
  threads: number;
  /** Scratch memory of the other threads. */
  readonly scratches: number[];
  /** How many other threads were started. */
  started: number;
  /** The native kernels in use. */
  native: { readonly library: NativeLibrary; readonly open: OpenLibrary } | undefined;
  /** See `ThreadPool.watch`. */
  watched: Set<string> | undefined;
}

/** A pool of one thread, the main one, until `resize` asks for more. */
export function createThreadPool(instance: Instance): ThreadPool {
  const { memory, allocator, kernels } = instance;
  const control = allocator.allocate(ARGUMENTS + MOST_ARGUMENTS * 8);
  const names = Object.keys(kernels);
  const pool: PoolState = {
    instance,
    names,
    numberOf: new Map(names.map((name, i) => [name, i])),
    memory: new Uint8Array(memory.buffer),
    control,
    words: new Int32Array(memory.buffer, control, 16).fill(0),
    numbers: new Float64Array(memory.buffer, control + ARGUMENTS, MOST_ARGUMENTS),
    scratch: instance.scratch,
    threads: 1,
    scratches: [],
    started: 0,
    native: undefined,
    watched: undefined,
  };
  return {
    get blocking() {
      return pool.native?.open.blocking ?? WASM_BLOCKING;
    },
    useNative(library) {
      if (library?.path === pool.native?.library.path) return;
      // A thread opens a library when it starts: those that are there end.
      pool.started = 0;
      pool.words[WORD.replaced]!++;
      Atomics.add(pool.words, WORD.generation, 1);
      Atomics.notify(pool.words, WORD.generation);
      pool.native = library && { library, open: openLibrary(library) };
    },
    watch(names) {
      pool.watched = names;
    },
    holdBack(milliseconds) {
      pool.words[WORD.hold] = milliseconds;
    },
    helped: () => Atomics.load(pool.words, WORD.helped),
    resize(count) {
      while (pool.scratches.length < count - 1) {
        pool.scratches.push(allocator.allocate(kernels.scratchBytes()));
      }
      pool.threads = count;
    },
    run: (kernel, units, args) => run(pool, kernel, units, args),
  };
}

/** See `ThreadPool.run`. */
function run(pool: PoolState, kernel: KernelName, units: number, args: readonly number[]): void {
  const { control, scratch, memory, numbers, words, instance: { kernels } } = pool;
  const plain = kernels[kernel];
  if (plain.length !== args.length + 2) {
    // WebAssembly would take missing numbers for 0 and compute something.
    throw new Error(`internal: ${kernel} takes ${plain.length - 2} numbers, not ${args.length}`);
  }
  pool.watched?.add(kernel);
  const native = pool.native?.open.kernels[kernel];
  const work = (begin: number, end: number): void => {
    if (native === undefined) plain(...args, begin, end);
    else native(memory, scratch, control + ARGUMENTS, begin, end);
  };
  if (pool.threads === 1 || units === 1) {
    if (native !== undefined) numbers.set(args);
    work(0, units);
    return;
  }
  while (pool.started < pool.threads - 1) startThread(pool);
  words[WORD.kernel] = pool.numberOf.get(kernel)!;
  share(pool, work, units, args);
}

function startThread(pool: PoolState): void {
  const { names, control, words, scratches, native, instance: { module, memory } } = pool;
  const index = ++pool.started;
  const library = native && {
    path: native.library.path,
    symbols: Object.fromEntries(native.library.names.map((name) => [name, KERNEL_SIGNATURE])),
  };
  const replaced = words[WORD.replaced]!;
  const scratch = scratches[index - 1]!;
  const shared = { module, memory, control, scratch, index, replaced, names, library };
  const workerData = { ...shared, WORD, ARGUMENTS, SPINS, SHARES };
  const url = new URL(`data:text/javascript,${encodeURIComponent(THREAD)}`);
  // Without `env` it would copy all variables of the environment, for which Deno asks.
  new Worker(url, { workerData, env: {} }).unref();
}

/** Opens a job to the other threads, takes part in it by `work`, and waits until all its units are done. */
function share(
  { words, numbers, threads }: PoolState,
  work: (begin: number, end: number) => void,
  units: number,
  args: readonly number[],
): void {
  const least = Math.max(1, Math.floor(units / (threads * FINEST)));
  const shares = threads * SHARES;
  numbers.set(args);
  words[WORD.units] = units;
  words[WORD.least] = least;
  words[WORD.count] = args.length;
  words[WORD.limit] = threads;
  Atomics.store(words, WORD.next, 0);
  Atomics.store(words, WORD.open, 1);
  Atomics.add(words, WORD.generation, 1);
  Atomics.notify(words, WORD.generation);
  try {
    let begin: number;
    while ((begin = Atomics.load(words, WORD.next)) < units) {
      const size = Math.max(least, Math.floor((units - begin) / shares));
      const end = Math.min(units, begin + size);
      if (Atomics.compareExchange(words, WORD.next, begin, end) !== begin) continue;
      work(begin, end);
    }
  } finally {
    Atomics.store(words, WORD.open, 0);
    settle(words);
  }
}

/** Waits until no other thread is inside the job: then all its chunks are done and its words may change. */
function settle(words: Int32Array): void {
  for (let spins = 0;; spins++) {
    const inside = Atomics.load(words, WORD.inside);
    if (inside === 0) break;
    if (spins > SPINS) Atomics.wait(words, WORD.inside, inside, 0.1);
  }
  if (Atomics.exchange(words, WORD.failed, 0) !== 0) {
    throw new Error("internal: a thread failed in a kernel");
  }
}
