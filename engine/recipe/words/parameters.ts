/** The parameters of an op, and the fields of any block, as help and the reference list them. */
import { OneOf, type TSchema } from "../../field.ts";
import { type Form, formOf, mustBeWritten } from "./form.ts";
import { limitsInWords } from "./limits_in_words.ts";

/** One field of a block, in one of its shapes. */
export interface FieldShape {
  /** As it is written. */
  readonly name: string;
  /** It has no default and may not be left out. */
  readonly required: boolean;
  /** As the op declares it. */
  readonly schema: TSchema;
  /** What the schema asks for. */
  readonly form: Form;
  /** The alternatives that have it in this shape; absent where all have. */
  readonly where?: readonly string[];
}

/** The fields of a block; a choice's tag first, then the fields of its alternatives, each shape of a field once. */
export function parametersOf(block: TSchema): readonly FieldShape[] {
  const form = formOf(block);
  if (form.form !== "choice") return fieldsOfObject(form);
  const tag: FieldShape = {
    name: form.tag,
    required: form.untagged === undefined,
    schema: OneOf(Object.keys(form.alternatives), { description: block.description ?? "" }),
    form: { form: "word", words: Object.keys(form.alternatives) },
  };
  const untagged = form.untagged && { [`no ${form.tag}`]: form.untagged };
  const alternatives = Object.entries({ ...form.alternatives, ...untagged });
  const shapes = new Map<string, FieldShape & { readonly where: string[] }>();
  for (const [word, alternative] of alternatives) {
    for (const field of fieldsOfObject(formOf(alternative))) {
      const shape = JSON.stringify([field.name, field.required, field.schema]);
      const known = shapes.get(shape);
      if (known === undefined) shapes.set(shape, { ...field, where: [word] });
      else known.where.push(word);
    }
  }
  const fields = [...shapes.values()].map(({ where, ...field }) =>
    where.length === alternatives.length ? field : { ...field, where }
  );
  // Shapes of one field stand together, where the field is met first.
  const order = [...new Set(fields.map(({ name }) => name))];
  return [tag, ...order.flatMap((name) => fields.filter((field) => field.name === name))];
}

function fieldsOfObject(form: Form): FieldShape[] {
  if (form.form !== "object") return [];
  return Object.entries(form.fields).map(([name, schema]) => ({
    name,
    required: mustBeWritten(form, name),
    schema,
    form: formOf(schema),
  }));
}

/** What may stand in a field. */
export function valuesText(form: Form): string {
  switch (form.form) {
    case "word":
      return form.words.join(", ");
    case "choice":
      return Object.keys(form.alternatives).join(", ");
    case "number": {
      const limits = limitsInWords(form.limits);
      return `${form.whole ? "whole number" : "number"}${limits === "" ? "" : ` ${limits}`}`;
    }
    case "list":
      return `list of ${valuesText(formOf(form.items))}`;
    case "tuple":
      return `[${form.items.map((item) => valuesText(formOf(item))).join(", ")}]`;
    case "by-type":
      return Object.entries(form.types).map(([type, schema]) =>
        schema === undefined || type === "object" && formOf(schema).form !== "map"
          ? type
          : valuesText(formOf(schema))
      ).join(" or ");
    case "constant":
      return JSON.stringify(form.value);
    case "reference":
      return `name of a ${form.kind}`;
    case "source":
      return "path or URL";
    case "selectors":
      return `selectors of layers of ${form.of}`;
    case "object":
      return `{ ${Object.keys(form.fields).join(", ")} }`;
    case "map": {
      const values = formOf(form.values);
      return values.form === "number" ? `map of ${valuesText(values)}` : form.form;
    }
    case "text":
    case "boolean":
    case "any":
      return form.form;
    default:
      return form satisfies never;
  }
}
