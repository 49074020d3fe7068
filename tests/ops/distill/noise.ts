/** Noise in four classes, with labels that mean nothing: only a teacher can teach here. */
import { stream } from "../../../engine/tensor/random.ts";
import type { Dataset, Part } from "../../../ops/data/dataset.ts";

/** Images of `side`×`side` bytes; the validation samples are the training samples where they are asked for. */
export function noise(
  count: number,
  side = 6,
  parts: readonly ("train" | "validation")[] = ["train"],
): Dataset {
  const size = side * side;
  const draws = stream(8, "noise").uniforms(0, count * size);
  const x = Uint8Array.from(draws, (u) => Math.floor(256 * u));
  const y = Int32Array.from({ length: count }, (_, i) => i % 4);
  const part: Part = { count, x, y };
  const meta = {
    ...{ input: [side, side, 1], type: "uint8" as const, task: "classification" as const },
    ...{ classes: ["a", "b", "c", "d"], outputs: 4, normalize: { scale: [1 / 255], offset: [0] } },
  };
  return { meta, parts: Object.fromEntries(parts.map((name) => [name, part])) };
}
