/** What an operator of TensorFlow ends in: a bias and an activation that a converter has put into it. */
import { listed } from "../../../../../engine/quote.ts";
import type { Lowering } from "../lowering.ts";
import { activations } from "./activations.ts";

/** What is in it, in order. Throws an UnreadableModelError for what is never read so. */
function fusedOf({ node, wrong }: Lowering): readonly string[] {
  const fused = node.texts("fused_ops");
  const known = fused.length <= 2 &&
    fused.every((name, at) => name === "BiasAdd" ? at === 0 : Object.hasOwn(activations, name));
  if (known) return fused;
  throw wrong(`it ends in ${listed(fused)}; a bias and one activation can be read`);
}

/** The bias, if there is one. */
export const biasOf = (lowering: Lowering): readonly string[] =>
  fusedOf(lowering)[0] === "BiasAdd" ? lowering.inputs.slice(2, 3) : [];

/** The node's result out of what comes before its activation. */
export function activated(lowering: Lowering, input: string): void {
  const fused = fusedOf(lowering);
  const name = fused.find((each) => each !== "BiasAdd");
  // Slopes come behind the bias.
  const further = lowering.inputs.slice(fused[0] === "BiasAdd" ? 3 : 2);
  if (name === undefined) lowering.end("Identity", [input]);
  else activations[name]!(lowering, [input, ...further]);
}
