/**
 * The tensor room's surface. Ops compute through it and through nothing else: tfjs-core runs on our backend
 * (WebAssembly, AssemblyScript, relaxed SIMD), layers have fused kernels with gradients, random numbers are
 * Philox streams. Results are the same bits for any thread count; rows of a batch do not depend on each other
 * in inference.
 */
import type { Room, RoomOptions } from "./types.ts";

export type { Scalar, Tensor, Tf } from "../deps/tfjs_core.ts";
export type {
  Ended,
  IntegerColumns,
  IntegerEnd,
  ScaledShort,
  ShortFormat,
  ShortTensor,
} from "./integer_types.ts";
export type {
  Activation,
  LayerKernels,
  Norm,
  Padding,
  Room,
  RoomOptions,
  Update,
  Window,
} from "./types.ts";
export { SLOTS } from "./update.ts";

/**
 * Runs `body` with the room to itself (one at a time in a process) and our backend active; afterwards the user's
 * own tfjs backend is active again and every tensor that `body` left behind is an Error in tests, disposed otherwise.
 * Throws where the machine's WebAssembly lacks SIMD or its relaxed multiply-add is not fused.
 */
export async function withTensors<T>(
  body: (room: Room) => Promise<T> | T,
  options: RoomOptions = {},
): Promise<T> {
  const { openRoom } = await import("./room.ts");
  return await openRoom(body, options);
}
