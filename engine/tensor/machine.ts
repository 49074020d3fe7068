/**
 * What layers and kernels of tfjs are written with: addresses of tensors, outputs, scratch memory, launching a
 * WebAssembly kernel over its units, and recording a gradient on tfjs's tape at the cost of one small object.
 */
import type { DataType, Tensor, TensorInfo, Tf } from "../deps/tfjs_core.ts";
import { sizeOf } from "../shape.ts";
import type { Backend } from "./backend.ts";
import type { Instance, Kernels } from "./instance.ts";
import type { KernelName } from "./kernels.wasm.ts";
import type { Allocator } from "./memory.ts";
import type { Blocking } from "./native/library.ts";
import type { PackedWeights } from "./products/packed_weights.ts";
import type { ThreadPool } from "./thread_pool.ts";

/** The gradients of an operation: for each input a function that makes it, called only where it is wanted. */
type Gradients<I> = { [K in keyof I]: () => Tensor };

/** See the file's header. */
export interface Machine {
  readonly tf: Tf;
  readonly kernels: Kernels;
  readonly allocator: Allocator;
  /** The room's shared memory, for views; take `buffer` anew each time, it grows. */
  readonly memory: WebAssembly.Memory;
  /** Address (bytes) of a tensor's first element, for kernels. */
  pointer(tensor: TensorInfo): number;
  /** A new tensor whose contents are undefined: the caller fills all of it. */
  output(shape: readonly number[], dtype?: "float32" | "int32" | "bool"): Tensor;
  /** The same without a Tensor object: what a registered tfjs kernel returns. */
  outputInfo(shape: readonly number[], dtype?: "float32" | "int32" | "bool"): TensorInfo;
  /** Another tensor over the same data, perhaps of another shape; costs no copy. */
  alias(tensor: Tensor, shape?: readonly number[]): Tensor;
  /** Runs `body` with `bytes` bytes of undefined contents, 64-byte aligned. */
  scratch<T>(bytes: number, body: (pointer: number) => T): T;
  /** Calls `kernel(...args, begin, end)` so that all units 0 … units−1 are done, perhaps by several threads. */
  launch(kernel: KernelName, units: number, ...args: number[]): void;
  /** How the kernels in use cut products into blocks. */
  readonly blocking: Blocking;
  /** Packed copies of weights; what changes a tensor in place must say so here. */
  readonly packed: PackedWeights;
  /** Whether somebody records what is computed, for a gradient. */
  recording(): boolean;
  /**
   * An operation with a gradient. `forward` makes the outputs (with `output` and `launch`; tfjs ops inside it are
   * not recorded) and hands what the gradient needs to `save` (inputs, outputs, or tensors it made and gives away:
   * then `save` them and dispose nothing). `gradient` gets one dy per output (null: no gradient arrives there)
   * and the saved tensors in their order.
   */
  operation<I extends { readonly [name: string]: Tensor }>(
    name: string,
    inputs: I,
    forward: (save: (...tensors: Tensor[]) => void) => Tensor[],
    gradient: (dys: (Tensor | null)[], saved: Tensor[]) => Gradients<I>,
  ): Tensor[];
}

/** A kernel as tfjs calls it. `attrs` are the op's attributes, by tfjs's names. */
export type Override = (
  // deno-lint-ignore no-explicit-any -- each kernel knows its own inputs and attributes; tfjs does not type them
  call: { inputs: any; attrs?: any; backend?: any },
) => TensorInfo | TensorInfo[];

/** Kernels by tfjs's names. */
export type Overrides = { readonly [kernelName: string]: Override };

/** Parts of tfjs's engine that its types hide. */
interface Tape {
  isTapeOn(): boolean;
  nextTensorId(): number;
  makeTensorFromTensorInfo(info: TensorInfo): Tensor;
  keep<T extends Tensor>(tensor: T): T;
  state: { kernelDepth: number; nextTapeNodeId: number; activeTape: unknown[] };
}

/** Builds the machine on a registered backend. */
export function createMachine(
  tf: Tf,
  backend: Backend,
  { memory, allocator, kernels }: Instance,
  pool: Pick<ThreadPool, "run" | "blocking">,
): Machine {
  const engine = tf.engine() as unknown as Tape;

  const outputInfo: Machine["outputInfo"] = (shape, dtype = "float32") => ({
    dataId: backend.reserve(sizeOf(shape), dtype),
    shape: shape as number[],
    dtype: dtype as DataType,
  });

  const alias: Machine["alias"] = (tensor, shape = tensor.shape) => {
    backend.incRef(tensor.dataId);
    return engine.makeTensorFromTensorInfo({
      dataId: tensor.dataId,
      shape: shape as number[],
      dtype: tensor.dtype,
    });
  };

  return {
    tf,
    kernels,
    allocator,
    memory,
    pointer: (tensor) => backend.pointer(tensor.dataId),
    outputInfo,
    output: (shape, dtype) => engine.makeTensorFromTensorInfo(outputInfo(shape, dtype)),
    alias,
    scratch(bytes, body) {
      const pointer = allocator.allocate(bytes);
      try {
        return body(pointer);
      } finally {
        allocator.release(pointer);
      }
    },
    launch(kernel, units, ...args) {
      if (units > 0) pool.run(kernel, units, args);
    },
    packed: backend.packed,
    get blocking() {
      return pool.blocking;
    },
    recording: () => engine.isTapeOn(),
    operation: (name, inputs, forward, gradient) =>
      recorded({ engine, alias }, { name, inputs }, forward, gradient),
  };
}

/** See `Machine.operation`. */
function recorded<I extends { readonly [name: string]: Tensor }>(
  { engine, alias }: { readonly engine: Tape; readonly alias: Machine["alias"] },
  { name, inputs }: { readonly name: string; readonly inputs: I },
  forward: (save: (...tensors: Tensor[]) => void) => Tensor[],
  gradient: (dys: (Tensor | null)[], saved: Tensor[]) => Gradients<I>,
): Tensor[] {
  const recording = engine.isTapeOn();
  const saved: Tensor[] = [];
  // An alias outlives the tidy that disposes the original; tfjs disposes `saved` with the tape.
  const save = (...tensors: Tensor[]) => {
    if (recording) { for (const tensor of tensors) saved.push(engine.keep(alias(tensor))); }
  };
  engine.state.kernelDepth++;
  let outputs: Tensor[];
  try {
    outputs = forward(save);
  } finally {
    engine.state.kernelDepth--;
  }
  if (recording) {
    engine.state.activeTape.push({
      id: engine.state.nextTapeNodeId++,
      kernelName: name,
      inputs,
      outputs,
      saved,
      gradient: (dys: (Tensor | null)[]) => gradient(dys, saved),
    });
  }
  return outputs;
}
