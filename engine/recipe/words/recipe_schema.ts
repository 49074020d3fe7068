/**
 * The grammar as a JSON Schema for editors and other programs, made from the same definitions that recipes are read
 * by. Shapes that occur more than once stand under `$defs`.
 */
import type { Json } from "../../digest.ts";
import { type CurveLimits, LARGEST, type TSchema } from "../../field.ts";
import type { OpSet } from "../../op.ts";
import { type Form, formOf, mustBeWritten, neededFields } from "../check/form.ts";
import { grammarOf } from "./grammar.ts";
import { searchSchema } from "../search/search_schema.ts";
import { fieldsOf } from "./schema_fields.ts";
import { sweepSchema } from "../expand/sweep.ts";
import { sourcePattern } from "../parse/sources.ts";

type JsonSchema = { readonly [name: string]: Json };

/** Options of `recipeSchema`. */
export interface SchemaOptions {
  /** Whether `$name` may stand for any value, as in a recipe with variables; default true. */
  readonly variables?: boolean;
}

/** The JSON Schema (2020-12) of recipes with these ops. */
export function recipeSchema(ops: OpSet, { variables = true }: SchemaOptions = {}): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const names = new Map<string, string>();
  const converted = new Map<TSchema, JsonSchema>();

  /** One text, one definition: equal shapes are shared whoever declared them. */
  const shared = (name: string, schema: JsonSchema): JsonSchema => {
    const text = JSON.stringify(schema);
    let known = names.get(text);
    if (known === undefined) {
      known = name;
      for (let count = 2; known in definitions; count++) known = `${name}-${count}`;
      names.set(text, known);
      definitions[known] = schema;
    }
    return { $ref: `#/$defs/${known}` };
  };

  const convert = (schema: TSchema, name: string): JsonSchema => {
    let result = converted.get(schema);
    if (result === undefined) {
      const bare = convertForm(formOf(schema), name);
      const open = variables && !("const" in bare)
        ? anyOf([bare, shared("variable", variable)])
        : bare;
      const { description, default: preset } = schema;
      result = {
        ...open,
        ...(description !== undefined && { description }),
        ...(preset !== undefined && { default: preset as Json }),
      };
      converted.set(schema, result);
    }
    return result;
  };

  const convertObject = (
    form: Extract<Form, { form: "object" }>,
    name: string,
    tags: Readonly<Record<string, string>>,
  ): JsonSchema => {
    const properties: Record<string, JsonSchema> = {};
    for (const [tag, value] of Object.entries(tags)) properties[tag] = { const: value };
    for (const [field, schema] of Object.entries(form.fields)) {
      properties[field] = convert(schema, field);
    }
    const required = Object.keys(form.fields).filter((field) => mustBeWritten(form, field));
    return shared(name, {
      type: "object",
      properties,
      required: [...Object.keys(tags), ...required],
      additionalProperties: false,
    });
  };

  const alternativesOf = (
    form: Extract<Form, { form: "choice" }>,
    name: string,
    tags: Readonly<Record<string, string>> = {},
  ): JsonSchema[] => {
    const named = Object.entries(form.alternatives).flatMap(([word, schema]) => {
      const inner = formOf(schema);
      const within = { ...tags, [form.tag]: word };
      if (inner.form === "choice") return alternativesOf(inner, `${name}-${word}`, within);
      return inner.form === "object" ? [convertObject(inner, `${name}-${word}`, within)] : [];
    });
    const untagged = form.untagged && formOf(form.untagged);
    return [
      ...named,
      ...(untagged?.form === "object" ? [convertObject(untagged, name, tags)] : []),
      ...(variables ? [chosenByVariable(form, name, tags)] : []),
    ];
  };

  /** Which alternative a variable means is not known: of its fields only the names are checked. */
  const chosenByVariable = (
    form: Extract<Form, { form: "choice" }>,
    name: string,
    tags: Readonly<Record<string, string>>,
  ): JsonSchema => {
    const properties: Record<string, JsonSchema> = {};
    for (const schema of Object.values(form.alternatives)) {
      for (const field of Object.keys(fieldsOf(schema))) properties[field] = {};
    }
    for (const [tag, value] of Object.entries(tags)) properties[tag] = { const: value };
    properties[form.tag] = shared("variable", variable);
    const required = [...Object.keys(tags), form.tag];
    const schema = { type: "object", properties, required, additionalProperties: false };
    return shared(`${name}-by-variable`, schema);
  };

  /** Where the JSON type tells alternatives apart, `x` cannot stand for `[x]`. */
  const convertAlternative = (schema: TSchema, name: string): JsonSchema => {
    const form = formOf(schema);
    return form.form === "list" ? listOf(form, convert(form.items, name)) : convert(schema, name);
  };

  const convertForm = (form: Form, name: string): JsonSchema => {
    switch (form.form) {
      case "object":
        return convertObject(form, name, {});
      case "choice": {
        const bare = Object.keys(form.alternatives)
          .filter((word) => neededFields(form.alternatives[word]!).length === 0);
        const words = bare.length === 0 ? [] : [{ enum: bare }];
        return shared(`${name}-choice`, anyOf([...words, ...alternativesOf(form, name)]));
      }
      case "by-type":
        return shared(
          `${name}-either`,
          anyOf(Object.values(form.types).map((schema) => convertAlternative(schema, name))),
        );
      case "list": {
        const items = convert(form.items, name);
        const list = listOf(form, items);
        return form.least > 1 || form.most < 1 ? list : anyOf([list, items]);
      }
      case "tuple": {
        const prefixItems = form.items.map((schema) => convert(schema, name));
        const { length } = prefixItems;
        return { type: "array", prefixItems, items: false, minItems: length, maxItems: length };
      }
      case "map":
        return { type: "object", additionalProperties: convert(form.values, name) };
      case "selectors":
        return anyOf([selector, { type: "array", items: selector, maxItems: LARGEST.entries }]);
      case "reference":
        return { type: "string" };
      case "source":
        return { type: "string", pattern: sourcePattern, maxLength: 2000 };
      case "word":
        return { enum: form.words };
      case "constant":
        return { const: form.value as Json };
      case "number":
        return { type: form.whole ? "integer" : "number", ...limitsOf(form.limits) };
      case "text":
        return {
          type: "string",
          ...(form.pattern !== undefined && { pattern: form.pattern }),
          ...(form.least > 0 && { minLength: form.least }),
          maxLength: form.most,
        };
      case "boolean":
        return { type: "boolean" };
      case "any":
        return {};
    }
  };

  const root = formOf(grammarOf(ops));
  if (root.form !== "object") throw new TypeError("internal: the grammar is an object");
  convertObject(root, "recipe", {});
  const { properties, required, ...rest } = definitions.recipe!;
  // A document says its version; an object in TypeScript need not.
  const head = ["decant", ...required as string[]];
  definitions.recipe = {
    ...rest,
    properties: {
      ...properties as JsonSchema,
      ...variables &&
        {
          ...heading,
          sweep: convert(sweepSchema, "sweep"),
          search: convert(searchSchema, "search"),
        },
    },
    required: head,
  };
  // What a recipe leaves out may be inherited, so of one that extends another only the names are checked.
  const fields = Object.keys(definitions.recipe.properties as JsonSchema);
  definitions["extending-recipe"] = {
    type: "object",
    properties: Object.fromEntries(fields.map((field) => [field, {}])),
    required: ["decant", "name", "extends"],
    additionalProperties: false,
  };
  const whole = { $ref: "#/$defs/recipe" };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A Decant recipe",
    ...(variables
      ? {
        if: { type: "object", properties: { extends: {} }, required: ["extends"] },
        then: { $ref: "#/$defs/extending-recipe" },
        else: whole,
      }
      : whole),
    $defs: definitions,
  };
}

/** Fields that are gone when the grammar is applied. */
const heading: JsonSchema = {
  variables: {
    type: "object",
    propertyNames: { pattern: "^[a-z][a-z0-9_]*$" },
    description: "Values to reuse, to set from outside, to sweep",
  },
  extends: { type: "string", description: "A recipe to start from: a path or a URL" },
};

const variable: JsonSchema = {
  type: "string",
  pattern: "^\\$[a-z][a-z0-9_]*$",
  description: "The value of a variable",
};

const selector: JsonSchema = { type: "string", minLength: 1, maxLength: 200 };

function listOf({ least, most }: Extract<Form, { form: "list" }>, items: JsonSchema): JsonSchema {
  return { type: "array", items, ...(least > 0 && { minItems: least }), maxItems: most };
}

function anyOf(schemas: readonly JsonSchema[]): JsonSchema {
  const [only] = schemas;
  return schemas.length === 1 ? only! : { anyOf: schemas };
}

function limitsOf(
  { minimum, maximum, exclusiveMinimum, exclusiveMaximum }: CurveLimits,
): JsonSchema {
  return {
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(exclusiveMinimum !== undefined && { exclusiveMinimum }),
    ...(exclusiveMaximum !== undefined && { exclusiveMaximum }),
  };
}
