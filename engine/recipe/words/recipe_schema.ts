/**
 * The grammar as a JSON Schema for editors and other programs, made from the same definitions that recipes are read
 * by. Shapes that occur more than once stand under `$defs`.
 */
import type { Json } from "../../digest.ts";
import { type CurveLimits, LARGEST, type TSchema } from "../../field.ts";
import { given } from "../../given.ts";
import type { OpSet } from "../../op.ts";
import { type ChoiceForm, type Form, formOf, mustBeWritten, neededFields } from "./form.ts";
import { grammarOf } from "./grammar.ts";
import { pointFields } from "./points_schema.ts";
import { fieldsOf } from "./schema_fields.ts";
import { sourcePattern } from "../parse/sources.ts";

type JsonSchema = { readonly [name: string]: Json };

/** Options of `recipeSchema`. */
interface SchemaOptions {
  /** Whether `$name` may stand for any value, as in a recipe with variables; default true. */
  readonly variables?: boolean;
}

/** A schema in the making: what is defined already, and by which names. */
interface Definitions {
  readonly variables: boolean;
  /** Under `$defs`, by name. */
  readonly schemas: Record<string, JsonSchema>;
  /** The text of each definition and its name. */
  readonly names: Map<string, string>;
  readonly converted: Map<TSchema, JsonSchema>;
}

type ObjectForm = Extract<Form, { form: "object" }>;
type Tags = Readonly<Record<string, string>>;

/** The JSON Schema (2020-12) of recipes with these ops. */
export function recipeSchema(ops: OpSet, { variables = true }: SchemaOptions = {}): JsonSchema {
  const made: Definitions = { variables, schemas: {}, names: new Map(), converted: new Map() };
  const { schemas } = made;
  const root = formOf(grammarOf(ops)) as ObjectForm;
  convertObject(made, root, "recipe", {});
  const { properties, required, ...rest } = schemas.recipe!;
  const ofDocuments = variables
    ? {
      ...heading,
      sweep: convert(made, pointFields.sweep, "sweep"),
      search: convert(made, pointFields.search, "search"),
    }
    : undefined;
  // A document says its version; an object in TypeScript need not.
  const head = ["decant", ...required as string[]];
  schemas.recipe = {
    ...rest,
    properties: { ...properties as JsonSchema, ...ofDocuments },
    required: head,
  };
  // What a recipe leaves out may be inherited, so of one that extends another only the names are checked.
  const fields = Object.keys(schemas.recipe.properties as JsonSchema);
  schemas["extending-recipe"] = {
    type: "object",
    properties: Object.fromEntries(fields.map((field) => [field, {}])),
    required: ["decant", "name", "extends"],
    additionalProperties: false,
  };
  const whole = { $ref: "#/$defs/recipe" };
  const body = variables
    ? {
      if: { type: "object", properties: { extends: {} }, required: ["extends"] },
      then: { $ref: "#/$defs/extending-recipe" },
      else: whole,
    }
    : whole;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A Decant recipe",
    ...body,
    $defs: schemas,
  };
}

/** One text, one definition: equal shapes are shared whoever declared them. */
function shared({ schemas, names }: Definitions, name: string, schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema);
  let known = names.get(text);
  if (known === undefined) {
    known = name;
    for (let count = 2; known in schemas; count++) known = `${name}-${count}`;
    names.set(text, known);
    schemas[known] = schema;
  }
  return { $ref: `#/$defs/${known}` };
}

function convert(made: Definitions, schema: TSchema, name: string): JsonSchema {
  let result = made.converted.get(schema);
  if (result === undefined) {
    const bare = convertForm(made, formOf(schema), name);
    const open = made.variables && !("const" in bare)
      ? anyOf([bare, shared(made, "variable", variable)])
      : bare;
    const { description, default: preset } = schema;
    result = { ...open, ...given({ description, default: preset as Json | undefined }) };
    made.converted.set(schema, result);
  }
  return result;
}

/** `tags` are the choices by which this object was come to. */
function convertObject(
  made: Definitions,
  form: ObjectForm,
  name: string,
  tags: Tags,
): JsonSchema {
  const properties: Record<string, JsonSchema> = tagged(tags);
  for (const [field, schema] of Object.entries(form.fields)) {
    properties[field] = convert(made, schema, field);
  }
  const required = Object.keys(form.fields).filter((field) => mustBeWritten(form, field));
  return shared(made, name, {
    type: "object",
    properties,
    required: [...Object.keys(tags), ...required],
    additionalProperties: false,
  });
}

const tagged = (tags: Tags): Record<string, JsonSchema> =>
  Object.fromEntries(Object.entries(tags).map(([tag, value]) => [tag, { const: value }]));

