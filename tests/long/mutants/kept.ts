/** What is kept of mutants: what became of each, and which change nothing. */
import type { Fate } from "./ask.ts";
import type { Mutant } from "./sites.ts";
import equivalent from "./equivalent.json" with { type: "json" };

/** A mutant that was asked about. */
export interface Asked {
  readonly room: string;
  readonly mutant: Mutant;
  readonly fate: Fate;
}

/** A mutant told again after lines or files have moved: by the text that it changes. */
export const keyOf = ({ within, before, after }: Pick<Mutant, "within" | "before" | "after">) =>
  JSON.stringify([within, before, after]);

/** A mutant that changes nothing: `file` is for a reader, the rest tells which one is meant. */
interface Equivalent extends Pick<Mutant, "within" | "before" | "after"> {
  readonly file: string;
  readonly reason: string;
}

const listed: readonly Equivalent[] = equivalent;

const reasons = new Map(listed.map((each) => [keyOf(each), each.reason]));

/** Why a mutant changes nothing that anybody could see, where somebody has found that it does. */
export const equivalentBecause = (mutant: Mutant): string | undefined => reasons.get(keyOf(mutant));

/** What a file holds that was written by `keep`; nothing where there is none. */
export async function kept(file: string): Promise<readonly Asked[]> {
  const text = await Deno.readTextFile(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return "[]";
    throw error;
  });
  return JSON.parse(text);
}

/** Writes all that is known, so that a killed command goes on from there. */
export const keep = (file: string, asked: readonly Asked[]): Promise<void> =>
  Deno.writeTextFile(file, `${JSON.stringify(asked, null, 1)}\n`);

/** Lines that say how many were caught, room by room, and which survived. */
export function summary(asked: readonly Asked[]): string {
  const counted = asked.filter(({ mutant, fate }) =>
    fate.fate !== "refused" && equivalentBecause(mutant) === undefined
  );
  const lines = counted.filter(({ fate }) => fate.fate === "survived").flatMap(survivor);
  lines.push("", "room        caught  of   %");
  const rooms = Map.groupBy(counted, ({ room }) => room);
  for (const [room, some] of [...rooms, ["all", counted] as const]) {
    const caught = some.filter(({ fate }) => fate.fate === "caught").length;
    const share = (100 * caught / some.length).toFixed(0);
    lines.push(
      `${room.padEnd(12)}${String(caught).padStart(6)}${String(some.length).padStart(4)}${
        share.padStart(4)
      }`,
    );
  }
  const refused = asked.filter(({ fate }) => fate.fate === "refused").length;
  const same = asked.length - counted.length - refused;
  lines.push(
    `besides: ${same} that change nothing (equivalent.json), ${refused} that the type check refuses`,
  );
  return lines.join("\n");
}

function survivor({ room, mutant, fate }: Asked): readonly string[] {
  const { path, line, kind, within, before, after } = mutant;
  const { asked, left } = fate as Extract<Fate, { fate: "survived" }>;
  const cut = (text: string) => text.length > 300 ? `${text.slice(0, 300)} …` : text;
  return [
    `${room}: ${path}:${line} in ${within} (${kind}); ${asked} test files passed, ${left} had no time`,
    `  - ${cut(before)}`,
    `  + ${cut(after)}`,
  ];
}
