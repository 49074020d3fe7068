/** `decant ops`: the ops that a recipe may name, and all about one of them; written from their definitions. */
import { jsonText } from "../quote.ts";
import { given } from "../given.ts";
import { DecantError, exitCodes } from "../error.ts";
import type { AnyOp, Inputs, Json } from "../op.ts";
import { parametersOf, valuesText } from "../recipe/words/parameters.ts";
import { type Command } from "./command.ts";
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
      terminal.out(jsonText({ format: 1, ops: shown.map(opDocument) }));
    } else terminal.out(name === undefined ? listText(shown) : opText(shown[0]!));
    return Promise.resolve(exitCodes.done);

    function opNamed(name: string): AnyOp {
      const op = ops.get(name);
      if (op !== undefined) return op;
      throw new DecantError(
        "usage",
        `there is no op "${name}"`,
        `the ops are ${[...ops.keys()].join(", ")}`,
      );
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
    params: parametersOf(op.params).map(({ name, required, schema, form, where }) => ({
      name,
      ...given({ where }),
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
  const rows = parametersOf(op.params).map(({ name, required, schema, form, where }) => [
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
    `Example: { ${exampleText({ op: op.name, ...op.example })} }`,
    "",
  ].join("\n");
}

function defaultText(value: Json | undefined): string {
  return value === undefined ? "" : `default ${JSON.stringify(value)}`;
}

function exampleText(example: Readonly<Record<string, Json>>): string {
  return Object.entries(example)
    .map(([name, value]) => `${name}: ${name === "op" ? value : JSON.stringify(value)}`)
    .join(", ");
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1].map((at) => Math.min(40, Math.max(...rows.map((row) => row[at]!.length))));
  return rows.map((row) =>
    `  ${row.map((cell, at) => at < 2 ? cell.padEnd(widths[at]!) : cell).join("  ")}`.trimEnd()
  );
}
