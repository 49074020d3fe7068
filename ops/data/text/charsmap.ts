/**
 * The normaliser `Precompiled` of a `tokenizer.json`: rules that SentencePiece has compiled (T5, XLM-R, mT5), as the
 * reference applies them. A charsmap is the size of a double-array trie in bytes, its units of 32 bits, all little-endian,
 * and behind them what texts are replaced by, each with a NUL behind it. The trie leads from the bytes of a text to the place
 * of its replacement (Darts, Yata et al. 2007; SentencePiece, normalizer.cc).
 */
import type { JsonFields, Refusal } from "./tokenizer_json.ts";

/** Longer clusters of characters are replaced one character after the other. */
const LONGEST_CLUSTER = 5;

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Characters of ASCII between others of it: each is a cluster of its own, and to ask the segmenter takes long. */
const PLAIN = /((?<![^ -~])[ -~]+(?=[ -~]))/;

const encoder = new TextEncoder();
const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Rules of replacement. */
export class Charsmap {
  readonly #units: Uint32Array;
  readonly #replacements: Uint8Array;
  /** What was found of clusters and characters. */
  readonly #found = new Map<string, string | undefined>();

  /** Reads the field of a `Precompiled`. Throws where it is no charsmap. */
  constructor({ precompiled_charsmap: written }: JsonFields, cannot: Refusal) {
    const bytes = bytesOf(written);
    if (bytes === undefined) throw cannot("its precompiled_charsmap is no text of base64");
    const size = bytes.length < 4 ? 0 : new DataView(bytes.buffer).getUint32(0, true);
    if (size === 0 || size % 4 !== 0 || size > bytes.length - 4) {
      throw cannot(
        `its precompiled_charsmap of ${bytes.length} bytes has no trie of ${size} bytes in it`,
      );
    }
    const view = new DataView(bytes.buffer, 4, size);
    this.#units = Uint32Array.from({ length: size / 4 }, (_, at) => view.getUint32(4 * at, true));
    this.#replacements = bytes.subarray(4 + size);
  }

  /**
   * The text by the rules. A cluster of at most five bytes of UTF-8 is replaced whole by what its shortest beginning with a
   * rule becomes: so the reference does it, and models have learned from it. Throws a RangeError where the trie leads out of
   * the charsmap.
   */
  normalized(text: string): string {
    let result = "";
    for (const [at, piece] of text.split(PLAIN).entries()) {
      const plain = at % 2 === 1;
      for (const cluster of plain ? piece : clustersOf(piece)) {
        const whole = this.#replacement(cluster);
        if (whole !== undefined) result += whole;
        else for (const character of cluster) result += this.#replacement(character) ?? character;
      }
    }
    return result;
  }

  /** What a cluster or a character becomes; undefined where no rule is for it. */
  #replacement(text: string): string | undefined {
    // A unit of UTF-16 is a byte of UTF-8 or more.
    if (text.length > LONGEST_CLUSTER) return undefined;
    const known = this.#found.get(text);
    if (known !== undefined || this.#found.has(text)) return known;
    const bytes = encoder.encode(text);
    const found = bytes.length > LONGEST_CLUSTER ? undefined : this.#looked(bytes);
    this.#found.set(text, found);
    return found;
  }

  #looked(bytes: Uint8Array): string | undefined {
    const unit = (at: number): number => {
      const found = this.#units[at];
      if (found !== undefined) return found;
      throw new RangeError(`the trie of its precompiled_charsmap leads to ${at}, behind its end`);
    };
    let at = offsetOf(unit(0));
    for (const byte of bytes) {
      if (byte === 0) return undefined;
      at ^= byte;
      const reached = unit(at);
      // The uppermost bit marks units that are values.
      if ((reached & 0x800000ff) !== byte) return undefined;
      at ^= offsetOf(reached);
      if ((reached & 0x100) !== 0) return this.#replacementAt(unit(at) & 0x7fffffff);
    }
    return undefined;
  }

  #replacementAt(start: number): string {
    const all = this.#replacements;
    if (start > all.length) {
      throw new RangeError(`its precompiled_charsmap has no replacement at ${start}`);
    }
    const end = all.indexOf(0, start);
    try {
      return UTF_8.decode(all.subarray(start, end < 0 ? all.length : end));
    } catch {
      throw new RangeError(`its precompiled_charsmap has no UTF-8 at ${start}`);
    }
  }
}

function* clustersOf(text: string): Generator<string> {
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** How far from a unit those behind it are, which a bit says in units or in 256 of them. */
function offsetOf(unit: number): number {
  return unit >>> 10 << ((unit & 0x200) >>> 6);
}

function bytesOf(written: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof written !== "string") return undefined;
  try {
    return Uint8Array.fromBase64(written);
  } catch {
    return undefined;
  }
}
