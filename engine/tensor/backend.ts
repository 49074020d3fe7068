/**
 * Our tfjs backend: tensors live in the room's WebAssembly memory. Stock CPU kernels see typed arrays over that
 * memory and our own kernels get addresses; what is read out is a copy.
 */
import type { DataType, Tf } from "../deps/tfjs_core.ts";
import type { TfCpu } from "../deps/tfjs_backend_cpu.ts";
import type { Instance } from "./instance.ts";
import { createPackedWeights, type PackedWeights } from "./products/packed_weights.ts";

/** The backend's name in tfjs. */
export const BACKEND = "decant";

type Values = Float32Array | Int32Array | Uint8Array;
type Foreign = Values | readonly number[] | Uint8Array[];

const BYTES: Partial<Record<DataType, number>> = { float32: 4, int32: 4, bool: 1 };

/** What the backend keeps of one tensor's data; `values` and `refCount` are what stock kernels use. */
class TensorData {
  refCount = 1;
  complexTensorInfos?: unknown;
  #view: Values | Foreign | undefined;

  /** `pointer` is −1 where the data is not numbers in our memory (strings, complex). */
  constructor(
    readonly dtype: DataType,
    readonly pointer: number,
    readonly size: number,
    readonly memory: WebAssembly.Memory,
    foreign?: Foreign,
  ) {
    this.#view = foreign;
  }

  /** A view of the memory, made when a stock kernel first asks for it. */
  get values(): Values | Foreign | undefined {
    if (this.#view !== undefined || this.pointer < 0) return this.#view;
    const buffer = this.memory.buffer;
    if (this.dtype === "int32") this.#view = new Int32Array(buffer, this.pointer, this.size);
    else if (this.dtype === "bool") this.#view = new Uint8Array(buffer, this.pointer, this.size);
    else this.#view = new Float32Array(buffer, this.pointer, this.size);
    return this.#view;
  }

  /** Stock kernels replace values; numbers are copied into our memory. */
  set values(values: Foreign | undefined) {
    if (this.pointer < 0) this.#view = values;
    else (this.values as Values).set(values as ArrayLike<number>);
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

/** Registers the backend with tfjs and returns it; it becomes active only by `setBackend`. */
export function registerBackend(
  tf: Tf,
  cpu: TfCpu,
  { memory, allocator }: Instance,
): Backend {
  class DecantBackend extends cpu.MathBackendCPU implements Backend {
    readonly packed = createPackedWeights(allocator);

    #store(): { get(id: object): TensorData; set(id: object, data: TensorData): void } {
      return this.data as never;
    }

    pointer(dataId: object): number {
      return this.#store().get(dataId).pointer;
    }

    reserve(size: number, dtype: DataType): object {
      const dataId = {};
      const pointer = allocator.allocate(size * BYTES[dtype]!);
      this.#store().set(dataId, new TensorData(dtype, pointer, size, memory));
      return dataId;
    }

    #put(dataId: object, values: Foreign | undefined, shape: number[], dtype: DataType): void {
      const width = BYTES[dtype];
      if (width === undefined) {
        this.#store().set(dataId, new TensorData(dtype, -1, 0, memory, values));
        return;
      }
      const size = shape.reduce((product, length) => product * length, 1);
      const data = new TensorData(dtype, allocator.allocate(size * width), size, memory);
      if (values !== undefined && values !== null) data.values = values;
      else (data.values as Values).fill(0);
      this.#store().set(dataId, data);
    }

    override write(values: never, shape: number[], dtype: DataType): object {
      const dataId = {};
      this.#put(dataId, values, shape, dtype);
      return dataId;
    }

    override move(
      dataId: object,
      values: never,
      shape: number[],
      dtype: DataType,
      refCount: number,
    ): void {
      this.#put(dataId, values, shape, dtype);
      this.#store().get(dataId).refCount = refCount;
    }

    override readSync(dataId: object): never {
      const data = this.#store().get(dataId);
      if (data.pointer < 0) return super.readSync(dataId) as never;
      return (data.values as Values).slice() as never;
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
