/** The numerics of the tensor room, part of every key. Raised only when a golden digest of the room changes. */
export const NUMERICS = 1;
