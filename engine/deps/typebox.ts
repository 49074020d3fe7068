/**
 * TypeBox: JSON Schema objects that carry their static TypeScript type. The types are the package's. The builders that
 * definitions here use are written out, to the same objects, because the package's own come in two hundred modules and
 * every command would load them; `typebox_type.ts` has all of them, for the ops of others.
 */
import type {
  SchemaOptions,
  Static,
  TObject,
  TProperties,
  TRecord,
  TSchema,
  TString,
  Type as WholeType,
} from "npm:@sinclair/typebox@0.34.41";

export type { Static, TObject, TProperties, TSchema };

/** The names that the package gives what it marks schemas with. */
const Kind = Symbol.for("TypeBox.Kind");
const OptionalKind = Symbol.for("TypeBox.Optional");

type Built = Readonly<Record<PropertyKey, unknown>>;

const built = (kind: string, schema: Built, options?: SchemaOptions): Built => ({
  ...options,
  [Kind]: kind,
  ...schema,
});

function builtObject(properties: Readonly<Record<string, Built>>, options?: SchemaOptions): Built {
  const required = Object.keys(properties).filter((name) =>
    properties[name]![OptionalKind] !== "Optional"
  );
  const needed = required.length > 0 ? { required } : undefined;
  return built("Object", { type: "object", properties, ...needed }, options);
}

const builders = {
  Any: (options?: SchemaOptions) => built("Any", {}, options),
  Array: (items: Built, options?: SchemaOptions) =>
    built("Array", { type: "array", items }, options),
  Boolean: (options?: SchemaOptions) => built("Boolean", { type: "boolean" }, options),
  Integer: (options?: SchemaOptions) => built("Integer", { type: "integer" }, options),
  Literal: (value: unknown, options?: SchemaOptions) =>
    built("Literal", { const: value, type: typeof value }, options),
  Number: (options?: SchemaOptions) => built("Number", { type: "number" }, options),
  Object: builtObject,
  Optional: (schema: Built) => ({ ...schema, [OptionalKind]: "Optional" }),
  Record: (_text: Built, value: Built, options?: SchemaOptions) =>
    built("Record", { type: "object", patternProperties: { "^(.*)$": value } }, options),
  String: (options?: SchemaOptions) => built("String", { type: "string" }, options),
  Tuple: (items: readonly Built[], options?: SchemaOptions) => {
    const length = { minItems: items.length, maxItems: items.length };
    return built("Tuple", { type: "array", items, additionalItems: false, ...length }, options);
  },
  Union: (anyOf: readonly Built[], options?: SchemaOptions) => built("Union", { anyOf }, options),
  Unsafe: (options: Built = {}) => ({ ...options, [Kind]: options[Kind] ?? "Unsafe" }),
};

/** Builders of schemas, as the package's `Type` has them; names of a record are any text, a union has two parts or more. */
export const Type = builders as unknown as
  & Pick<typeof WholeType, Exclude<keyof typeof builders, "Record">>
  & {
    Record<V extends TSchema>(
      text: TString,
      value: V,
      options?: SchemaOptions,
    ): TRecord<TString, V>;
  };
