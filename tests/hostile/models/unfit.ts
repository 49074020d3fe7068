/** What becomes of a damaged file: a model that can be computed with, or a sentence for a person. */
import { DecantError, ParameterError } from "../../../engine/error.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import type { Model } from "../../../ops/model/model.ts";
import { decodeWeight } from "../../../ops/model/weights.ts";

/** What no sentence for a person has in it. */
export const RAW =
  /is not (?:a function|iterable|defined|a constructor)|\bundefined\b|NaN×|×NaN|\bNaN (?:bytes|values|samples|numbers)|Cannot (?:read prop|destructure|convert|set prop|mix)|internal:|Invalid (?:typed array|array|string|count|DataView|time)|call stack|out of bounds|outside the bounds|\[object |allocation failed/;

/** Control and format characters, halves of pairs, private ones, what stands for no text. */
const UNPRINTABLE = /[\p{C}\u2028\u2029\ufffd]/u;

/** Most characters of a sentence, and of the way out behind it, which lists what can be read. */
const LONGEST = { message: 600, help: 3000 } as const;

/** Why a model is none to go on with; undefined for a sound one. */
export function unfitModel(model: Model): string | undefined {
  modelKind.encode(model);
  for (const [name, weight] of Object.entries(model.weights)) {
    const odd = decodeWeight(weight).findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) return `the model has a weight that is not finite: ${name}`;
  }
  const { weights: _weights, ...rest } = model;
  return unfitValue(rest, "model");
}

/** Where below a value a number is not finite, or a text is not to be printed. */
function unfitValue(value: unknown, place: string): string | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return `${place} is ${value}`;
  if (typeof value === "string" && UNPRINTABLE.test(value)) {
    return `${place} is ${JSON.stringify(value)}`;
  }
  if (typeof value === "string" && value.length > LONGEST.message) return `${place} is long`;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return undefined;
  for (const [name, field] of Object.entries(value)) {
    const why =
      (UNPRINTABLE.test(name) ? `a name in ${place} is ${JSON.stringify(name)}` : undefined) ??
        unfitValue(field, `${place}.${name.slice(0, 40)}`);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Why something said is none that a person can use. */
export function unfitText(text: string, most: number = LONGEST.message): string | undefined {
  if (RAW.test(text)) return `raw: ${text}`;
  if (UNPRINTABLE.test(text)) return `unprintable: ${JSON.stringify(text)}`;
  return text.length > most ? `long, ${text.length}: ${text.slice(0, 100)}` : undefined;
}

/** Why a thrown value is no sentence of ours; undefined where it is, and names one of the files. */
export function unfitError(error: unknown, names: readonly string[]): string | undefined {
  if (!(error instanceof DecantError)) {
    const { name, message, stack = "" } = error instanceof Error ? error : new Error(String(error));
    const [, where = ""] = /at .*?((?:ops|engine)\/\S+?:\d+)/.exec(stack) ?? [];
    return `no DecantError: ${name}: ${message} at ${where}`;
  }
  const { message, help = "" } = error;
  const why = unfitText(message) ?? unfitText(help, LONGEST.help);
  if (why !== undefined) return why;
  // What the recipe has to say is said of its field.
  if (error instanceof ParameterError && !["from", "weights"].includes(error.path)) {
    return undefined;
  }
  return names.some((name) => message.includes(name)) ? undefined : `no file: ${message}`;
}
