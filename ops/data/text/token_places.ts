/** Tokens of many texts, each kept once. */

/** The tokens that were met; a text is the places of its own among them. */
export class TokenPlaces {
  /** In the order in which they were met. */
  readonly tokens: string[] = [];
  readonly #places = new Map<string, number>();

  /** The place of a token, which is from now on among them. */
  place(token: string): number {
    let place = this.#places.get(token);
    if (place === undefined) {
      place = this.tokens.push(token) - 1;
      this.#places.set(token, place);
    }
    return place;
  }
}
