/** What threads are given to do in tests. */
import process from "node:process";
import { isMainThread, threadId } from "node:worker_threads";
import { ParameterError } from "../../engine/error.ts";
import type { RunContext } from "../../engine/op.ts";
import { finished, type Host, took } from "../../engine/thread.ts";

export const sum = (numbers: Float64Array, ...rest: number[]): number =>
  numbers.reduce((total, each) => total + each, 0) + rest.slice(0, -1).reduce((a, b) => a + b, 0);

/** Arrays of several types, whole and as parts of a buffer. */
export const arrays = () => {
  const buffer = new Float32Array([1, 2, 3, 4]);
  return {
    bytes: new Uint8Array([1, 2]),
    part: buffer.subarray(1, 3),
    list: [{ halves: new Float16Array([0.5]) }],
    nothing: undefined,
    text: "é",
  };
};

export const echo = <T>(value: T): T => value;

export function fail(kind: string): never {
  if (kind === "parameter") {
    throw new ParameterError("source", "from.train", "it is cut", "mend it");
  }
  if (kind === "range") throw new RangeError("too far");
  if (kind === "own") throw Object.assign(new Error("odd"), { name: "OddError", figure: 3 });
  throw kind;
}

export async function ask(host: Host): Promise<unknown> {
  return [await host.twice!(4), await host.bytes!()];
}

export async function askInVain(host: Host): Promise<void> {
  await host.refuse!();
}

/** Never ends, and never says a word. */
export function hang(): never {
  for (;;);
}

/** The number of the thread it runs in. */
export const which = (): number => threadId;

/**
 * Goes from pause to pause as it is told through shared memory, and gives the number of its thread. Before a pause it
 * takes in so many bytes; says for a negative number that it is finished with them; says nothing for 0.
 */
export function pause(memory: SharedArrayBuffer, before: readonly number[] = [0]): number {
  const state = new Int32Array(memory);
  for (const [index, bytes] of before.entries()) {
    if (bytes > 0) took(bytes);
    if (bytes < 0) finished();
    Atomics.store(state, 0, 2 * index + 1);
    Atomics.notify(state, 0);
    Atomics.wait(state, 0, 2 * index + 1);
  }
  return threadId;
}

/** Asks for two things at once, and pauses when it has both. */
export async function askTwice(memory: SharedArrayBuffer, host: Host): Promise<void> {
  await Promise.all([host.slow!("one"), host.slow!("two")]);
  pause(memory);
}

/** Is done before its calls of the host are. */
export function leave(host: Host): void {
  void Promise.resolve(host.first!()).then(() => host.second!());
}

/** Fails before its calls of the host are done. */
export function leaveAndFail(host: Host): never {
  leave(host);
  throw new Error("left");
}

export const quit = (): never => process.exit();

export const environment = (): readonly string[] => Object.keys(process.env);

export function die(): void {
  setTimeout(() => {
    throw new Error("a fault nobody waits for");
  });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
}

export async function dieWaiting(): Promise<void> {
  die();
  await new Promise(() => {});
}

/** Where it ran, and what it was given and told. */
export async function describe(name: string, context: RunContext) {
  const bytes = await context.read(name);
  context.warn(`read ${name}`);
  context.progress(1, "all");
  return { main: isMainThread, length: bytes.length, threads: context.threads };
}

/** Hangs at a file, once it has read it and another before. */
export async function hangAt(name: string, context: RunContext): Promise<never> {
  await context.read("good.bin");
  await context.read(name);
  for (;;);
}

/** A slow and honest one: no word for a second, about what took much. */
export async function slow(name: string, context: RunContext): Promise<string> {
  took((await context.read(name)).length);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  return "done";
}
