/** Ops that other threads can find: those of `fake.ts`, and some that meet, block or fail there. */
import { type AnyOp, defineOp, ParameterError, Type } from "../../../../engine/op.ts";
import { fakeOps, numberKind } from "./fake.ts";

const module = import.meta.url;
const common = {
  version: 1,
  module,
  inputs: {},
  output: numberKind,
  numerics: "none",
} as const;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const isThere = (path: string): Promise<boolean> => Deno.stat(path).then(() => true, () => false);

/** Leaves its name in a folder, and waits until another has left its own: both must run at one time. */
const meet = defineOp({
  ...common,
  name: "meet",
  summary: "Waits for another",
  params: Type.Object({
    folder: Type.String({ description: "Where they meet" }),
    name: Type.String({ description: "Its own name" }),
    other: Type.String({ description: "The step that it waits for" }),
  }),
  example: { folder: "/tmp", name: "a", other: "a" },
  async run(_inputs, { folder, name, other }, { signal }) {
    await Deno.writeTextFile(`${folder}/${name}`, "");
    for (let tries = 0; !await isThere(`${folder}/${other}`); tries++) {
      signal.throwIfAborted();
      if (tries > 1000) throw new Error("nobody came");
      await pause(20);
    }
    return 1;
  },
});

/** Says where it is, then computes for some seconds without looking at its signal. */
const block = defineOp({
  ...common,
  name: "block",
  summary: "Blocks its thread",
  params: Type.Object({ seconds: Type.Number({ description: "For how long" }) }),
  example: { seconds: 0 },
  run(_inputs, { seconds }, { progress }) {
    progress(0, "blocks");
    const ends = performance.now() + 1000 * seconds;
    while (performance.now() < ends);
    return 1;
  },
});

/** Fails as an op does whose parameter does not suit what it reads. */
const unfit = defineOp({
  ...common,
  name: "unfit",
  summary: "Is never right",
  params: Type.Object({ ratio: Type.Number({ description: "Never right" }) }),
  example: { ratio: 1 },
  run(_inputs, { ratio }): number {
    throw new ParameterError("out-of-range", "ratio", `${ratio} is never right`, "try another");
  },
});

/** Says where it is, waits for its signal, and leaves in a folder how the run is to end. */
const wait = defineOp({
  ...common,
  name: "wait",
  summary: "Waits for its signal",
  params: Type.Object({ folder: Type.String({ description: "Where it leaves the ending" }) }),
  example: { folder: "/tmp" },
  async run(_inputs, { folder }, { signal, progress }): Promise<number> {
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    progress(0, "waits");
    await aborted;
    await Deno.writeTextFile(`${folder}/ending`, (signal.reason as { ending: string }).ending);
    throw new RangeError("it says so in its own way");
  },
});

/** Saves, and never gets beyond the instant before its file has its name, as a thread does that has no time. */
const save = defineOp({
  ...common,
  name: "save",
  summary: "Saves for ever",
  params: Type.Object({}),
  example: {},
  async run(_inputs, _params, { checkpoints, progress }): Promise<number> {
    Deno.rename = () => {
      progress(0, "saves");
      return new Promise(() => {});
    };
    await checkpoints.save(new Uint8Array(1));
    return 1;
  },
});

const elsewhere = <O extends AnyOp>(op: O): O => ({ ...op, module });
const { constant, add, sum, like, clock } = fakeOps();

/** The ops by name. */
export const threadOps = {
  constant: elsewhere(constant),
  add: elsewhere(add),
  sum: elsewhere(sum),
  like: elsewhere(like),
  clock: elsewhere(clock),
  meet,
  block,
  unfit,
  save,
  wait,
};

/** The ops as a thread finds them. */
export const list: readonly AnyOp[] = Object.values(threadOps);
