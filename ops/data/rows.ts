/** Rows of bytes that come in any order: in an array, or in a file where they are more than is to be held. */
import { mayBeStored } from "../../engine/pack.ts";
import type { RunContext, StoredBytes } from "../../engine/run_context.ts";
import { heldAtMost } from "../../engine/size.ts";

/** Bytes that are being written. */
export interface RowWriter {
  /** Writes rows at a position. */
  write(rows: Uint8Array, at: number): Promise<void>;
  /** All of them; nothing is written behind this. */
  rows(): Promise<Uint8Array | StoredBytes>;
}

/** Begins so many bytes, all of them 0. Whether they lie in a file changes nothing of what they are. */
export async function rowWriter(
  bytes: number,
  { memory, spill, signal }: Pick<RunContext, "memory" | "spill" | "signal">,
): Promise<RowWriter> {
  if (spill !== undefined && bytes > heldAtMost(memory) && mayBeStored(bytes)) {
    const file = await spill(bytes);
    return { write: (rows, at) => file.write(rows, at), rows: () => file.stored(signal) };
  }
  const held = new Uint8Array(bytes);
  return {
    write: (rows, at) => Promise.resolve(held.set(rows, at)),
    rows: () => Promise.resolve(held),
  };
}
