/** What a plan asks of the machine, call by call, without a kernel that runs. */
import type { Machine } from "../../../../engine/tensor/machine.ts";
import { WASM_BLOCKING } from "../../../../engine/tensor/native/library.ts";

/** One call: `scratch` and its bytes, or a kernel, its units and its numbers. */
export type Call = readonly (string | number)[];

/** Where scratch memory of a plan begins; each further block lies so much behind the one before. */
export const SCRATCH = 0x10000;

/**
 * The calls of a plan, in order. Scratch memory lies at `SCRATCH`, 2 · `SCRATCH` and so on, and can be written: a table
 * in it is read by `table(address, length)` after the plan.
 */
export function planned(
  body: (machine: Machine) => void,
  packed: Machine["packed"] = { of: () => 0, changed: () => {} },
): { readonly calls: Call[]; table(at: number, length: number): number[] } {
  const calls: Call[] = [];
  const memory = { buffer: new ArrayBuffer(8 * SCRATCH) };
  let blocks = 0;
  const machine = {
    memory,
    packed,
    blocking: WASM_BLOCKING,
    kernels: {
      zeroBytes: (at: number, bytes: number) => calls.push(["zeroBytes", at, bytes]),
    },
    scratch: (bytes: number, work: (at: number) => unknown) => {
      calls.push(["scratch", bytes]);
      return work(++blocks * SCRATCH);
    },
    // To a kernel −0 is 0.
    launch: (kernel: string, units: number, ...numbers: number[]) =>
      void calls.push([kernel, units, ...numbers.map((number) => number + 0)]),
  };
  body(machine as unknown as Machine);
  return { calls, table: (at, length) => [...new Int32Array(memory.buffer, at, length)] };
}
