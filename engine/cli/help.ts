/** Help, written from the table of commands. */
import type { Command } from "./command.ts";
import { usageOf } from "./parse_args.ts";

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
