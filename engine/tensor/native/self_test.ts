/**
 * Compares native kernels with those of WebAssembly before they are used: layers, gradients, updates and operations of
 * tfjs, with both, over shapes with tails, and over NaN, -0, infinities and denormal numbers. Every byte of every result
 * must be the same; only which NaN an operation on NaNs makes is left open, as WebAssembly leaves it.
 */
import type { NativeLibrary } from "../../run_context.ts";
import { openRoom, roomEquipment } from "../room.ts";
import type { ShortTensor } from "../integer_types.ts";
import type { Room } from "../types.ts";
import type { Tensor } from "../../deps/tfjs_core.ts";
import { CASES } from "./cases/mod.ts";
import { drawn, type SelfTestCases } from "./drawn.ts";

/** Threads that native kernels are tested with; those of WebAssembly have one, so that both paths are taken. */
const THREADS = 2;

/** What is wrong with a library, as words; empty where nothing is. */
export async function selfTest(
  library: NativeLibrary,
  cases: SelfTestCases = CASES,
): Promise<readonly string[]> {
  const expected = await openRoom((room) => results(room, cases), {});
  const { pool } = await roomEquipment();
  const ran = new Set<string>();
  pool.watch(ran);
  try {
    const found = await openRoom((room) => results(room, cases), {
      threads: THREADS,
      kernels: library,
    });
    return [
      ...[...expected].filter(([name, values]) =>
        !values.every((each, i) => isSame(each, found.get(name)![i]!))
      ).map(([name]) => `${name} differs`),
      ...library.names.filter((name) => !ran.has(name)).map((name) => `${name} is in no case`),
    ];
  } finally {
    pool.watch();
  }
}

/** What each case makes of numbers, and of numbers with special ones among them. */
function results(room: Room, cases: SelfTestCases): Map<string, readonly Int32Array[]> {
  const found = new Map<string, readonly Int32Array[]>();
  for (const special of [false, true]) {
    for (const [name, compute] of Object.entries(cases)) {
      room.tf.tidy(() => {
        const made = compute(drawn(room, special));
        found.set(
          special ? `${name} of special numbers` : name,
          made.map((each) => bits(room, each)),
        );
        room.tf.dispose(made.filter((each) => "pairs" in each).map((each) => each.pairs));
      });
    }
  }
  return found;
}

/** The bits of a tensor; all NaNs have the same here. */
function bits(room: Room, tensor: Tensor | ShortTensor): Int32Array {
  if ("pairs" in tensor || tensor.dtype !== "float32") {
    return Int32Array.from(room.integers(tensor));
  }
  const values = room.values(tensor).slice();
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = NaN;
  return new Int32Array(values.buffer);
}

const isSame = (a: Int32Array, b: Int32Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
