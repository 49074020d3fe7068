/** `decant ops`: the ops and all other words that a recipe may use, with options, defaults and an example. */
import { jsonText } from "../../quote.ts";
import { DecantError, exitCodes } from "../../error.ts";
import { given } from "../../given.ts";
import type { AnyOp, Inputs, Json, OpSet } from "../../op.ts";
import { nearestNames } from "../../recipe/words/nearest.ts";
import { parametersOf } from "../../recipe/words/parameters.ts";
import type { WordSet } from "../../recipe/words/vocabulary.ts";
import { type Command } from "../command.ts";
import { json } from "../recipe_options.ts";
import {
  calledHere,
  columns,
  fieldDocument,
  findWords,
  meaningDocument,
  meaningText,
  optionRows,
} from "./word_text.ts";

/** The command. */
export const opsCommand: Command = {
  name: "ops",
  summary: "Lists the ops, or says all about one, or about any word of a recipe",
  operands: ["[WORD]"],
  options: {
    search: {
      value: "TEXT",
      description: "Lists the words whose name and description hold all words of this text",
    },
    json,
  },
  async run({ ops, terminal, options, operands: [name] }) {
    const [sought] = options.search ?? [];
    if (sought !== undefined && name !== undefined) {
      throw new DecantError("usage", "a word is named or searched for, not both", "leave one out");
    }
    if (name === undefined && sought === undefined) {
      const all = [...ops.values()];
      terminal.out(
        options.json ? jsonText({ format: 1, ops: all.map(opDocument) }) : listText(all),
      );
      return exitCodes.done;
    }
    const { vocabularyOf } = await import("../../recipe/words/vocabulary.ts");
    const vocabulary = vocabularyOf(ops);
    if (sought !== undefined) {
      const found = findWords(sought, vocabulary, ops);
      if (options.json) terminal.out(jsonText({ format: 1, words: found }));
      else if (found.length === 0) terminal.err(`nothing is said of "${sought}"\n`);
      else terminal.out(`${columns(found.map(({ word, about }) => [word, about])).join("\n")}\n`);
      return exitCodes.done;
    }
    const op = ops.get(name!);
    const meanings = meaningsBeside(name!, op, vocabulary);
    if (op === undefined && meanings.length === 0) throw unknownWord(name!, vocabulary, ops);
    if (options.json) {
      const words = meanings.map(meaningDocument);
      terminal.out(jsonText({
        format: 1,
        ops: op === undefined ? [] : [opDocument(op)],
        ...given({ words: words.length > 0 ? words : undefined }),
      }));
    } else {
      const told = [...(op === undefined ? [] : [opText(op)]), ...meanings.map(meaningText)];
      terminal.out(told.join("\n"));
    }
    return exitCodes.done;
  },
};

/** What a word means besides the op of that name, which a field of the recipe may stand for. */
function meaningsBeside(word: string, op: AnyOp | undefined, vocabulary: WordSet) {
  const all = vocabulary.get(word) ?? [];
  return op === undefined ? all : all.filter(({ role }) => role !== "field");
}

function unknownWord(word: string, vocabulary: WordSet, ops: OpSet): DecantError {
  const near = nearestNames(word, [...new Set([...ops.keys(), ...vocabulary.keys()])], 3);
  return new DecantError(
    "usage",
    `there is no word "${word}" in recipes`,
    calledHere(word, vocabulary, ops) ??
      `near it are ${near.join(", ")}; --search ${word} looks through descriptions too`,
  );
}

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
    params: parametersOf(op.params).map(fieldDocument),
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
  const rows = optionRows(parametersOf(op.params));
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

function exampleText(example: Readonly<Record<string, Json>>): string {
  return Object.entries(example)
    .map(([name, value]) => `${name}: ${name === "op" ? value : JSON.stringify(value)}`)
    .join(", ");
}
