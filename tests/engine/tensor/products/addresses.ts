/** Arrays in the room's memory, for plans that work on addresses. */
import { roomEquipment } from "../../../../engine/tensor/room.ts";

/** The room's machine. */
export const { machine } = await roomEquipment();

/**
 * Runs `body` with the addresses of copies of `inputs` and of room for `count` results, which it returns. The results
 * are NaN before, so that what is not written shows.
 */
export function computed(
  inputs: readonly (readonly number[] | Float32Array)[],
  count: number,
  body: (out: number, at: readonly number[]) => void,
): Float32Array {
  const { allocator, memory } = machine;
  const at = [...inputs, new Float32Array(count).fill(NaN)].map((values) => {
    const pointer = allocator.allocate(values.length * 4);
    new Float32Array(memory.buffer, pointer, values.length).set(values);
    return pointer;
  });
  try {
    const out = at.pop()!;
    at.push(out);
    body(out, at);
    return new Float32Array(memory.buffer, out, count).slice();
  } finally {
    for (const pointer of at) allocator.release(pointer);
  }
}
