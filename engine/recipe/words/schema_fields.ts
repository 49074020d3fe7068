/** Schemas of blocks: the fields they have together, and blocks with fields added. */
import { given } from "../../given.ts";
import type { AnyOp } from "../../op.ts";
import { Choice, type TObject, type TSchema, Type } from "../../field.ts";

interface ChoiceParts {
  readonly tag?: string;
  readonly alternatives: Readonly<Record<string, TSchema>>;
  readonly untagged?: TSchema;
  readonly foreignFormats?: readonly string[];
}

/** Every field of an object, or of any alternative of a choice. */
export function fieldsOf(schema: TSchema): Readonly<Record<string, TSchema>> {
  const choice = schema["x-choice"] as ChoiceParts | undefined;
  if (choice === undefined) return schema.properties ?? {};
  const { alternatives, untagged } = choice;
  const all = [...Object.values(alternatives), ...(untagged ? [untagged] : [])];
  return Object.assign({}, ...all.map(fieldsOf));
}

/** A schema of an op's block, with what other toolkits call that op. */
export function withAlsoCalled(
  schema: TSchema,
  { alsoCalled }: Pick<AnyOp, "alsoCalled">,
): TSchema {
  return alsoCalled.length === 0 ? schema : { ...schema, "x-also-called": alsoCalled };
}

/** What other toolkits call the op of a block. */
export function alsoCalled(schema: TSchema | undefined): readonly string[] {
  return schema?.["x-also-called"] ?? [];
}

/** Values in the order in which a schema declares them, tags first: what is equal is printed alike. */
export function inOrder<T>(
  schema: TSchema,
  values: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  const choice = schema["x-choice"] as ChoiceParts | undefined;
  const chosen = choice?.alternatives[String(values[choice.tag ?? "use"])] ?? choice?.untagged;
  const declared = Object.keys(fieldsOf(chosen ?? schema));
  const place = ([name]: [string, T]) => declared.indexOf(name);
  return Object.fromEntries(Object.entries(values).sort((a, b) => place(a) - place(b)));
}

/** The fields of these names, as far as they are there. */
export function pickFields(
  fields: Readonly<Record<string, TSchema>>,
  names: readonly string[],
): Record<string, TSchema> {
  return Object.fromEntries(
    names.flatMap((name) => fields[name] === undefined ? [] : [[name, fields[name]]]),
  );
}

/** An object, or every alternative of a choice, with those of these fields that it has in the place of its own. */
export function withOwnFields(schema: TSchema, by: Readonly<Record<string, TSchema>>): TSchema {
  return widened(schema, (each) => pickFields(by, Object.keys(each.properties ?? {})));
}

/** An object, or every alternative of a choice, with these fields too; one of the same name is replaced. */
export function withFields(schema: TSchema, extra: Readonly<Record<string, TSchema>>): TSchema {
  return widened(schema, () => extra);
}

function widened(
  schema: TSchema,
  extra: (object: TSchema) => Readonly<Record<string, TSchema>>,
): TSchema {
  const choice = schema["x-choice"] as ChoiceParts | undefined;
  if (choice === undefined) {
    const { description, properties } = schema;
    return Type.Object(
      { ...properties, ...extra(schema) },
      given({ description: description || undefined }),
    );
  }
  const { tag = "use", alternatives, untagged, foreignFormats } = choice;
  const wider = Object.entries(alternatives).map(([name, each]) => [name, widened(each, extra)]);
  return Choice(Object.fromEntries(wider) as Record<string, TObject>, {
    tag,
    description: schema.description ?? "",
    ...given({
      default: schema.default,
      untagged: untagged && widened(untagged, extra) as TObject,
      foreignFormats,
    }),
  });
}
