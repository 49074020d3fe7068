/**
 * A second check before anything runs: ajv (strict, nothing filled in) reads the normalised parameters of a step. Our
 * own checker writes the errors that users read, with places; where the two disagree, one of them is wrong, which is an
 * internal error. The tag of a choice picks one closed object, and every object is compiled and validated alone, so no
 * schema ever holds alternatives.
 */
import type { ValidateFunction } from "../../deps/ajv.ts";
import type { Json } from "../../digest.ts";
import { LARGEST, type TSchema } from "../../field.ts";
import { type Form, formOf } from "../words/form.ts";
import { join } from "../parse/tree.ts";

/** What ajv is asked to compile. */
type Flat = Readonly<Record<string, unknown>>;

/** Refusals of a value by a schema; empty where it is accepted. */
type Validator = (schema: TSchema, value: Json, optional?: ReadonlySet<string>) => string[];

let loaded: Promise<Validator> | undefined;

/** ajv as a validator of normalised values. Objects already compiled are remembered, by their schema. */
export function ajvValidator(): Promise<Validator> {
  return loaded ??= createValidator();
}

/**
 * Throws where ajv does not accept parameters; `optional` are top-level fields that these parameters do not need
 * although the schema asks for them (the seed of what does not draw).
 */
export async function validateParams(
  op: { readonly name: string; readonly params: TSchema },
  params: Json,
  optional: readonly string[] = [],
): Promise<void> {
  const refusals = (await ajvValidator())(op.params, params, new Set(optional));
  if (refusals.length === 0) return;
  throw new Error(`internal: ajv refuses the parameters of ${op.name}: ${refusals.join("; ")}`);
}

async function createValidator(): Promise<Validator> {
  const { Ajv } = await import("../../deps/ajv.ts");
  const ajv = new Ajv({ strict: true, strictRequired: true, allErrors: false, useDefaults: false });
  const compiled = new WeakMap<TSchema, Map<string, ValidateFunction>>();

  const check: VariantCheck = ({ schema, value, path }, variant, flat) => {
    let known = compiled.get(schema);
    if (known === undefined) compiled.set(schema, known = new Map());
    let validate = known.get(variant);
    if (validate === undefined) known.set(variant, validate = ajv.compile(flat()));
    if (validate(value)) return [];
    const { instancePath, message } = validate.errors![0]!;
    const at = path + instancePath.replaceAll("/", ".");
    return [`${at === "" ? "they" : `\`${at.replace(/^\./, "")}\``} ${message}`];
  };
  return (schema, value, optional = none) =>
    refusalsOf({ schema, value, path: "", tags: {}, optional }, check);
}

/** A value beside its schema. */
interface SchemaValue {
  readonly schema: TSchema;
  readonly value: Json;
  readonly path: string;
  /** The choices by which this object was come to. */
  readonly tags: Readonly<Record<string, string>>;
  readonly optional: ReadonlySet<string>;
}

/** Refusals of one object or leaf; `flat` makes what ajv compiles for a variant of its schema. */
type VariantCheck = (validated: SchemaValue, variant: string, flat: () => Flat) => string[];

function refusalsOf(validated: SchemaValue, check: VariantCheck): string[] {
  const { schema, value, path, tags, optional } = validated;
  const form = formOf(schema);
  const inner = (schema: TSchema, value: Json, name: string | number) =>
    refusalsOf({ schema, value, path: join(path, name), tags: {}, optional: none }, check);
  const own = (variant: string, flat: () => Flat) => check(validated, variant, flat);
  switch (form.form) {
    case "object": {
      const variant = JSON.stringify([tags, [...optional]]);
      const refused = own(variant, () => flatObject(form, schema, tags, optional));
      if (refused.length > 0) return refused;
      return Object.entries(value as Readonly<Record<string, Json>>).flatMap(([name, field]) =>
        name in form.fields && isNested(form.fields[name]!)
          ? inner(form.fields[name]!, field, name)
          : []
      );
    }
    case "choice": {
      const name = (value as Readonly<Record<string, Json>> | null)?.[form.tag];
      const chosen = typeof name === "string" && Object.hasOwn(form.alternatives, name)
        ? form.alternatives[name]
        : name === undefined
        ? form.untagged
        : undefined;
      if (chosen === undefined) return [`\`${join(path, form.tag)}\` names no alternative`];
      const more = typeof name === "string" ? { ...tags, [form.tag]: name } : tags;
      return refusalsOf({ schema: chosen, value, path, tags: more, optional }, check);
    }
    case "by-type": {
      const type = Array.isArray(value) ? "list" : typeof value;
      const chosen = form.types[type as "list"];
      return chosen === undefined
        ? [`\`${path}\` is of no type that it may be`]
        : refusalsOf({ schema: chosen, value, path, tags: {}, optional: none }, check);
    }
    case "list": {
      const refused = own("", () => ({ type: "array", ...lengths(form) }));
      if (refused.length > 0) return refused;
      return (value as readonly Json[]).flatMap((item, index) => inner(form.items, item, index));
    }
    case "map": {
      const refused = own("", () => ({ type: "object" }));
      if (refused.length > 0) return refused;
      return Object.entries(value as Readonly<Record<string, Json>>).flatMap(([name, field]) =>
        inner(form.values, field, name)
      );
    }
    default:
      return own("", () => flatLeaf(form, schema));
  }
}

const none: ReadonlySet<string> = new Set();

/** One closed object: its leaves as they are declared; what is inside others is validated alone. */
function flatObject(
  { fields, required }: Extract<Form, { form: "object" }>,
  schema: TSchema,
  tags: Readonly<Record<string, string>>,
  optional: ReadonlySet<string>,
): Flat {
  const properties: Record<string, Flat> = {};
  for (const [tag, name] of Object.entries(tags)) properties[tag] = { const: name };
  for (const [name, field] of Object.entries(fields)) {
    properties[name] = isNested(field) ? {} : flatLeaf(formOf(field), field);
  }
  const needed = [...required].filter((name) => !optional.has(name) && name in fields);
  return {
    type: schema.type,
    properties,
    required: [...Object.keys(tags), ...needed],
    additionalProperties: false,
  };
}

function isNested(schema: TSchema): boolean {
  return ["object", "choice", "by-type", "list", "map"].includes(formOf(schema).form);
}

/** A leaf as it is declared, without the annotations that are ours. */
function flatLeaf(form: Form, schema: TSchema): Flat {
  switch (form.form) {
    case "selectors":
      return {
        type: "array",
        items: { type: "string", minLength: 1, maxLength: 200 },
        maxItems: LARGEST.entries,
      };
    case "reference":
    case "source":
      return { type: "string" };
    default:
      return Object.fromEntries(Object.entries(schema).filter(([name]) => !name.startsWith("x-")));
  }
}

function lengths({ least, most }: Extract<Form, { form: "list" }>): Flat {
  return { minItems: least, maxItems: most };
}
