/** What stands between two layers of unequal shapes while a student learns. */
import type { Shape } from "../../../model/layers.ts";
import { sameShape } from "../../../model/layers/shape.ts";
import { canPool } from "./features.ts";

/** How a recipe may ask for it. */
export const ADAPT = ["auto", "none", "conv", "dense"] as const;

/** See `ADAPT`. */
export type Adapt = typeof ADAPT[number];

/**
 * The kind of layer that maps the student's last axis to the teacher's; undefined where none is needed. `auto` takes one
 * only where channels differ: 1×1 convolution on a map, dense elsewhere.
 */
export function adapterKind(
  adapt: Adapt,
  student: Shape,
  teacher: Shape,
): "conv" | "dense" | undefined {
  if (adapt === "conv" || adapt === "dense") return adapt;
  if (adapt === "none" || student.at(-1) === teacher.at(-1)) return undefined;
  return student.length === 3 ? "conv" : "dense";
}

/** What would let these shapes be compared under this setting, as help; undefined where they can. */
export function unfitForAdapt(
  [student = []]: readonly Shape[],
  [teacher = []]: readonly Shape[],
  { adapt }: { readonly adapt: Adapt },
): string | undefined {
  if (student.length !== teacher.length) {
    return "match a map with a map, a vector with a vector (head.pool gives one)";
  }
  if (adapt === "conv" && student.length !== 3) return "adapt: dense (a convolution needs maps)";
  if (adapt === "none") {
    return sameShape(student, teacher)
      ? undefined
      : "adapt: auto puts a trained layer between them (dropped from the result); adapt is none here";
  }
  const front = (shape: Shape) => shape.slice(0, -1);
  return sameShape(front(student), front(teacher)) || canPool(student, teacher)
    ? undefined
    : "match layers whose height and width divide each other: the larger is pooled to the smaller";
}
