import type { Room, RoomOptions } from "./mod.ts";

/** See `withTensors`. */
export function openRoom<T>(
  _body: (room: Room) => Promise<T> | T,
  _options: RoomOptions,
): Promise<T> {
  throw new Error("internal: the room is not built yet");
}
