/** What a mistake in a recipe is, and the recipe that most of them are made in. */
import type { Code } from "../../../../engine/error.ts";

export const roles = `decant: 1
name: mine
data: digits
teacher: { use: lenet5, train: { epochs: 1 } }
student: { use: mobilenet-v1 }
`;

/** One mistake: the code, the text that is marked, the sentence, the help where it matters. */
export type Case = readonly [
  text: string,
  code: Code,
  marked: string,
  message: string | RegExp,
  help?: string | RegExp,
];
