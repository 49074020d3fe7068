/**
 * The inside of a thread of the pool (`threads.ts`), what crosses its border, and how work there says that it goes on.
 * It does nothing by being imported; in the main thread `took` and `finished` are for nobody.
 */
import type { MessagePort } from "node:worker_threads";
import { given } from "./given.ts";

/** Functions of the main thread that a task may call; in the thread each gives a promise. */
// deno-lint-ignore no-explicit-any
export type Host = Readonly<Record<string, (...args: any[]) => unknown>>;

/** Words of the memory that a thread shares with the main one. */
export const WORD = {
  /** Changes whenever the task says that it goes on; 0 until its function is called. */
  steps: 0,
  /** Kilobytes that it took in and has not said to be finished with. */
  taken: 1,
} as const;

/** How many words there are. */
export const WORDS = Object.keys(WORD).length;

/** From the main thread: a task, or what a function of the host gave. */
export type ToThread =
  | {
    readonly type: "run";
    readonly module: string;
    readonly name: string;
    readonly args: readonly unknown[];
    readonly host: readonly string[];
    readonly words: SharedArrayBuffer;
  }
  | { readonly type: "answer"; readonly id: number; readonly value: unknown }
  | { readonly type: "refusal"; readonly id: number; readonly error: SentError };

/** From the thread: that it is there, a call of the host, how a task ended. */
export type FromThread =
  | { readonly type: "ready" }
  | {
    readonly type: "call";
    readonly id: number;
    readonly name: string;
    readonly args: readonly unknown[];
  }
  | { readonly type: "done"; readonly value: unknown }
  | { readonly type: "failed"; readonly error: SentError };

/** An error as plain data. */
interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  /** What its class adds to an error. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The call of the host whose error it is: the main thread has it still. */
  readonly call?: number;
}

let words: Int32Array | undefined;

/**
 * Says that the work has taken in so many bytes and goes on with them, or makes as many. Whoever watches it for going on
 * allows time in proportion: an honest reader may need a while for a large piece.
 */
export function took(bytes: number): void {
  if (words === undefined) return;
  Atomics.add(words, WORD.taken, Math.ceil(bytes / 1000));
  Atomics.add(words, WORD.steps, 1);
}

/** Says that all that was taken in is done with. */
export function finished(): void {
  if (words === undefined) return;
  Atomics.store(words, WORD.taken, 0);
  Atomics.add(words, WORD.steps, 1);
}

/** What a reader of one's own is given besides files. */
export interface ReadContext {
  /** Says that the reader is still at work; to be called in a loop that may take minutes. */
  heartbeat(): void;
}

/** The same in whatever thread it is called. */
export const readContext: ReadContext = { heartbeat: () => took(0) };

/**
 * Of a call that a task left behind: the host that is there by then is that of another task. It is not refused, because
 * an error that nobody waits for would end the thread.
 */
const unheard = new Promise<never>(() => {});

/** Runs tasks, one at a time, as they come through the port. */
export function serve(port: MessagePort): void {
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  /** Errors of the host, by the call that met them. */
  const met = new WeakMap<object, number>();
  let calls = 0;
  const send = (message: FromThread, transfer: readonly ArrayBuffer[]): void =>
    port.postMessage(message, transfer as ArrayBuffer[]);
  port.on("message", (message: ToThread) => {
    if (message.type === "run") void perform(message);
    else settle(message);
  });
  send({ type: "ready" }, []);

  async function perform(task: ToThread & { readonly type: "run" }): Promise<void> {
    let over = false;
    try {
      const functions = await import(task.module);
      words = new Int32Array(task.words);
      finished();
      const host = Object.fromEntries(
        task.host.map((name) => [name, (...args: unknown[]) => over ? unheard : call(name, args)]),
      );
      const args = unpacked(task.args) as readonly unknown[];
      const { value, transfer } = packed(await functions[task.name](...args, host));
      over = true;
      send({ type: "done", value }, transfer);
    } catch (error) {
      over = true;
      const id = typeof error === "object" && error !== null ? met.get(error) : undefined;
      send({ type: "failed", error: sentError(error, id) }, []);
    }
  }

  function call(name: string, args: readonly unknown[]): Promise<unknown> {
    const id = ++calls;
    const answer = Promise.withResolvers<unknown>();
    pending.set(id, answer);
    took(0);
    send({ type: "call", id, name, args }, []);
    return answer.promise;
  }

  function settle(message: Exclude<ToThread, { readonly type: "run" }>): void {
    const answer = pending.get(message.id)!;
    pending.delete(message.id);
    if (message.type === "answer") {
      const value = unpacked(message.value);
      took(value instanceof Uint8Array ? value.byteLength : 0);
      answer.resolve(value);
    } else {
      const error = errorOf(message.error);
      met.set(error, message.id);
      took(0);
      answer.reject(error);
    }
  }
}

