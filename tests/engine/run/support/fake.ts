/** Tiny ops over numbers, and graphs of them built by hand: the engine has no need of a model to be tested. */
import { evaluated, metrics, timed } from "../../metrics.ts";
import { canonicalBytes, type Digest, digestOf, type Json } from "../../../../engine/digest.ts";
import type { Graph, Node } from "../../../../engine/graph/graph.ts";
import type { Kind } from "../../../../engine/kind.ts";
import { type Metrics, metricsKind } from "../../../../engine/metrics.ts";
import {
  type AnyOp,
  defineOp,
  type Facts,
  input,
  ListOf,
  Source,
  Type,
} from "../../../../engine/op.ts";
import type { ExpandedRecipe, Step } from "../../../../engine/recipe/recipe.ts";
import type { Environment } from "../../../../engine/run/host.ts";

/** What is known of a number before it is: that it passes for a model. */
const facts = (): Facts => ({ kind: "model", learned: true, layers: [], established: [] });

/** A number that passes for a model, in a blob; its whole part and its fraction are parts. */
export const numberKind: Kind<number> = {
  name: "model",
  encode(value) {
    if (!Number.isFinite(value)) throw new RangeError(`Cannot keep ${value}: artifacts are finite`);
    const blob = canonicalBytes(value);
    const whole = Math.trunc(value);
    return {
      manifest: { kind: "number", blob: digestOf(blob) },
      blobs: new Map([[digestOf(blob), blob]]),
      parts: {
        meta: digestOf(canonicalBytes("number")),
        whole: digestOf(canonicalBytes(whole)),
        fraction: digestOf(canonicalBytes(value - whole)),
      },
    };
  },
  async decode(manifest, read) {
    const { blob } = manifest as { blob: Digest };
    return JSON.parse(new TextDecoder().decode(await read(blob)));
  },
  holds: (before, after) =>
    Number.isInteger(before) && !Number.isInteger(after)
      ? "the number is no longer whole"
      : undefined,
  facts,
};

const count = Type.Object({ value: Type.Number({ description: "The number" }) });
const amount = Type.Object({
  amount: Type.Number({ description: "How much" }),
  seed: Type.Optional(Type.Integer({ description: "Changes nothing but the key" })),
  epochs: Type.Optional(Type.Integer({ description: "Changes nothing but the key" })),
});

/** What a step does, as the ops that ship say it: a tag, a ratio, epochs. */
function summaryOf(params: Readonly<Record<string, unknown>>): string {
  const { use, ratio, epochs } = params;
  const words = [use, ratio, epochs === undefined ? undefined : `${epochs} epochs`];
  return words.filter((word) => word !== undefined).join(" ");
}

