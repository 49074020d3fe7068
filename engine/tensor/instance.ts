/** The kernels, compiled and instantiated once per process on one shared memory; checks what the machine can do. */
import { Buffer } from "node:buffer";
import { type KernelName, KERNELS } from "./kernels.wasm.ts";
import { type Allocator, createAllocator, MAXIMUM_PAGES, PAGE } from "./memory.ts";

/** The compiled kernels by name: for calls that are not cut into units. */
export type Kernels = { readonly [K in KernelName]: (...args: number[]) => number };

/** The process's kernels and memory. */
export interface Instance {
  readonly module: WebAssembly.Module;
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  readonly allocator: Allocator;
  /** The main thread's scratch memory. */
  readonly scratch: number;
}

let instance: Instance | undefined;

/** Compiles and checks on the first call; throws a sentence where results would differ from other machines'. */
export function kernelInstance(): Instance {
  return instance ??= instantiate();
}

function instantiate(): Instance {
  const module = compile();
  const memory = new WebAssembly.Memory({ initial: 64, maximum: MAXIMUM_PAGES, shared: true });
  const kernels = new WebAssembly.Instance(module, { env: { memory } })
    .exports as unknown as Kernels;
  assertFused(kernels);
  const grow = (bytes: number) => {
    // One page more: a vector load may reach behind the last buffer.
    const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE) + 1;
    if (missing <= 0) return;
    try {
      memory.grow(missing);
    } catch {
      throw new RangeError(
        `Cannot reserve ${
          Math.ceil(bytes / 1048576)
        } MiB of memory for tensors: the system refuses; ` +
          "use a smaller batch or free some memory",
      );
    }
  };
  const allocator = createAllocator(kernels.heapBase(), grow, (MAXIMUM_PAGES - 1) * PAGE);
  const scratch = allocator.allocate(kernels.scratchBytes());
  kernels.setScratch(scratch);
  return { module, kernels, memory, allocator, scratch };
}

function compile(): WebAssembly.Module {
  try {
    return new WebAssembly.Module(new Uint8Array(Buffer.from(KERNELS, "base64")));
  } catch (cause) {
    throw new Error(
      "Cannot compute with tensors here: this runtime's WebAssembly lacks relaxed SIMD or threads; " +
        "use Deno 2.9 on a 64-bit x86 or ARM machine",
      { cause },
    );
  }
}

/** (1 + 2⁻¹²)² − 1 = 2⁻¹¹ + 2⁻²⁴, exactly: a product that is rounded first loses the last bit. */
function assertFused(kernels: Kernels): void {
  const a = 1 + 1 / 4096;
  const exact = 1 / 2048 + 1 / 16777216;
  if (kernels.relaxedMadd(a, a, -1) !== exact || kernels.relaxedNmadd(a, a, 1) !== -exact) {
    throw new Error(
      "Cannot compute with tensors here: this machine's relaxed multiply-add rounds twice, so results would " +
        "differ from those of other machines; use a processor with fused multiply-add and do not switch it " +
        "off (--no-enable-fma3)",
    );
  }
}
