/** A field in a few words, to be held against what a test says by hand. */
import type { TSchema } from "../../engine/field.ts";
import { shapeOf } from "./declared.ts";

/** What a field may be: in words, or its own fields by name, those that may be absent with a question mark. */
export type Told = string | { readonly [name: string]: Told };

interface Written {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, Written>>;
  readonly required?: readonly string[];
}

/** Says what a field may be. Throws where it, a field in it, or one of the alternatives in it has no description. */
export function told(schema: TSchema): Told {
  assertDescribed(JSON.parse(JSON.stringify(schema)), "");
  return inWords(shapeOf(schema as never) as Written);
}

function assertDescribed(value: unknown, path: string): void {
  if (typeof value !== "object" || value === null) return;
  const { alternatives } = value as { readonly alternatives?: Readonly<Record<string, Written>> };
  for (const [name, each] of Object.entries(alternatives ?? {})) {
    if (!each.description) throw new Error(`no description of ${path}.${name}`);
  }
  for (const [name, each] of Object.entries(value)) assertDescribed(each, `${path}.${name}`);
}

function inWords(schema: Written): Told {
  const { properties, required = [], default: preset } = schema;
  const usual = preset === undefined ? "" : ` = ${JSON.stringify(preset)}`;
  if (properties === undefined) return words(schema) + usual;
  const fields = Object.entries(properties).map(([name, each]) =>
    [required.includes(name) ? name : `${name}?`, inWords(each)] as const
  );
  return { ...Object.fromEntries(fields), ...usual && { "": usual.trim() } };
}

const flat = (schema: Written): string => {
  const found = inWords(schema);
  if (typeof found === "string") return found;
  return `{ ${Object.entries(found).map(([name, each]) => `${name}: ${each}`).join(", ")} }`;
};

function words(schema: Written): string {
  const keyword = Object.keys(schema).find((name) => name.startsWith("x-"));
  switch (keyword) {
    case "x-source":
      return "source";
    case "x-reference":
    case "x-selectors":
      return `${keyword.slice(2)} ${schema[keyword]}`;
    case "x-curve":
      return `curve ${limits(schema[keyword] as Written)}`;
    case "x-list":
      return `list of ${flat((schema[keyword] as { readonly items: Written }).items)}`;
    case "x-by-type":
      return Object.values(schema[keyword] as Readonly<Record<string, Written>>).map(flat).join(
        " or ",
      );
    case "x-choice": {
      const { alternatives } = schema[keyword] as {
        readonly alternatives: Readonly<Record<string, Written>>;
      };
      return Object.entries(alternatives).map(([name, each]) => `${name} ${flat(each)}`).join(
        " or ",
      );
    }
  }
  if (Array.isArray(schema.enum)) return schema.enum.join(" | ");
  if (Array.isArray(schema.items)) return `[${schema.items.map(flat).join(", ")}]`;
  if (schema.type === "array") {
    return `${schema.minItems ?? 0} or more ${flat(schema.items as Written)}`;
  }
  if (schema.type === "string") {
    return schema.minLength === undefined ? "text" : `text from ${schema.minLength}`;
  }
  return `${schema.type} ${limits(schema)}`.trim();
}

const limits = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Written): string =>
  [
    minimum === undefined ? [] : [`≥ ${minimum}`],
    exclusiveMinimum === undefined ? [] : [`> ${exclusiveMinimum}`],
    maximum === undefined ? [] : [`≤ ${maximum}`],
    exclusiveMaximum === undefined ? [] : [`< ${exclusiveMaximum}`],
  ].flat().join(" ");
