/** A library of native kernels: what it holds, and how a thread opens it. */

import type { NativeLibrary } from "../../run_context.ts";

/** How products are cut into blocks. */
export interface Blocking {
  /** Columns of a packed panel. */
  readonly panel: number;
  /** Rows of a tile of `patchProduct`. */
  readonly tileRows: number;
  /** Rows of weights that lie in 32 bits of a panel for `byteProduct`. */
  readonly byteGroup: number;
}

/** The WebAssembly kernels' blocks (../kernels/products/product.ts, ../kernels/products/patch_product.ts). */
export const WASM_BLOCKING: Blocking = { panel: 8, tileRows: 4, byteGroup: 2 };

/** A library in this thread. */
export interface OpenLibrary {
  readonly kernels: {
    readonly [name: string]: Deno.FromForeignFunction<typeof KERNEL_SIGNATURE>;
  };
  readonly blocking: Blocking;
}

/**
 * What `Deno.dlopen` is told of a kernel: the memory, addresses in it of scratch memory and of the arguments as
 * doubles, the first unit and that behind the last. Other threads are handed it as it is.
 */
export const KERNEL_SIGNATURE = {
  parameters: ["buffer", "u32", "u32", "i32", "i32"],
  result: "void",
} as const;

/** Opens a library in this thread; throws what the system says. */
export function openLibrary({ path, names }: NativeLibrary): OpenLibrary {
  const kernels = Object.fromEntries(names.map((name) => [name, KERNEL_SIGNATURE]));
  const { symbols } = Deno.dlopen(path, kernels);
  return { kernels: symbols as never, blocking: blockingOf(path) };
}

/** How a library cuts products; throws what the system says where it cannot be loaded. */
export function blockingOf(path: string): Blocking {
  const { symbols: { panelColumns, tileRows, byteGroup } } = Deno.dlopen(path, {
    panelColumns: { type: "i32" },
    tileRows: { type: "i32" },
    byteGroup: { type: "i32" },
  });
  return { panel: panelColumns, tileRows, byteGroup };
}
