/** Walks normalised parameters beside their schema: how references, selectors and sources are found in them. */
import type { Json } from "../../digest.ts";
import type { TSchema } from "../../field.ts";
import { type Form, formOf } from "../words/form.ts";
import { join } from "../parse/tree.ts";

/** A leaf of some parameters. */
interface Visited {
  readonly form: Form;
  readonly value: Json;
  /** Dotted path inside the parameters. */
  readonly path: string;
}

/** Every leaf in order. Fields that the schema does not know are passed over. */
export function* visit(schema: TSchema, value: Json, path = ""): Generator<Visited> {
  const form = formOf(schema);
  if (value === null) return;
  switch (form.form) {
    case "object":
      if (typeof value !== "object" || Array.isArray(value)) return;
      for (const [name, field] of Object.entries(value as Record<string, Json>)) {
        const inner = Object.hasOwn(form.fields, name) ? form.fields[name] : undefined;
        if (inner !== undefined) yield* visit(inner, field, join(path, name));
      }
      return;
    case "choice": {
      if (typeof value !== "object" || Array.isArray(value)) return;
      const name = (value as Record<string, Json>)[form.tag];
      const inner = typeof name === "string" && Object.hasOwn(form.alternatives, name)
        ? form.alternatives[name]
        : form.untagged;
      if (inner !== undefined) yield* visit(inner, value, path);
      return;
    }
    case "by-type": {
      const type = Array.isArray(value) ? "list" : typeof value;
      const inner = form.types[type as "list"];
      if (inner !== undefined) yield* visit(inner, value, path);
      return;
    }
    case "list":
      if (!Array.isArray(value)) return;
      for (const [index, item] of value.entries()) {
        yield* visit(form.items, item, join(path, index));
      }
      return;
    case "map":
      for (const [name, field] of Object.entries(value as Record<string, Json>)) {
        yield* visit(form.values, field, join(path, name));
      }
      return;
    default:
      yield { form, value, path };
  }
}

/** The parameters with the leaf at a dotted path replaced. */
export function replaceAt(value: Json, path: string, by: Json): Json {
  const [head = "", ...rest] = path.split(".");
  const inner = (each: Json) => rest.length === 0 ? by : replaceAt(each, rest.join("."), by);
  if (Array.isArray(value)) {
    return value.map((item, index) => index === Number(head) ? inner(item) : item);
  }
  const map = value as Readonly<Record<string, Json>>;
  return { ...map, [head]: inner(map[head]!) };
}