const ARRAY = "array of a thread";

interface PackedArray {
  readonly [ARRAY]: string;
  readonly buffer: ArrayBuffer;
}

/**
 * A value as it crosses a border between threads: typed arrays as the buffers behind them, because Deno looks for ports in
 * every element of what is posted, which for ten million bytes takes two seconds. Buffers that `givenAway` tells are given
 * away, the others copied; a part of a buffer is always copied.
 */
export function packed(
  value: unknown,
  givenAway: (buffer: ArrayBuffer) => boolean = () => true,
): { readonly value: unknown; readonly transfer: readonly ArrayBuffer[] } {
  const transfer = new Set<ArrayBuffer>();
  const pack = (each: unknown): unknown => {
    if (ArrayBuffer.isView(each) && !(each instanceof DataView)) return packArray(each);
    if (Array.isArray(each)) return each.map(pack);
    if (!isPlain(each)) return each;
    return Object.fromEntries(Object.entries(each).map(([name, field]) => [name, pack(field)]));
  };
  const packArray = (view: ArrayBufferView): PackedArray => {
    const array = view as Uint8Array;
    const { buffer } = array;
    const whole = buffer instanceof ArrayBuffer && buffer.byteLength === array.byteLength;
    const own = whole && givenAway(buffer) ? buffer : array.slice().buffer as ArrayBuffer;
    transfer.add(own);
    return { [ARRAY]: array.constructor.name, buffer: own };
  };
  return { value: pack(value), transfer: [...transfer] };
}

/** What was packed. */
export function unpacked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpacked);
  if (!isPlain(value)) return value;
  if (ARRAY in value) {
    const { [ARRAY]: name, buffer } = value as unknown as PackedArray;
    const make = (globalThis as unknown as Record<string, unknown>)[name];
    return new (make as new (buffer: ArrayBuffer) => unknown)(buffer);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, unpacked(field)]),
  );
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** An error as plain data. */
export function sentError(error: unknown, call?: number): SentError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const fields = error instanceof Error
    ? Object.entries(error).filter(([, each]) => crosses(each))
    : [];
  return { name, message, stack, fields: Object.fromEntries(fields), ...given({ call }) };
}

function crosses(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** A class of errors; how one is made does not matter. */
// deno-lint-ignore no-explicit-any
export type ErrorClass = (abstract new (...args: any[]) => Error) & { readonly name: string };

const builtIn: readonly ErrorClass[] = [RangeError, TypeError, SyntaxError];

/** The error that was sent, of its class where that is one of the language's or of those named. */
export function errorOf(
  { name, message, stack, fields }: SentError,
  classes: readonly ErrorClass[] = [],
): Error {
  const known = [...classes, ...builtIn].find((each) => each.name === name);
  const error: Error = Object.create((known ?? Error).prototype);
  for (const [field, value] of Object.entries({ message, stack })) {
    Object.defineProperty(error, field, { value, configurable: true, writable: true });
  }
  return Object.assign(error, error.name === name ? fields : { ...fields, name });
}
