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

/** What no word of a text holds and no lower case depends on: between two of them, words are what they are in the whole. */
const BLANK = /[\t\n\r ]/g;

/** The first `most` tokens of a text; what is behind them is hardly looked at. */
export function firstTokens(text: string, rule: TokenRule, most: number): string[] {
  // A character has at most two of UTF-16's units.
  if (rule === "characters") return tokensOf(text.slice(0, 2 * most), rule).slice(0, most);
  const found: string[] = [];
  for (let start = 0; start < text.length && found.length < most;) {
    // Words of a text have five letters and a blank.
    BLANK.lastIndex = start + 4 * (most - found.length);
    const end = BLANK.exec(text)?.index ?? text.length;
    for (const token of tokensOf(text.slice(start, end), rule)) found.push(token);
    start = end;
  }
  return found.slice(0, most);
}
