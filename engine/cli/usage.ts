/** How a command is called, by what it declares: the words of a command line sorted, and the help written. */
import { DecantError } from "../error.ts";
import { parseArgs } from "node:util";
import { type Command } from "./command.ts";

/** The parsed rest of a command line. */
interface Arguments {
  readonly operands: readonly string[];
  readonly options: Readonly<Partial<Record<string, readonly string[]>>>;
}

/** Sorts the words behind a command's name. Throws a `usage` error for what the command does not take. */
export function parseArguments(command: Command, words: readonly string[]): Arguments {
  const { positionals, tokens } = parseArgs({
    args: [...words],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(command.options).map(([name, { value, bare }]) => [
        name,
        // An option that may stand bare takes its value with `=` alone: `--force=STEP`.
        { type: value !== undefined && bare === undefined ? "string" : "boolean" },
      ]),
    ),
  });
  const options: Record<string, string[]> = {};
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = command.options[token.name];
    if (option === undefined) throw unknownOption(command, token.rawName);
    options[token.name] = [...options[token.name] ?? [], valueOf(command, token.name, token.value)];
    if (options[token.name]!.length > 1 && !option.many) {
      throw new DecantError("usage", `${token.rawName} is given twice`, usageOf(command));
    }
  }
  const most = command.operands.length;
  if (positionals.length > most) {
    throw new DecantError("usage", `"${positionals[most]}" is one word too many`, usageOf(command));
  }
  const least = command.operands.filter((operand) => !operand.startsWith("[")).length;
  if (positionals.length < least) {
    throw new DecantError(
      "usage",
      `${command.operands[positionals.length]} is missing`,
      usageOf(command),
    );
  }
  return { operands: positionals, options };
}

/** `decant run RECIPE [options]`. */
function usageOf({ name, operands, options }: Command): string {
  const rest = Object.keys(options).length === 0 ? [] : ["[options]"];
  return ["decant", name, ...operands, ...rest].join(" ");
}

function unknownOption(command: Command, name: string): DecantError {
  const known = Object.keys(command.options).map((option) => `--${option}`);
  return new DecantError(
    "usage",
    `\`${command.name}\` has no option ${name}`,
    known.length === 0 ? usageOf(command) : `it has ${known.join(", ")}`,
  );
}

function valueOf(command: Command, name: string, value: string | undefined): string {
  const option = command.options[name]!;
  if (option.value === undefined) {
    if (value === undefined) return "";
    throw new DecantError("usage", `--${name} takes no value`, usageOf(command));
  }
  const given = value ?? option.bare;
  if (given !== undefined && given !== "") return given;
  throw new DecantError(
    "usage",
    `--${name} needs a value: --${name} ${option.value}`,
    usageOf(command),
  );
}

/** What `decant` alone prints. */
export function helpText(commands: readonly Command[]): string {
  const rows = commands.map((
    command,
  ) => [usageOf(command).replace("decant ", ""), command.summary]);
  return [
    "Decant compresses neural networks by recipe.",
    "",
    ...columns(rows as [string, string][]),
    "",
    "decant COMMAND --help says more of one. Exit codes: 0 done, 1 a step failed, 2 the recipe or the",
    "arguments are wrong, 3 an expectation is not met, 4 refused for integrity, 130 and 143 on signals.",
    "",
  ].join("\n");
}

/** What `decant COMMAND --help` prints. */
export function commandHelp(command: Command): string {
  const options = Object.entries(command.options).map(([name, option]): [string, string] => {
    const value = option.value === undefined
      ? ""
      : option.bare === undefined
      ? ` ${option.value}`
      : `[=${option.value}]`;
    return [`--${name}${value}`, option.description];
  });
  return [
    usageOf(command),
    "",
    `${command.summary}.`,
    ...(options.length === 0 ? [] : ["", ...columns(options)]),
    "",
  ].join("\n");
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const widest = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(widest)}  ${right}`);
}
