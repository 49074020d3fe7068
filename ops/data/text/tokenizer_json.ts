/** What readers of a `tokenizer.json` have in common: its fields, the tokens that it adds, the frame of a text. */
import { excerpt, quotedJson } from "../../../engine/quote.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** An object of the file. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** An error that names the file. */
export type Refusal = (why: string) => RangeError;

/** The numbers of tokens with those that are added. */
export function withAdded(vocab: JsonFields, added: unknown): JsonFields {
  if (!Array.isArray(added)) return vocab;
  const entries = added.map(fieldsOf).map(({ content, id }) => [String(content), id]);
  return { ...vocab, ...Object.fromEntries(entries) };
}

/** What stands before and behind a single text. */
export function frameOf(
  value: unknown,
  numberOf: (token: unknown) => number | undefined,
  cannot: Refusal,
): Vocabulary["frame"] {
  if (value === null || value === undefined) return { start: [], end: [] };
  const { type, cls, sep, single, processors } = fieldsOf(value);
  const numbers = (tokens: readonly unknown[]) =>
    tokens.map((token) => {
      const number = numberOf(token);
      if (number !== undefined) return number;
      throw cannot(`it frames texts with ${quotedJson(token)}, which its vocabulary has not`);
    });
  if (type === "ByteLevel") return { start: [], end: [] };
  if (type === "Sequence" && Array.isArray(processors)) {
    const frames = processors.map((each) => frameOf(each, numberOf, cannot));
    return {
      start: frames.toReversed().flatMap(({ start }) => start),
      end: frames.flatMap(({ end }) => end),
    };
  }
  const pair = type === "BertProcessing" || type === "RobertaProcessing";
  if (pair && Array.isArray(cls) && Array.isArray(sep)) {
    return { start: numbers([cls[0]]), end: numbers([sep[0]]) };
  }
  if (type === "TemplateProcessing" && Array.isArray(single)) {
    const parts = single.map(fieldsOf);
    const text = parts.findIndex((part) => "Sequence" in part);
    const special = (some: readonly JsonFields[]) =>
      numbers(some.map((part) => fieldsOf(part.SpecialToken).id));
    return { start: special(parts.slice(0, text)), end: special(parts.slice(text + 1)) };
  }
  throw cannot(
    `it frames texts by ${
      named(value)
    }; BertProcessing, RobertaProcessing and TemplateProcessing are known`,
  );
}

/** The type of a part, as a sentence names it. */
export function named(value: unknown): string {
  const { type } = fieldsOf(value);
  return typeof type === "string" ? excerpt(type) : quotedJson(type);
}

/** A value as an object; empty where it is none. */
export function fieldsOf(value: unknown): JsonFields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as JsonFields
    : {};
}
