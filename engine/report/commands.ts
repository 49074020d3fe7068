/** The commands that repeat a run, as a shell takes them. */
import { given } from "../given.ts";
import { shownModule } from "../graph/thrown.ts";
import type { Origin } from "../run/origin.ts";

/** What is to be typed, and what has to be done before. */
interface Repetition {
  readonly commands: readonly string[];
  /** Where the recipe came from no document. */
  readonly before?: string;
}

/** The commands for a recipe of this name and origin. */
export function repetition(name: string, { source: written, set }: Origin): Repetition {
  // An object written in a notebook stands in no document that a command could name.
  const source = written !== undefined && isDocument(written) ? written : undefined;
  const changes = Object.entries(set).map(([field, value]) =>
    `--set ${quoted(`${field}=${typeof value === "string" ? value : JSON.stringify(value)}`)}`
  );
  const document = source === undefined ? `${name}.yaml` : shownModule(source);
  const program = /\.[cm]?[jt]sx?$/.test(document)
    ? {
      run: `deno run -A ${quoted(document)} run`,
      verify: `deno run -A ${quoted(document)} verify`,
    }
    : {
      run: `deno run -A mod.ts run ${quoted(document)}`,
      verify: `deno run -A mod.ts verify ${quoted(document)}`,
    };
  const commands = [
    [program.run, ...changes].join(" "),
    `${program.verify} recipe.lock.json`,
  ];
  const before = source === undefined ? `Save the expanded recipe as ${document}.` : undefined;
  return { commands, ...given({ before }) };
}

const isDocument = (source: string): boolean => /^https?:/.test(source) || /\.\w+$/.test(source);

function quoted(word: string): string {
  return /^[\w./:=@%+,#-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
