/** A third model that terms ask about what a model makes. */
import { Reference } from "../../../../engine/field.ts";
import type { Tensor } from "../../../../engine/tensor/mod.ts";

/** Gradients flow through it into what it looks at, not into its weights. */
export interface Judge {
  /** Values of its layers or groups on outputs, [B, …] each. */
  features(outputs: Tensor, layers: readonly string[]): readonly Tensor[];
  /** Its logits on outputs, [B, …]. */
  verdict(outputs: Tensor): Tensor;
}

/** The field that names it. */
export function judgeField(description: string) {
  return Reference("model", { description });
}
