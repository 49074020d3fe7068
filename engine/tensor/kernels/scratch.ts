/** Scratch memory of this instance: each thread has an instance of its own, so nothing here is shared. */

let base: usize = 0;

/** Bytes that each instance has for itself. */
export const SCRATCH: i32 = 4194304;

/** Where `patchProduct` packs a tile: 65536 pixels of 4 floats. */
export const TILE: usize = 0;
/** Where Winograd's transforms lie. */
export const TRANSFORM: usize = 1048576;

/** Says where this instance's scratch memory lies; called once, by the host. */
export function setScratch(at: usize): void {
  base = at;
}

/** Bytes to reserve for each instance. */
export function scratchBytes(): i32 {
  return SCRATCH;
}

/** The address of this instance's scratch memory. */
export function scratch(): usize {
  return base;
}
