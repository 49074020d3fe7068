/** What threads are given to do in tests. */
import { isMainThread } from "node:worker_threads";
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

const wait = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Works for a while, and says so now and then; or says how much it took in, and then nothing. */
export function work(steps: number, ms: number, bytes: number): string {
  if (bytes > 0) took(bytes);
  for (let i = 0; i < steps; i++) {
    wait(ms);
    if (bytes === 0) finished();
  }
  return "done";
}

export function die(): void {
  setTimeout(() => {
    throw new Error("a fault nobody waits for");
  });
  wait(50);
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
