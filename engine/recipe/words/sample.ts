/** A value that a field takes: what its definition says by default, else the plainest one. Examples are made of them. */
import type { Json } from "../../digest.ts";
import type { CurveLimits, TSchema } from "../../field.ts";
import { type Form, formOf, mustBeWritten, neededFields } from "./form.ts";

/** A value of a field, in the longer spelling. Throws a TypeError for a text that has a pattern it cannot meet. */
export function sampleOf(schema: TSchema): Json {
  if (schema.default !== undefined) return schema.default as Json;
  const form = formOf(schema);
  switch (form.form) {
    case "object":
      return neededOf(form);
    case "choice": {
      const words = Object.keys(form.alternatives);
      const bare = words.find((word) => neededFields(form.alternatives[word]!).length === 0);
      const word = bare ?? words[0]!;
      return alternativeSample(form.tag, word, form.alternatives[word]!);
    }
    case "by-type":
      return sampleOf(Object.values(form.types)[0]!);
    case "list":
      return Array.from({ length: Math.max(1, form.least) }, () => sampleOf(form.items));
    case "tuple":
      return form.items.map((item, index) =>
        formOf(item).form === "number" ? (sampleOf(item) as number) + index : sampleOf(item)
      );
    case "map":
      return { name: sampleOf(form.values) };
    case "selectors":
      return ["conv1"];
    case "reference":
      return form.kind === "model" ? "teacher" : form.kind;
    case "source":
      return "./file";
    case "word":
      return form.words[0]!;
    case "constant":
      return form.value as Json;
    case "number":
      return numberWithin(form.limits, form.whole);
    case "text":
      return textLike(form);
    case "boolean":
      return true;
    case "any":
      return 1;
  }
}

/**
 * A value that shows what a field is for: of a map that may be empty its first field, of words and switches another than
 * what is meant anyway.
 */
export function tellingSample(schema: TSchema): Json {
  const form = formOf(schema);
  const sample = sampleOf(schema);
  if (form.form === "object" && Object.keys(sample as object).length === 0) {
    const [first] = Object.entries(form.fields);
    return first === undefined ? sample : { [first[0]]: tellingSample(first[1]) };
  }
  if (form.form === "boolean") return schema.default !== true;
  if (form.form === "word") return form.words.find((word) => word !== schema.default) ?? sample;
  return sample;
}

/** One alternative of a choice, with what must be written of it. */
export function alternativeSample(tag: string, word: string, alternative: TSchema): Json {
  const rest = sampleOf({ ...alternative, default: undefined } as TSchema);
  return { [tag]: word, ...rest as Readonly<Record<string, Json>> };
}

function neededOf(form: Form & { form: "object" }): Json {
  const needed = Object.keys(form.fields).filter((name) => mustBeWritten(form, name));
  const values = needed.map((name) => [name, sampleOf(form.fields[name]!)] as const);
  const { start, end, ...rest } = Object.fromEntries(values);
  // A value that moves ends elsewhere than it starts.
  return typeof start === "number" && typeof end === "number"
    ? { start, end: start / 2, ...rest }
    : Object.fromEntries(values);
}

/** 1 where it may be, else what is near a limit. */
function numberWithin(limits: CurveLimits, whole: boolean): number {
  const low = limits.minimum ?? limits.exclusiveMinimum ?? -Infinity;
  const high = limits.maximum ?? limits.exclusiveMaximum ?? Infinity;
  const open = limits.exclusiveMaximum !== undefined && high <= 1;
  if (!whole && high > 0 && (open || high < 1)) return (Math.max(low, 0) + high) / 2;
  if (low === limits.exclusiveMinimum && low >= 1) return low + 1;
  return Math.max(low, Math.min(1, high));
}

/** Texts whose pattern says what they are: names, sizes, times. */
const likely = ["a-name", "a_name", "2 GiB", "20 min", "1", "./file", "text"];

function textLike({ pattern, least, most }: Form & { form: "text" }): string {
  const fits = (text: string) =>
    (pattern === undefined || new RegExp(pattern, "u").test(text)) && text.length >= least &&
    text.length <= most;
  const found = likely.find(fits);
  if (found !== undefined) return found;
  throw new TypeError(`No example is known of a text like ${pattern}`);
}