function alternativesOf(
  made: Definitions,
  form: ChoiceForm,
  name: string,
  tags: Tags = {},
): JsonSchema[] {
  const named = Object.entries(form.alternatives).flatMap(([word, schema]) => {
    const inner = formOf(schema);
    const within = { ...tags, [form.tag]: word };
    if (inner.form === "choice") return alternativesOf(made, inner, `${name}-${word}`, within);
    return inner.form === "object" ? [convertObject(made, inner, `${name}-${word}`, within)] : [];
  });
  const untagged = form.untagged && formOf(form.untagged);
  return [
    ...named,
    ...(untagged?.form === "object" ? [convertObject(made, untagged, name, tags)] : []),
    ...(made.variables ? [chosenByVariable(made, form, name, tags)] : []),
  ];
}

/** Which alternative a variable means is not known: of its fields only the names are checked. */
function chosenByVariable(
  made: Definitions,
  form: ChoiceForm,
  name: string,
  tags: Tags,
): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  for (const schema of Object.values(form.alternatives)) {
    for (const field of Object.keys(fieldsOf(schema))) properties[field] = {};
  }
  Object.assign(properties, tagged(tags));
  properties[form.tag] = shared(made, "variable", variable);
  const required = [...Object.keys(tags), form.tag];
  const schema = { type: "object", properties, required, additionalProperties: false };
  return shared(made, `${name}-by-variable`, schema);
}

/** Where the JSON type tells alternatives apart, `x` cannot stand for `[x]`. */
function convertAlternative(made: Definitions, schema: TSchema, name: string): JsonSchema {
  const form = formOf(schema);
  return form.form === "list"
    ? listOf(form, convert(made, form.items, name))
    : convert(made, schema, name);
}

function convertForm(made: Definitions, form: Form, name: string): JsonSchema {
  switch (form.form) {
    case "object":
      return convertObject(made, form, name, {});
    case "choice": {
      const bare = Object.keys(form.alternatives)
        .filter((word) => neededFields(form.alternatives[word]!).length === 0);
      const words = bare.length === 0 ? [] : [{ enum: bare }];
      return shared(made, `${name}-choice`, anyOf([...words, ...alternativesOf(made, form, name)]));
    }
    case "by-type": {
      const types = Object.values(form.types);
      const all = types.map((schema) => convertAlternative(made, schema, name));
      return shared(made, `${name}-either`, anyOf(all));
    }
    case "list": {
      const items = convert(made, form.items, name);
      const list = listOf(form, items);
      return form.least > 1 || form.most < 1 ? list : anyOf([list, items]);
    }
    case "tuple": {
      const prefixItems = form.items.map((schema) => convert(made, schema, name));
      const { length } = prefixItems;
      return { type: "array", prefixItems, items: false, minItems: length, maxItems: length };
    }
    case "map":
      return { type: "object", additionalProperties: convert(made, form.values, name) };
    default:
      return convertLeaf(form);
  }
}

function convertLeaf(
  form: Exclude<Form, { form: "object" | "choice" | "by-type" | "list" | "tuple" | "map" }>,
): JsonSchema {
  switch (form.form) {
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
    case "text": {
      const minLength = form.least > 0 ? form.least : undefined;
      return {
        type: "string",
        ...given({ pattern: form.pattern, minLength }),
        maxLength: form.most,
      };
    }
    case "boolean":
      return { type: "boolean" };
    case "any":
      return {};
  }
}

/** Fields of a document that are gone when the grammar is applied. */
export const heading = {
  variables: {
    type: "object",
    propertyNames: { pattern: "^[a-z][a-z0-9_]*$" },
    description: "Values to reuse, to set from outside, to sweep",
    examples: [{ ratio: 0.5 }],
  },
  extends: {
    type: "string",
    description: "A recipe to start from: a path or a URL",
    examples: ["./base.yaml"],
  },
} as const satisfies JsonSchema;

const variable: JsonSchema = {
  type: "string",
  pattern: "^\\$[a-z][a-z0-9_]*$",
  description: "The value of a variable",
};

const selector: JsonSchema = { type: "string", minLength: 1, maxLength: 200 };

function listOf({ least, most }: Extract<Form, { form: "list" }>, items: JsonSchema): JsonSchema {
  return {
    type: "array",
    items,
    ...given({ minItems: least > 0 ? least : undefined }),
    maxItems: most,
  };
}

function anyOf(schemas: readonly JsonSchema[]): JsonSchema {
  const [only] = schemas;
  return schemas.length === 1 ? only! : { anyOf: schemas };
}

function limitsOf(
  { minimum, maximum, exclusiveMinimum, exclusiveMaximum }: CurveLimits,
): JsonSchema {
  return given({ minimum, maximum, exclusiveMinimum, exclusiveMaximum });
}