/** Ops that write the name of each run into `log`. */
export function fakeOps(log: string[] = []) {
  const ran =
    <A extends unknown[], R>(name: string, body: (...args: A) => R) => (...args: A): R => {
      log.push(name);
      return body(...args);
    };
  const common = { version: 1, output: numberKind, numerics: "none", facts } as const;
  const constant = defineOp({
    ...common,
    name: "constant",
    summary: "Is a number",
    inputs: {},
    params: count,
    example: { value: 1 },
    run: ran("constant", (_inputs: unknown, { value }: { value: number }) => value),
  });
  const add = defineOp({
    ...common,
    name: "add",
    summary: "Adds",
    inputs: { number: input(numberKind, "Grows") },
    changes: "number",
    summaryOf,
    params: amount,
    example: { amount: 1 },
    run: ran(
      "add",
      ({ number }: { number: number }, { amount }: { amount: number }) => number + amount,
    ),
  });
  const whole = defineOp({
    ...common,
    name: "whole",
    summary: "Takes the whole part",
    inputs: { number: input(numberKind, "Is cut", { parts: ["whole"] }) },
    params: Type.Object({}),
    example: {},
    run: ran("whole", ({ number }: { number: number }) => Math.trunc(number)),
  });
  const sum = defineOp({
    ...common,
    name: "sum",
    summary: "Adds up",
    inputs: { numbers: input(numberKind, "Are added", { many: true }) },
    params: Type.Object({}),
    example: {},
    run: ran(
      "sum",
      ({ numbers }: { numbers: readonly number[] }) => numbers.reduce((a, b) => a + b, 0),
    ),
  });
  const like = defineOp({
    ...common,
    name: "like",
    summary: "Is another step's number, named in a parameter",
    inputs: {},
    params: Type.Object({ list: Type.Array(Type.Object({ of: Type.String() })) }),
    example: { list: [] },
    run: async (_inputs, { list }, context) => {
      log.push("like");
      return await context.referenced<number>(list[0]!.of);
    },
  });
  const fail = defineOp({
    ...common,
    name: "fail",
    summary: "Fails",
    inputs: { number: input(numberKind, "Is lost", { optional: true }) },
    params: Type.Object({}),
    example: {},
    run: (): number => {
      log.push("fail");
      throw new Error("numbers are not everything");
    },
  });
  const file = defineOp({
    ...common,
    name: "file",
    summary: "Reads a number from a file, or sums those of a folder",
    inputs: {},
    params: Type.Object({ from: Source({ description: "A file, a folder or a URL" }) }),
    example: { from: "./number.txt" },
    source: ({ from }) => [from],
    run: async (_inputs, { from }, context) => {
      log.push("file");
      let total = 0;
      for (const path of await context.list(from)) {
        const bytes = await context.read(path === "" ? from : `${from}/${path}`);
        total += Number(new TextDecoder().decode(bytes));
      }
      return total;
    },
  });
  const score = defineOp({
    name: "evaluate",
    version: 1,
    summary: "Measures a number",
    makes: ({ model }) => `${model}-test`,
    summaryOf,
    inputs: { model: input(numberKind, "Is measured") },
    output: metricsKind,
    metrics: evaluated,
    numerics: "none",
    params: Type.Object({
      metrics: Type.Optional(ListOf(Type.String(), { description: "What is measured" })),
    }),
    example: {},
    run: ran("evaluate", ({ model }: { model: number }): Metrics => ({
      parameters: Math.round(model * 1000),
      macs: Math.round(model * 50_000),
      bytes: {
        raw: Math.round(model * 4000),
        encoded: Math.round(model * 1000),
        gzip: Math.round(model * 900),
        format: "tfjs",
      },
      samples: 10_000,
      accuracy: 1 - 1 / (model + 10),
      loss: 1 / model,
      agreement: 0.97,
      metrics: { recall: { "3": 0.75 } },
    })),
  });
  const clock = defineOp({
    name: "measure",
    version: 1,
    summary: "Reads a clock",
    makes: ({ model }) => `${model}-speed`,
    inputs: { model: input(numberKind, "Is timed") },
    output: metricsKind,
    metrics: timed,
    numerics: "none",
    volatile: true,
    params: Type.Object({}),
    example: {},
    run: ran("measure", (): Metrics => ({ latency: 1 + log.length, metrics: {} })),
  });
  return { constant, add, whole, sum, like, fail, file, score, clock };
}

/** A step as a test writes it. */
export interface FakeStep {
  readonly name: string;
  readonly op: AnyOp;
  readonly inputs?: Readonly<Record<string, string | readonly string[]>>;
  readonly params?: Readonly<Record<string, Json>>;
  /** Dotted path in `params` → step. */
  readonly references?: Readonly<Record<string, string>>;
  readonly facts?: Facts;
  readonly waits?: string;
}

/** A graph of such steps. */
export function graphOf(steps: readonly FakeStep[], recipe: Partial<ExpandedRecipe> = {}): Graph {
  const nodes = new Map<string, Node>();
  const node = (name: string): Node => nodes.get(name) ?? fail(name);
  for (const { name, op, inputs = {}, params = {}, references = {}, ...rest } of steps) {
    const step: Step = { name, op: op.name, inputs, params, path: `steps.${name}`, paths: {} };
    nodes.set(name, {
      step,
      op,
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([input, read]) => [
          input,
          typeof read === "string" ? node(read) : read.map(node),
        ]),
      ),
      references: Object.fromEntries(
        Object.entries(references).map(([path, read]) => [path, node(read)]),
      ),
      ...(rest.waits === undefined ? { facts: rest.facts ?? { kind: "files" } } : {}),
      ...(rest.waits === undefined ? {} : { waits: rest.waits }),
    });
  }
  return {
    recipe: {
      about: { name: "numbers", authors: [], references: [] },
      seed: 0,
      steps: [...nodes.values()].map(({ step }) => step),
      metrics,
      expect: [],
      base: "/",
      diagnostics: [],
      place: () => undefined,
      ...recipe,
    },
    nodes: [...nodes.values()],
    diagnostics: [],
    node: (name) => nodes.get(name),
  };
}

function fail(name: string): never {
  throw new Error(`the test names no step ${name} above`);
}

/** A machine that does not exist. */
export const nowhere: Environment = {
  host: "nowhere",
  system: "linux x86_64",
  processor: "1 × abacus",
  threads: 1,
  kernels: "wasm",
  deno: "0",
  v8: "0",
  numerics: 1,
};
