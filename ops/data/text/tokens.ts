/** Text as words or as characters, by rules that need no file. */

/** A way to cut a text that needs no file. */
export type TokenRule = "words" | "characters";

/** A word, or one other visible character. */
const WORD = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*|[^\s\p{L}\p{M}\p{N}]/gu;

/**
 * The tokens of a text. `words`: in lower case, each run of letters, combining marks and digits, with apostrophes inside
 * it (`don't`), and each other character but blanks alone. `characters`: its code points as they are, blanks too.
 */
export function tokensOf(text: string, rule: TokenRule): string[] {
  return rule === "characters" ? [...text] : text.toLowerCase().match(WORD) ?? [];
}
