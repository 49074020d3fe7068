/**
 * A pool of threads for work that must not hold up this one, or that runs beside other work: at most one for each
 * processor, started at first use, kept for the next task. A thread keeps the process alive only while it works.
 *
 * A task is plain data: the URL of a module, the name of a function that it exports, and arguments; the thread imports
 * the module. That works for modules from files and from URLs. From files it needs the permission to read them, which
 * `plan` prints; without it, the task runs in this thread, to the same result.
 *
 * A thread is no sandbox, and it cannot be stopped for certain: what computes in a loop goes on after it was told to end,
 * until the process exits. `run` then rejects at once, and the pool starts another thread.
 */
import { Worker } from "node:worker_threads";
import { ParameterError } from "./error.ts";
import { MemoryError } from "./size.ts";
import { isGranted, ownFolder } from "./permission.ts";
import {
  type ErrorClass,
  errorOf,
  type FromThread,
  type Host,
  packed,
  sentError,
  type ToThread,
  unpacked,
  WORD,
  WORDS,
} from "./thread.ts";

/** Work for a thread. */
interface ThreadTask {
  /** The URL of a module. */
  readonly module: string;
  /** A function that it exports. Behind `args` it is given the functions of the host; what it gives is given away. */
  readonly name: string;
  /** Plain data and typed arrays. */
  readonly args: readonly unknown[];
  /** Buffers among them that are given away, not copied. */
  readonly transfer?: readonly ArrayBuffer[];
}

/** How a task is run. */
export interface ThreadTaskOptions {
  /** Aborting rejects with the reason, whatever the task does. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds after which a task that does not go on is stopped; without it, never. A task goes on when it calls the
   * host, `took` or `finished`; what it took in and has not finished with adds a second for every megabyte. While the host
   * is asked for something, no time passes; nor while the machine sleeps.
   */
  readonly idle?: number;
  /** Functions of this thread that the task may call; what they give is copied. */
  readonly host?: Host;
  /** Functions of the host that are called beside the work, which does not wait for what they give: time passes then. */
  readonly beside?: readonly string[];
  /** Classes of errors, besides those that every task may throw, that keep their class across the border. */
  readonly classes?: readonly ErrorClass[];
}

/** Thrown where a task that had to go on did not. */
export class StalledError extends Error {
  override readonly name = "StalledError";
  /** For how long. */
  constructor(readonly seconds: number) {
    super(`it went on for ${seconds} s without getting anywhere, and was stopped`);
  }
}

/** Classes of errors that keep their class across the border; those of the host come back as they are. */
const always: readonly ErrorClass[] = [ParameterError, MemoryError];

/** How often a task is looked at, ms. */
const TICK = 250;

interface Thread {
  readonly worker: Worker;
  onFailure: (error: Error) => void;
  onMessage: (message: FromThread) => void;
}

const unused = new Set<Thread>();
/** Tasks that wait for a thread, first come first. */
const waiting = new Set<() => void>();
/** Threads, and those of them that are not there yet. */
let [started, starting] = [0, 0];

/** Runs a task. Throws what it throws, a StalledError, or the reason of the signal. */
export async function run<T>(task: ThreadTask, options: ThreadTaskOptions = {}): Promise<T> {
  const { signal, host = {} } = options;
  signal?.throwIfAborted();
  if (!mayStartThreads()) {
    const functions = await import(task.module);
    return await functions[task.name](...task.args, host);
  }
  const thread = await taken(signal);
  let free = true;
  try {
    signal?.throwIfAborted();
    free = false;
    return await performed<T>(thread, task, options, () => free = true);
  } finally {
    if (free) release(thread);
    else dismiss(thread);
  }
}

/** Whether a thread may import what this one has imported; else `run` runs its tasks here. */
export function mayStartThreads(): boolean {
  const path = ownFolder();
  return path === undefined || isGranted({ name: "read", path });
}

async function taken(signal: AbortSignal | undefined): Promise<Thread> {
  for (;;) {
    // The last one has imported what the next task needs, most likely.
    const thread = [...unused].at(-1);
    if (thread !== undefined && unused.delete(thread)) return thread;
    const turn = Promise.withResolvers<void>();
    // A thread that has started is for who is first in line: so no more are on their way than tasks wait, with this one.
    if (started < navigator.hardwareConcurrency && starting <= waiting.size) {
      start((error) => {
        waiting.delete(turn.resolve);
        turn.reject(error);
      });
    }
    const stop = () => {
      // At once: a thread that comes free now is for the next in line.
      waiting.delete(turn.resolve);
      turn.reject(signal!.reason);
    };
    waiting.add(turn.resolve);
    signal?.addEventListener("abort", stop);
    await turn.promise.finally(() => signal?.removeEventListener("abort", stop));
  }
}

function callNext(): void {
  const [next] = waiting;
  if (next !== undefined && waiting.delete(next)) next();
}

