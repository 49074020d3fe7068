/** `decant ops`: the ops that a recipe may name, and all about one of them; written from their definitions. */
import type { AnyOp, Inputs, Json, TSchema } from "../op.ts";
import { type Form, formOf, mustBeWritten } from "../recipe/check/form.ts";
import { limitsInWords } from "../recipe/check/limits_in_words.ts";
import { exitCodes } from "../run/problem.ts";
import { type Command, UsageError } from "./command.ts";
import { json } from "./recipe_options.ts";

/** The command. */
export const opsCommand: Command = {
  name: "ops",
  summary: "Lists the ops, or says all about one",
  operands: ["[OP]"],
  options: { json },
  run({ ops, terminal, options, operands: [name] }) {
    const shown = name === undefined ? [...ops.values()] : [opNamed(name)];
    if (options.json) {
      terminal.out(`${JSON.stringify({ format: 1, ops: shown.map(opDocument) }, null, 2)}\n`);
    } else terminal.out(name === undefined ? listText(shown) : opText(shown[0]!));
    return Promise.resolve(exitCodes.done);

    function opNamed(name: string): AnyOp {
      const op = ops.get(name);
      if (op !== undefined) return op;
      throw new UsageError(`there is no op "${name}"`, `the ops are ${[...ops.keys()].join(", ")}`);
    }
  },
};

/** What is said of an op that did not come with Decant. */
const OWN =
  "What it made is recalled while its version and the text of its functions are the same; a change behind " +
  "an import needs another version.";

/** One op, as data. */
function opDocument(op: AnyOp): Record<string, unknown> {
  return {
    name: op.name,
    version: op.version,
    summary: op.summary,
    inputs: Object.entries(op.inputs as Inputs).map(([name, input]) => ({
      name,
      kind: input.kind.name,
      many: input.many,
      optional: input.optional,
      description: input.description,
    })),
    output: op.output.name,
    changes: op.changes ?? null,
    params: parameters(op).map(({ name, required, schema, form, where }) => ({
      name,
      ...(where === undefined ? {} : { where }),
      required,
      values: valuesText(form),
      default: schema.default ?? null,
      description: schema.description ?? "",
    })),
    example: op.example,
  };
}

function listText(ops: readonly AnyOp[]): string {
  const widest = Math.max(...ops.map(({ name }) => name.length));
  return ops.map(({ name, summary }) => `${name.padEnd(widest)}  ${summary}\n`).join("");
}

function opText(op: AnyOp): string {
  const inputs = Object.entries(op.inputs as Inputs).map(([name, input]) => [
    name,
    `${input.kind.name}${input.many ? "s" : ""}${input.optional ? ", may be left out" : ""}`,
    input.description,
  ]);
  const rows = parameters(op).map(({ name, required, schema, form, where }) => [
    `${name}${required ? "*" : ""}${where === undefined ? "" : ` (${where.join(", ")})`}`,
    [valuesText(form), defaultText(schema.default)].filter((each) => each !== "").join("; "),
    schema.description ?? "",
  ]);
  return [
    `${op.name} (version ${op.version}): ${op.summary}.`,
    `Makes: ${op.output.name}.`,
    ...(op.code === undefined ? [] : [OWN]),
    ...(inputs.length === 0 ? [] : ["", "inputs", ...columns(inputs)]),
    ...(rows.length === 0 ? [] : ["", "parameters (* must be written)", ...columns(rows)]),
    "",
    `Example: { op: ${op.name}, ${exampleText(op.example)} }`,
    "",
  ].join("\n");
}

interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly schema: TSchema;
  readonly form: Form;
  /** The alternatives that have it in this shape; absent where all have. */
  readonly where?: readonly string[];
}

/** The parameters of an op; a choice's tag first, then the fields of its alternatives, each shape of a field once. */
function parameters(op: AnyOp): Parameter[] {
  const params = op.params as TSchema;
  const form = formOf(params);
  if (form.form !== "choice") return fieldsOfObject(form);
  const tag: Parameter = {
    name: form.tag,
    required: form.untagged === undefined,
    schema: { description: params.description ?? "" } as TSchema,
    form: { form: "word", words: Object.keys(form.alternatives) },
  };
  const alternatives = Object.entries({
    ...form.alternatives,
    ...(form.untagged === undefined ? {} : { [`no ${form.tag}`]: form.untagged }),
  });
  const shapes = new Map<string, Parameter & { readonly where: string[] }>();
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

function fieldsOfObject(form: Form): Parameter[] {
  if (form.form !== "object") return [];
  return Object.entries(form.fields).map(([name, schema]) => ({
    name,
    required: mustBeWritten(form, name),
    schema,
    form: formOf(schema),
  }));
}

/** What may stand in a field. */
function valuesText(form: Form): string {
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
        type === "object" || schema === undefined ? type : valuesText(formOf(schema))
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
    case "map":
    case "text":
    case "boolean":
    case "any":
      return form.form;
    default:
      return form satisfies never;
  }
}

function defaultText(value: Json | undefined): string {
  return value === undefined ? "" : `default ${JSON.stringify(value)}`;
}

function exampleText(example: Readonly<Record<string, Json>>): string {
  return Object.entries(example).map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(
    ", ",
  );
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1].map((at) => Math.min(40, Math.max(...rows.map((row) => row[at]!.length))));
  return rows.map((row) =>
    `  ${row.map((cell, at) => at < 2 ? cell.padEnd(widths[at]!) : cell).join("  ")}`.trimEnd()
  );
}
