/** JSON from outside, of which nothing is known yet. */

/** A JSON object whose fields nobody has checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text that a value is; empty for any other, which may be nested too deep to be written. */
export const textIn = (value: unknown): string => typeof value === "string" ? value : "";
