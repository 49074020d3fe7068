/**
 * A stage on which one op plays its example: what it reads is made by real steps, then every step is run by hand,
 * without store or executor, so that what the engine gets can be compared with what the ops give.
 */
import { type AnyOp } from "../../engine/op.ts";
import { type Recipe, recipe as typed } from "../../mod.ts";
import { canonicalBytes, digestOf } from "../../engine/digest.ts";
import type { Kind } from "../../engine/kind.ts";
import type { Node } from "../../engine/graph/graph.ts";
import { runContext } from "../ops/run_context.ts";

/** The recipe of an untyped value: examples are data here. */
const recipe = typed as unknown as (value: Readonly<Record<string, unknown>>) => Recipe;

/** The digest of a value: of its canonical manifest. */
export const digestIn = (kind: Kind, value: unknown): string =>
  digestOf(canonicalBytes(kind.encode(value).manifest));

/** Steps that give the op under test something to work on. */
const ground = [
  { op: "data", use: "digits", limit: 40, split: { validation: 0.1, test: 0.02 } },
  { op: "model", as: "fresh", use: "cnn", filters: [4], dense: [6] },
  { op: "train", as: "learned", model: "fresh", epochs: 1 },
];

/** Inputs that a step's example does not imply. */
const given: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>> = {
  distill: { model: "fresh", teacher: "learned" },
  mutual: { students: ["fresh", "learned"] },
  pick: { cohort: "peers" },
  predict: { model: "learned" },
  ensemble: { models: ["learned", "learned"] },
  part: { model: "learned" },
  head: { model: "learned" },
  choose: { candidates: ["learned"], between: ["learned", "learned"] },
};

/** The example of an op as the last step of a recipe; `as` is its name there. */
export function stageOf(op: AnyOp, as: string): Recipe {
  const step = { op: op.name, as, ...given[op.name], ...op.example };
  if (op.name === "data") return recipe({ name: "stage", steps: [step, ...reads(as)] });
  if (op.name === "model") {
    const timed = { op: "measure", as: "timed", model: as, repeats: 1 };
    return recipe({ name: "stage", steps: [step, timed] });
  }
  if (op.name === "subset") {
    return recipe({ name: "stage", steps: [...ground.slice(0, 1), step, ...reads(as)] });
  }
  if (op.name === "load") return recipe({ name: "stage", steps: [...ground.slice(0, 1), step] });
  // What is cut out of a network does not read its data, and a new head has learned nothing.
  const measured = op.name === "part" || op.name === "head"
    ? { evaluate: { models: "result" } }
    : {};
  const steps: Readonly<Record<string, unknown>>[] = [...ground, step];
  if (op.name === "head") steps.push({ op: "measure", as: "timed", model: as, repeats: 1 });
  if (op.name === "mutual") steps.push({ op: "pick", as: "taken", cohort: as, peer: 1 });
  if (op.name === "pick") {
    steps.splice(-1, 0, { op: "mutual", as: "peers", students: ["fresh", "learned"], epochs: 1 });
  }
  if (op.name === "predict") {
    steps.push({ op: "distill", as: "taught", model: "fresh", outputs: as, epochs: 1 });
  }
  return recipe({ name: "stage", steps, ...measured });
}

/** A data set that nobody reads is refused, so somebody reads it. */
const reads = (as: string) => [
  { op: "model", as: "fresh", use: "mlp", hidden: [4] },
  { op: "train", as: "learned", model: "fresh", data: as, epochs: 1 },
];

/** What one step was given and gave, each by digest. */
export interface Played {
  readonly inputs: Readonly<Record<string, string>>;
  /** The inputs' digests again after the op has run. */
  readonly after: Readonly<Record<string, string>>;
  readonly output: string;
}

/** Runs every step of the stage up to `name` by hand and says what that one did. */
export async function play(
  stage: Recipe,
  name: string,
  files: Readonly<Record<string, Uint8Array>> = {},
): Promise<Played> {
  const graph = await stage.compile();
  const values = new Map<string, unknown>();
  for (const { op, step, inputs } of graph.nodes) {
    const value = ({ step }: Node) => values.get(step.name);
    const given = Object.fromEntries(
      Object.entries(inputs).map((
        [input, read],
      ) => [input, Array.isArray(read) ? read.map(value) : value(read as Node)]),
    );
    const digests = () =>
      Object.fromEntries(
        Object.entries(given).map(([input, value]) => {
          const digest = (each: unknown) => digestIn(op.inputs[input].kind, each);
          return [input, Array.isArray(value) ? value.map(digest).join(" ") : digest(value)];
        }),
      );
    const before = digests();
    const context = runContext({ files });
    const output = await op.run(given, step.params, context);
    if (step.name === name) {
      return { inputs: before, after: digests(), output: digestIn(op.output, output) };
    }
    values.set(step.name, output);
  }
  throw new Error(`no step ${name}`);
}
