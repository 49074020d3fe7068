/** Fields of an op that say nothing of themselves. */
import type { TObject, TSchema } from "../../engine/op.ts";

interface Annotated {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
  readonly "x-list"?: { readonly items: TSchema };
  readonly "x-choice"?: {
    readonly alternatives: Readonly<Record<string, TObject>>;
    readonly untagged?: TObject;
  };
}

/** Dotted paths of the fields below a schema that have no description. */
export function undocumented(schema: TSchema, path = ""): string[] {
  const { properties = {}, items, "x-list": list, "x-choice": choice } = schema as Annotated;
  const below = (name: string, each: TSchema) =>
    undocumented(each, path ? `${path}.${name}` : name);
  const fields = Object.entries(properties).flatMap(([name, field]) => [
    ...(field.description ? [] : [path ? `${path}.${name}` : name]),
    ...below(name, field),
  ]);
  const alternatives = Object.entries(choice?.alternatives ?? {}).flatMap(([name, each]) =>
    below(`<${name}>`, each)
  );
  return [
    ...fields,
    ...alternatives,
    ...(choice?.untagged ? below("<untagged>", choice.untagged) : []),
    ...(items ? below("[]", items) : []),
    ...(list ? below("[]", list.items) : []),
  ];
}
