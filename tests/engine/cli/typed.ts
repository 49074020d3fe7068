/** Commands as somebody types them in a folder of their own, with ops over numbers where no others are given. */
import { commandLine } from "../../../engine/cli/command_line.ts";
import type { Drafts } from "../../../engine/recipe/words/drafts.ts";
import type { Terminal } from "../../../engine/cli/terminal.ts";
import { given } from "../../../engine/given.ts";
import { type AnyOp, opSet } from "../../../engine/op.ts";
import { fakeOps } from "../run/support/fake.ts";

/** A recipe of two numbers and what is measured of their sum. */
export const NUMBERS = `decant: 1
name: numbers
steps:
  - { op: constant, as: one, value: 1 }
  - { op: add, as: more, number: one, amount: 2 }
  - { op: evaluate, as: more-test, model: more }
`;

/** A search over a number, two trials of three. */
export const SEARCH = `decant: 1
name: search
variables: { x: 1 }
steps:
  - { op: constant, as: one, value: $x }
  - { op: evaluate, as: one-test, model: one }
search: { over: { x: [1, 2, 3] }, minimize: one.bytes, budget: { trials: 2 }, strategy: grid }
`;

/** What a command said, and its exit code. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder with these files, in which commands are typed; `DIR` in a word is the folder. */
export async function typing(
  files: Readonly<Record<string, string>> = { "a.yaml": NUMBERS },
  known: readonly AnyOp[] = Object.values(fakeOps()),
  drafts?: () => Promise<Drafts>,
) {
  const path = await Deno.makeTempDir();
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${path}/${name}`, text);
  }
  const ops = opSet(known);
  const here = {
    path,
    /** Is called where a command says something beside its result. */
    saying: (): void => {},
    async decant(...words: string[]): Promise<Said> {
      const said = { out: "", err: "" };
      const plain = (text: string) => text.replaceAll(path, "DIR");
      const terminal: Terminal = {
        out: (text) => void (said.out += plain(text)),
        err: (text) => {
          said.err += plain(text);
          here.saying();
        },
        rewrite: () => {},
        live: false,
        columns: 100,
      };
      const typed = words.map((word) => word.replaceAll("DIR", path));
      return { code: await commandLine(typed, { ops, terminal, ...given({ drafts }) }), ...said };
    },
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
  return here;
}
