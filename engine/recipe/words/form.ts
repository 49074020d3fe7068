/**
 * What a schema asks for: the one place that reads TypeBox and the `x-…` annotations of `field.ts`. Everything else
 * (normalize, JSON Schema, help, references) walks forms.
 */
import { given } from "../../given.ts";
import {
  type CurveLimits,
  type JsonType,
  LARGEST,
  type TObject,
  type TSchema,
  Type,
} from "../../field.ts";

/** The limits of a curve: of a constant, and of a value that moves. */
export interface MovingLimits {
  readonly still: CurveLimits;
  readonly moving: CurveLimits;
}

/** A closed set of shapes; a value is told apart by its JSON type or by one tag, so none is ever tried out. */
export type Form =
  | {
    readonly form: "object";
    readonly fields: Readonly<Record<string, TSchema>>;
    readonly required: ReadonlySet<string>;
  }
  | {
    readonly form: "choice";
    readonly tag: string;
    readonly alternatives: Readonly<Record<string, TSchema>>;
    readonly untagged?: TSchema;
    readonly foreignFormats?: readonly string[];
  }
  | {
    readonly form: "by-type";
    readonly types: Readonly<Partial<Record<JsonType, TSchema>>>;
    /** There for a curve: what it may be at every moment. */
    readonly curve?: MovingLimits;
  }
  | {
    readonly form: "list";
    readonly items: TSchema;
    readonly least: number;
    readonly most: number;
  }
  | { readonly form: "tuple"; readonly items: readonly TSchema[]; readonly ascending: boolean }
  | { readonly form: "map"; readonly values: TSchema }
  | { readonly form: "selectors"; readonly of: string }
  | { readonly form: "reference"; readonly kind: string }
  | { readonly form: "source" }
  | { readonly form: "word"; readonly words: readonly string[] }
  | { readonly form: "constant"; readonly value: unknown }
  | { readonly form: "number"; readonly whole: boolean; readonly limits: CurveLimits }
  | {
    readonly form: "text";
    readonly pattern?: string;
    readonly least: number;
    readonly most: number;
  }
  | { readonly form: "boolean" }
  | { readonly form: "any" };

/** What a choice between alternatives asks for. */
export type ChoiceForm = Extract<Form, { form: "choice" }>;

const known = new WeakMap<TSchema, Form>();

/** The form of a schema. Throws a TypeError for a schema that the language has no shape for. */
export function formOf(schema: TSchema): Form {
  let form = known.get(schema);
  if (form === undefined) known.set(schema, form = read(schema));
  return form;
}

function read(schema: TSchema): Form {
  const {
    "x-choice": choice,
    "x-by-type": types,
    "x-list": list,
    "x-curve": limits,
    "x-selectors": of,
    "x-reference": kind,
    "x-source": source,
  } = schema;
  if (choice !== undefined) return { form: "choice", ...choice };
  if (types !== undefined) return { form: "by-type", types };
  if (list !== undefined) return listForm(list.items, schema);
  if (limits !== undefined) return curveForm(schema, limits);
  if (of !== undefined) return { form: "selectors", of };
  if (kind !== undefined) return { form: "reference", kind };
  if (source !== undefined) return { form: "source" };
  if (Array.isArray(schema.enum)) return { form: "word", words: schema.enum };
  if (Array.isArray(schema.anyOf)) return { form: "word", words: schema.anyOf.map(constantOf) };
  if (schema.const !== undefined) return { form: "constant", value: schema.const };
  switch (schema.type) {
    case "object":
      return objectForm(schema);
    case "array":
      return Array.isArray(schema.items)
        ? { form: "tuple", items: schema.items, ascending: schema["x-ascending"] === true }
        : listForm(schema.items, schema);
    case "number":
    case "integer":
      return { form: "number", whole: schema.type === "integer", limits: schema as CurveLimits };
    case "string":
      return {
        form: "text",
        ...given({ pattern: schema.pattern as string | undefined }),
        least: schema.minLength ?? 0,
        most: schema.maxLength ?? 10_000,
      };
    case "boolean":
      return { form: "boolean" };
    case undefined:
      return { form: "any" };
  }
  throw new TypeError(`Cannot use a schema of type ${JSON.stringify(schema.type)} in a recipe`);
}

function listForm(items: TSchema, schema: TSchema): Form {
  return {
    form: "list",
    items,
    least: schema.minItems ?? 0,
    most: schema.maxItems ?? LARGEST.entries,
  };
}

function objectForm(schema: TSchema): Form {
  const [values] = Object.values(schema.patternProperties ?? {}) as TSchema[];
  if (values !== undefined) return { form: "map", values };
  return {
    form: "object",
    fields: schema.properties ?? {},
    required: new Set(schema.required ?? []),
  };
}

/** A union of literals is an enum spelled out; any other union could not be told apart. */
function constantOf(alternative: TSchema): string {
  if (typeof alternative.const === "string") return alternative.const;
  throw new TypeError("Cannot use a union in a recipe: use a choice, or alternatives by type");
}

/** A curve is a number or one of five movements, and every number of it keeps the limits. */
function curveForm(curve: TSchema, limits: CurveLimits): Form {
  const also: Readonly<Record<string, TObject>> = curve["x-curve-also"] ?? {};
  const { description: meaning = "The value", "x-curve-moving": edges = limits } = curve;
  const about = meaning.replace(/[.,;:(].*$/s, "");
  const value = (when: string) => Type.Number({ ...edges, description: `${about}, ${when}` });
  const epoch = Type.Number({ minimum: 0, description: "Epoch" });
  const moving = Type.Object({
    start: value("at the first epoch"),
    end: value("from the last epoch on"),
    epochs: Type.Optional(
      Type.Tuple([epoch, epoch], {
        description: "First and last epoch of the movement; without it the whole training",
        "x-ascending": true,
      }),
    ),
    warmup: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: "Epochs in which it rises from 0" }),
    ),
  });
  const step = Type.Object({
    start: value("at first"),
    factor: Type.Number({
      exclusiveMinimum: 0,
      description: "What it is multiplied by at each of the epochs",
    }),
    at: Type.Array(epoch, { minItems: 1, description: "Epochs at which it changes" }),
  });
  const object = Type.Unsafe({
    description: "A value that moves over the training",
    "x-choice": {
      tag: "use",
      alternatives: {
        linear: { ...moving, description: "A value that moves in a straight line" },
        cosine: {
          ...moving,
          description: "A value that moves along half a cosine, slow at both ends",
        },
        cubic: { ...moving, description: "A value that moves fast at first (Zhu & Gupta 2017)" },
        exponential: { ...moving, description: "A value that moves by one factor an update" },
        step: { ...step, description: "A value that is multiplied at certain epochs" },
        ...also,
      },
    },
  });
  const number = Type.Number({ ...limits, description: `${about}, all the time` });
  return { form: "by-type", types: { number, object }, curve: { still: limits, moving: edges } };
}

/** Whether a field must be written: no default stands in for it. */
export function mustBeWritten(form: Form & { form: "object" }, name: string): boolean {
  return form.required.has(name) && form.fields[name]?.default === undefined;
}

/** The fields of an object or of one alternative that must be written. */
export function neededFields(schema: TSchema): string[] {
  const form = formOf(schema);
  if (form.form === "choice") return [form.tag];
  if (form.form !== "object") return [];
  return Object.keys(form.fields).filter((name) => mustBeWritten(form, name));
}
