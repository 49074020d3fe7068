/** The words of a command line, sorted by what a command declares. */
import { parseArgs } from "node:util";
import { type Command, UsageError } from "./command.ts";

/** The parsed rest of a command line. */
export interface Arguments {
  readonly operands: readonly string[];
  readonly options: Readonly<Partial<Record<string, readonly string[]>>>;
}

/** Sorts the words behind a command's name. Throws a UsageError for what the command does not take. */
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
      throw new UsageError(`${token.rawName} is given twice`, usageOf(command));
    }
  }
  const most = command.operands.length;
  if (positionals.length > most) {
    throw new UsageError(`"${positionals[most]}" is one word too many`, usageOf(command));
  }
  const least = command.operands.filter((operand) => !operand.startsWith("[")).length;
  if (positionals.length < least) {
    throw new UsageError(`${command.operands[positionals.length]} is missing`, usageOf(command));
  }
  return { operands: positionals, options };
}

/** `decant run RECIPE [options]`. */
export function usageOf({ name, operands, options }: Command): string {
  const rest = Object.keys(options).length === 0 ? [] : ["[options]"];
  return ["decant", name, ...operands, ...rest].join(" ");
}

function unknownOption(command: Command, name: string): UsageError {
  const known = Object.keys(command.options).map((option) => `--${option}`);
  return new UsageError(
    `\`${command.name}\` has no option ${name}`,
    known.length === 0 ? usageOf(command) : `it has ${known.join(", ")}`,
  );
}

function valueOf(command: Command, name: string, value: string | undefined): string {
  const option = command.options[name]!;
  if (option.value === undefined) {
    if (value === undefined) return "";
    throw new UsageError(`--${name} takes no value`, usageOf(command));
  }
  const given = value ?? option.bare;
  if (given !== undefined && given !== "") return given;
  throw new UsageError(`--${name} needs a value: --${name} ${option.value}`, usageOf(command));
}
