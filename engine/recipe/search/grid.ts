/** Every point in order, the last variable changing fastest. */
import type { Tried } from "./judgement.ts";
import { pointOfRank, sizeOfSpace, type Space, type SpacePoint } from "./space.ts";

/** The point after those that were tried. */
export function nextOfGrid(space: Space, tried: readonly Tried[]): SpacePoint | undefined {
  return tried.length < sizeOfSpace(space) ? pointOfRank(space, tried.length) : undefined;
}
