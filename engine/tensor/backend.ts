/**
 * Our tfjs backend: tensors live in the room's WebAssembly memory. Stock CPU kernels see typed arrays over that
 * memory and our own kernels get addresses; what is read out is a copy.
 */
import type { DataType, Tf } from "../deps/tfjs_core.ts";
import type { TfCpu } from "../deps/tfjs_backend_cpu.ts";
import { sizeOf } from "../shape.ts";
import type { Instance } from "./instance.ts";
import { createPackedWeights, type PackedWeights } from "./products/packed_weights.ts";

/** The backend's name in tfjs. */
export const BACKEND = "decant";

type TensorValues = Float32Array | Int32Array | Uint8Array;
type ForeignValues = TensorValues | readonly number[] | Uint8Array[];

const BYTES: Partial<Record<DataType, number>> = { float32: 4, int32: 4, bool: 1 };

/** Where a tensor's numbers lie; `pointer` is −1 where the data is not numbers in our memory (strings, complex). */
interface DataPlace {
  readonly dtype: DataType;
  readonly pointer: number;
  readonly size: number;
  readonly memory: WebAssembly.Memory;
}

/** What the backend keeps of one tensor's data; `values` and `refCount` are what stock kernels use. */
class TensorData {
  refCount = 1;
  complexTensorInfos?: unknown;
  readonly dtype: DataType;
  readonly pointer: number;
  readonly size: number;
  readonly memory: WebAssembly.Memory;
  #view: TensorValues | ForeignValues | undefined;

  constructor({ dtype, pointer, size, memory }: DataPlace, foreign?: ForeignValues) {
    this.dtype = dtype;
    this.pointer = pointer;
    this.size = size;
    this.memory = memory;
    this.#view = foreign;
  }

  /** A view of the memory, made when a stock kernel first asks for it. */
  get values(): TensorValues | ForeignValues | undefined {
    if (this.#view !== undefined || this.pointer < 0) return this.#view;
    const buffer = this.memory.buffer;
    if (this.dtype === "int32") this.#view = new Int32Array(buffer, this.pointer, this.size);
    else if (this.dtype === "bool") this.#view = new Uint8Array(buffer, this.pointer, this.size);
    else this.#view = new Float32Array(buffer, this.pointer, this.size);
    return this.#view;
  }

  /** Stock kernels replace values; numbers are copied into our memory. */
  set values(values: ForeignValues | undefined) {
    if (this.pointer < 0) this.#view = values;
    else (this.values as TensorValues).set(values as ArrayLike<number>);
  }

  /** A copy of numbers in our memory. */
  copied(): TensorValues {
    return (this.values as TensorValues).slice();
  }
}

/** The parts of the backend that the room uses; to tfjs it is a `MathBackendCPU`. */
export interface Backend {
  /** Address of a tensor's first element. */
  pointer(dataId: object): number;
  /** New data with undefined contents. */
  reserve(size: number, dtype: "float32" | "int32" | "bool"): object;
  incRef(dataId: object): void;
  /** Packed copies of tensors' data, which go with it. */
  readonly packed: PackedWeights;
}

/** Data of so many numbers, with undefined contents. */
function reserved({ memory, allocator }: Instance, size: number, dtype: DataType): TensorData {
  return new TensorData({
    dtype,
    pointer: allocator.allocate(size * BYTES[dtype]!),
    size,
    memory,
  });
}

/** Data with these values; zeros where there are none. What is not numbers stays outside our memory. */
function filled(
  instance: Instance,
  values: ForeignValues | undefined,
  shape: readonly number[],
  dtype: DataType,
): TensorData {
  if (BYTES[dtype] === undefined) {
    return new TensorData({ dtype, pointer: -1, size: 0, memory: instance.memory }, values);
  }
  const data = reserved(instance, sizeOf(shape), dtype);
  if (values !== undefined && values !== null) data.values = values;
  else (data.values as TensorValues).fill(0);
  return data;
}

/** Registers the backend with tfjs and returns it; it becomes active only by `setBackend`. */
export function registerBackend(tf: Tf, cpu: TfCpu, instance: Instance): Backend {
  const { allocator } = instance;
  class DecantBackend extends cpu.MathBackendCPU implements Backend {
    #next = 0;
    readonly packed = createPackedWeights(allocator);

    #store(): { get(id: object): TensorData; set(id: object, data: TensorData): void } {
      return this.data as never;
    }

    #add(data: TensorData): object {
      const dataId = { id: this.#next++ };
      this.#store().set(dataId, data);
      return dataId;
    }

    pointer(dataId: object): number {
      return this.#store().get(dataId).pointer;
    }

    reserve(size: number, dtype: DataType): object {
      return this.#add(reserved(instance, size, dtype));
    }

    override write(values: never, shape: number[], dtype: DataType): object {
      return this.#add(filled(instance, values, shape, dtype));
    }

    override move(id: object, values: never, shape: number[], dtype: DataType, refs: number): void {
      const data = filled(instance, values, shape, dtype);
      data.refCount = refs;
      this.#store().set(id, data);
    }

    override readSync(dataId: object): never {
      const data = this.#store().get(dataId);
      return (data.pointer < 0 ? super.readSync(dataId) : data.copied()) as never;
    }

    override disposeData(dataId: object, force = false): boolean {
      if (!this.data.has(dataId)) return true;
      const { pointer } = this.#store().get(dataId);
      const gone = super.disposeData(dataId, force);
      if (gone && pointer >= 0) {
        this.packed.changed(pointer);
        allocator.release(pointer);
      }
      return gone;
    }

    override memory(): { unreliable: boolean; reasons: string[] } {
      // Nothing waits for a garbage collector: what tfjs counts is what the memory holds.
      return { unreliable: false, reasons: [] };
    }
  }

  const backend = new DecantBackend();
  tf.registerBackend(BACKEND, () => backend as never, 0);
  return backend;
}
