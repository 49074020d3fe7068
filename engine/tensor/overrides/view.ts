/** A tensor's numbers where they lie in the room's memory, for kernels written in TypeScript. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import { sizeOf } from "../../shape.ts";
import type { Machine } from "../machine.ts";

/** Valid until the memory grows: make the outputs first, then the views. */
export function view(
  { memory: { buffer }, pointer }: Machine,
  tensor: TensorInfo,
): Float32Array | Int32Array | Uint8Array {
  const size = sizeOf(tensor.shape);
  if (tensor.dtype === "int32") return new Int32Array(buffer, pointer(tensor), size);
  if (tensor.dtype === "bool") return new Uint8Array(buffer, pointer(tensor), size);
  return new Float32Array(buffer, pointer(tensor), size);
}
