/** How a command is called, by what it declares: the words of a command line sorted, and the help written. */
import { DecantError } from "../error.ts";
import type { Command, Option } from "./command.ts";

/** The parsed rest of a command line. */
interface Arguments {
  readonly operands: readonly string[];
  readonly options: Readonly<Partial<Record<string, readonly string[]>>>;
}

/** Sorts the words behind a command's name. Throws a `usage` error for what the command does not take. */
export function parseArguments(command: Command, words: readonly string[]): Arguments {
  const { positionals, given } = sorted(command, words);
  const options: Record<string, string[]> = {};
  for (const { called, name, value } of given) {
    const option = optionCalled(command, name);
    if (option === undefined) throw unknownOption(command, called);
    options[name] = [...options[name] ?? [], valueOf(command, name, value)];
    if (options[name]!.length > 1 && !option.many) {
      throw new DecantError("usage", `${called} is given twice`, usageOf(command));
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

/** What a command declares; every object has a `constructor`, and no command such an option. */
function optionCalled({ options }: Command, name: string): Option | undefined {
  return Object.hasOwn(options, name) ? options[name] : undefined;
}

/** An option as it is given: `--out` with a value behind it or behind `=`, or `-o`. */
interface GivenOption {
  readonly called: string;
  readonly name: string;
  readonly value: string | undefined;
}

/** Which words are operands and which options, as Node's `parseArgs` has it. Behind `--` all are operands. */
function sorted(
  command: Command,
  words: readonly string[],
): { positionals: string[]; given: GivenOption[] } {
  const positionals: string[] = [];
  const given: GivenOption[] = [];
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === "--") {
      positionals.push(...left.splice(0));
    } else if (/^-[^-]/.test(word)) {
      given.push(
        ...[...word.slice(1)].map((name) => ({ called: `-${name}`, name, value: undefined })),
      );
    } else if (word.startsWith("--")) {
      const at = word.indexOf("=", 3);
      const name = word.slice(2, at < 0 ? undefined : at);
      const option = optionCalled(command, name);
      // An option that may stand bare takes its value with `=` alone: `--force=STEP`.
      const takes = option?.value !== undefined && option.bare === undefined;
      const value = at < 0 ? (takes ? left.shift() : undefined) : word.slice(at + 1);
      given.push({ called: `--${name}`, name, value });
    } else positionals.push(word);
  }
  return { positionals, given };
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
