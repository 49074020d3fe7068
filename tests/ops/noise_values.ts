/** What a draw between 0 and 1 becomes for an input of a network: a value between −1 and 1, or a token it knows. */
import type { Architecture } from "../../ops/model/model.ts";

/** Where the input is looked up, whole numbers below the size of the vocabulary; 0, which is padding, among them. */
export function noiseValue({ layers }: Architecture, input: string): (u: number) => number {
  const reader = layers.find(({ kind, inputs }) => kind === "embedding" && inputs[0] === input);
  if (reader?.kind !== "embedding") return (u) => 2 * u - 1;
  return (u) => Math.floor(u * reader.vocabulary);
}
