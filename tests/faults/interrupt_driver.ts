/**
 * A command line whose recipes may hold ops that hang, each in its own way, for ten minutes. What hangs says so on standard
 * error first. Words: the way, then a command line.
 */
import {
  datasetKind,
  defineOp,
  defineReader,
  type Files,
  filesKind,
  input,
  language,
  ops,
  type RunContext,
  Type,
  withOps,
} from "../../mod.ts";
import { readApart } from "../../engine/reading.ts";

const TIME = 600_000;

/** Holds up the thread that it runs in. */
function block(): void {
  Deno.stderr.writeSync(new TextEncoder().encode("hangs\n"));
  const ends = performance.now() + TIME;
  while (performance.now() < ends);
}

/** A reader that never gets to an end. */
// deno-lint-ignore require-await -- it is called as readers are
export async function readForEver(): Promise<Files> {
  block();
  return {};
}

/** So long that the thread that handles signals is there, as it is in the first seconds of any computing. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 2000));

async function compute(): Promise<Files> {
  await settled();
  block();
  return {};
}

const hang = {
  module: import.meta.url,
  name: "hang",
  version: 1,
  summary: "Hangs",
  inputs: {},
  output: filesKind,
  params: Type.Object({}),
  example: {},
};

/** Ways to hang: in the facts while a recipe is compiled, in a reader's thread, in this one, behind another step. */
const ways = {
  compile: defineOp({
    ...hang,
    facts() {
      block();
      return { kind: "files" };
    },
    run: compute,
  }),
  decode: defineOp({
    ...hang,
    run: (_inputs, _params, context: RunContext) =>
      readApart({ module: import.meta.url, read: readForEver, field: "" }, [], context),
  }),
  compute: defineOp({ ...hang, run: compute }),
  export: defineOp({ ...hang, inputs: { data: input(datasetKind, "Is written") }, run: compute }),
} as const;

/** The ops as another thread finds them: told apart by their text. */
export const list = Object.values(ways);

async function hangingRead(): Promise<never> {
  await settled();
  block();
  throw new Error("it has come to an end");
}

/** Readers of one's own that hang: in a thread of theirs, and in this one. */
export const readers = [
  defineReader({
    name: "exported",
    version: 1,
    suffixes: ["one"],
    module: import.meta.url,
    read: hangingRead,
  }),
  defineReader({ name: "alone", version: 1, suffixes: ["two"], read: hangingRead }),
] as const;

if (import.meta.main) {
  const [way, ...words] = Deno.args;
  if (readers.some(({ name }) => name === way)) {
    const { recipe, main } = language({ readers });
    const data = { from: "./petals.yaml", format: way };
    const model = { use: "mlp", hidden: [4], train: { epochs: 1 } };
    await main(recipe({ name: "hanging", data, model } as never), words);
  }
  const { recipe, main } = withOps([...ops, ways[way as keyof typeof ways]]);
  const steps = way === "export"
    ? [{ op: "data", use: "iris" }, { op: "hang", data: "data" }]
    : [{ op: "hang" }];
  await main(recipe({ name: "hanging", steps } as never), words);
}