/** Starts a thread, which is then free; `failed` is told why it cannot. */
function start(failed: (error: Error) => void): void {
  [started, starting] = [started + 1, starting + 1];
  // A thread's own module may be a file or data; it imports this one's neighbour by its URL, whatever that is.
  const code = `import { parentPort } from "node:worker_threads";
const { serve } = await import(${JSON.stringify(new URL("./thread.ts", import.meta.url).href)});
serve(parentPort);`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  // Else every variable of the environment would be read, to be copied.
  const worker = new Worker(url, { env: {} });
  const thread: Thread = {
    worker,
    // It is told twice, of an error and of the end.
    onFailure(error) {
      thread.onFailure = () => {};
      starting--;
      failed(error);
      dismiss(thread);
    },
    onMessage() {
      starting--;
      release(thread);
    },
  };
  worker.on("message", (message: FromThread) => thread.onMessage(message));
  worker.on("error", (error: Error) => thread.onFailure(error));
  worker.on("exit", () => thread.onFailure(new Error("internal: a thread ended by itself")));
}

function release(thread: Thread): void {
  thread.worker.unref();
  thread.onMessage = () => {};
  thread.onFailure = () => {
    if (unused.delete(thread)) dismiss(thread);
  };
  unused.add(thread);
  callNext();
}

function dismiss(thread: Thread): void {
  started--;
  void thread.worker.terminate();
  callNext();
}

/** A task that runs in a thread. */
interface RunningTask {
  readonly worker: Worker;
  readonly host: Host;
  /** Shared with the thread, see `WORD`. */
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly result: PromiseWithResolvers<unknown>;
  /** Called where the thread can take another task. */
  readonly ended: () => void;
  /** Classes of errors that keep their class. */
  readonly classes: readonly ErrorClass[];
  /** What functions of the host threw, by call. */
  readonly errors: Map<number, unknown>;
  readonly beside: readonly string[];
  /** Calls of the host that the task waits for. */
  asked: number;
}

/** Runs a task in a thread; `ended` is called where the thread can take another. */
async function performed<T>(
  thread: Thread,
  task: ThreadTask,
  { signal, idle, host = {}, beside = [], classes = [] }: ThreadTaskOptions,
  ended: () => void,
): Promise<T> {
  const { worker } = thread;
  const result = Promise.withResolvers<unknown>();
  const words = new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT));
  const running: RunningTask = {
    worker,
    host,
    beside,
    words,
    result,
    ended,
    classes: [...classes, ...always],
    errors: new Map(),
    asked: 0,
  };
  const stop = () => result.reject(signal!.reason);
  thread.onFailure = result.reject;
  thread.onMessage = (message) => receive(running, message);
  signal?.addEventListener("abort", stop);
  const watch = idle === undefined ? undefined : setInterval(watcher(running, idle), TICK);
  worker.ref();
  try {
    const { module, name, transfer: handed = [] } = task;
    const { value, transfer } = packed(task.args, (buffer) => handed.includes(buffer));
    const call = { module, name, args: value as readonly unknown[], host: Object.keys(host) };
    send(worker, { type: "run", ...call, words: words.buffer }, transfer);
    return await result.promise as T;
  } finally {
    clearInterval(watch);
    signal?.removeEventListener("abort", stop);
  }
}

function send(worker: Worker, message: ToThread, transfer: readonly ArrayBuffer[]): void {
  worker.postMessage(message, transfer as ArrayBuffer[]);
}

function receive(running: RunningTask, message: FromThread): void {
  const { result, errors } = running;
  switch (message.type) {
    case "call":
      void answer(running, message);
      break;
    case "done":
      running.ended();
      result.resolve(unpacked(message.value));
      break;
    case "failed": {
      running.ended();
      const { error } = message;
      const known = error.call !== undefined && errors.has(error.call);
      result.reject(known ? errors.get(error.call!) : errorOf(error, running.classes));
    }
  }
}

async function answer(
  running: RunningTask,
  { id, name, args }: FromThread & { readonly type: "call" },
): Promise<void> {
  const { worker, host, beside, errors } = running;
  const waits = beside.includes(name) ? 0 : 1;
  running.asked += waits;
  try {
    const { value, transfer } = packed(await host[name]!(...args), () => false);
    send(worker, { type: "answer", id, value }, transfer);
  } catch (error) {
    errors.set(id, error);
    send(worker, { type: "refusal", id, error: sentError(error) }, []);
  } finally {
    running.asked -= waits;
  }
}

/** Looks whether the task goes on, and ends the waiting for it where it has not for longer than it may. */
function watcher(running: RunningTask, limit: number): () => void {
  const { words, result } = running;
  let last: { readonly steps: number; readonly now: number; readonly still: number } | undefined;
  return () => {
    const [steps, now] = [Atomics.load(words, WORD.steps), performance.now()];
    const allowed = limit + Atomics.load(words, WORD.taken);
    // A tick that comes late says that the machine slept or has no time, not that the task does nothing.
    const still = last?.steps === steps && steps !== 0 && running.asked === 0
      ? last.still + Math.min(now - last.now, 2 * TICK)
      : 0;
    last = { steps, now, still };
    if (still > allowed) result.reject(new StalledError(Math.round(still / 1000)));
  };
}
