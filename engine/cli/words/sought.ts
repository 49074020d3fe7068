/** Whether a text says what is searched for: as it is written, or word by word. */

/** Letters of a word that may begin another; a shorter one is a word itself. */
const BEGINNING = 3;

/**
 * A function that says whether a text holds what is sought: somewhere as it is written, or all of its words. Blanks, `_` and
 * `-` are alike between words, and a word is held that begins so, or that the sought one is the plural or singular of.
 */
export function holding(sought: string): (text: string) => boolean {
  const whole = sought.toLowerCase();
  const each = wordsOf(sought).map(formsOf);
  return (text) => {
    if (text.toLowerCase().includes(whole)) return true;
    const words = wordsOf(text);
    return each.length > 0 &&
      each.every((forms) =>
        words.some((word) =>
          forms.some((form) => form.length < BEGINNING ? word === form : word.startsWith(form))
        )
      );
  };
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** A word, and what its plural or singular begins with. */
function formsOf(word: string): string[] {
  const forms = [word];
  if (/..[^s]s$/.test(word)) forms.push(word.slice(0, -1));
  if (/(?:s|x|ch|sh)es$/.test(word)) forms.push(word.slice(0, -2));
  if (/ies$/.test(word)) forms.push(`${word.slice(0, -3)}y`);
  if (/[^aeiou]y$/.test(word)) forms.push(`${word.slice(0, -1)}ies`);
  return forms;
}
