/** Values out of a layer's JSON config, typed; what is not as expected is a sentence with the layer's name. */
import { UnreadableModelError } from "../format.ts";
import type { JsonObject } from "../json_object.ts";
import { excerpt, quoted, quotedJson } from "../../../engine/quote.ts";

/** The config of one layer. */
export interface Config {
  /** An error about this layer. */
  wrong(why: string): UnreadableModelError;
  number(field: string, preset?: number): number;
  /** A boolean; Python and others write it as a number too, 1 or 0. */
  flag(field: string, preset: boolean): boolean;
  text(field: string, preset: string): string;
  /** Numbers of a list; a single number stands for a list of it. Null and absent give an empty list. */
  numbers(field: string): number[];
  /** Two numbers, along height and width; a single one stands for both. */
  pair(field: string, preset?: number): [number, number];
  /** The value as it stands. */
  raw(field: string): unknown;
  /** The same with other values. */
  replaced(fields: JsonObject): Config;
}

/** Reads the config of layer `name`, of Keras class `className`. */
export function configOf(name: string, className: string, fields: JsonObject): Config {
  const wrong = (why: string) =>
    new UnreadableModelError(`Cannot read layer ${quoted(name)} (${excerpt(className)}): ${why}`);
  const typed = <T>(field: string, type: string, preset: T | undefined): T => {
    const value = fields[field] ?? preset;
    const found: string = typeof value;
    if (found === type) return value as T;
    throw wrong(`\`${field}\` is ${quotedJson(value)}, it should be a ${type}`);
  };
  const numbers = (field: string): number[] => {
    const value = fields[field] ?? [];
    const list: unknown[] = Array.isArray(value) ? value : [value];
    if (list.every((each) => typeof each === "number")) return list as number[];
    throw wrong(`\`${field}\` is ${quotedJson(value)}, it should be numbers`);
  };
  return {
    wrong,
    number: (field, preset) => typed(field, "number", preset),
    flag(field, preset) {
      const value = fields[field] ?? preset;
      if (value === true || value === 1) return true;
      if (value === false || value === 0) return false;
      throw wrong(`\`${field}\` is ${quotedJson(value)}, it should be true or false`);
    },
    text: (field, preset) => typed(field, "string", preset),
    numbers,
    pair(field, preset) {
      const list = numbers(field);
      const [first = preset, second = first] = list;
      if (list.length <= 2 && first !== undefined && second !== undefined) return [first, second];
      throw wrong(`\`${field}\` is ${quotedJson(fields[field])}, it should be two numbers`);
    },
    raw: (field) => fields[field],
    replaced: (others) => configOf(name, className, { ...fields, ...others }),
  };
}
