/** A run in which everything occurs that a report can say, written by hand. */
import type { Json } from "../../../../engine/digest.ts";
import type { Facts, LayerFacts } from "../../../../engine/facts.ts";
import { filesKind } from "../../../../engine/files.ts";
import type { AnyOp } from "../../../../engine/op.ts";
import type { RunDocument } from "../../../../engine/report/document.ts";
import { resultTable } from "../../../../engine/report/table.ts";
import type { Subject } from "../../../../engine/report/subject.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";
import { plan, trial } from "../search/plans.ts";
import { searchDocument } from "../../../../engine/report/search/search_document.ts";
import { model, outcome, stepDocument, subject } from "./subject.ts";

const ops = fakeOps();
const data: AnyOp = { ...ops.constant, output: { ...ops.constant.output, name: "dataset" } };
const exported: AnyOp = { ...ops.score, output: filesKind };

const layer = (name: string, parameters: number, macs: number): LayerFacts => ({
  name,
  type: "dense",
  kind: "dense",
  shape: [4],
  parameters,
  macs,
});
const facts = (established: readonly string[], ...layers: LayerFacts[]): Facts => ({
  kind: "model",
  learned: true,
  established,
  layers,
});

const graph = graphOf(
  [
    {
      name: "data",
      op: data,
      facts: {
        kind: "dataset",
        task: "classification",
        input: [8, 8],
        outputs: 2,
        classes: ["cat", "dog"],
      },
    },
    { name: "teacher", op: ops.constant, facts: facts([], layer("a", 100, 7), layer("b", 20, 7)) },
    {
      name: "pruned-cut",
      op: ops.add,
      inputs: { number: "teacher" },
      params: { ratio: 0.5 },
      facts: facts(["zeros"], layer("a", 50, 4), layer("b", 20, 7)),
    },
    { name: "pruned", op: ops.add, inputs: { number: "pruned-cut" }, facts: facts(["zeros"]) },
    ...["teacher", "pruned-cut", "pruned"].map((name) => ({
      name: `${name}-test`,
      op: ops.score,
      inputs: { model: name, data: "data" },
    })),
    { name: "export-tfjs", op: exported, inputs: { model: "pruned" }, params: { use: "tfjs" } },
  ],
  {
    reference: "teacher",
    result: "pruned",
    about: {
      name: "pets",
      description: "Cats & dogs",
      authors: ["A", "B"],
      license: "MIT",
      references: ["Paper"],
    },
  },
);

const term = (use: string, value: number, weight: number) => ({
  use,
  value,
  weight,
  gradient: 2 * value,
});
const history = [1, 2, 3].map((epoch) => ({
  epoch,
  loss: 3 / epoch,
  rate: 0.1 / epoch,
  validation: 1 - 1 / (epoch + 1),
  sparsity: epoch / 4,
  terms: [term("labels", 1 / epoch, 0.5), term("hint", 2 / epoch, 0.25)],
}));

/** The note of a training. */
export const training: Json = {
  history,
  planned: 5,
  updates: 120,
  checkpoint: "best",
  kept: 2,
  recalibrated: { layers: ["bn"], validation: 0.75 },
};

/** Notes of what was done to each layer. */
export const layers: Readonly<Record<string, Json>> = {
  effect: {
    channels: { a: { kept: 3, removed: 1 }, b: { kept: 2, removed: 0 } },
    formats: { a: "int8", b: "float32" },
  },
  error: { a: 0.5, b: -0.25 },
};

const bytes = (encoded: number) => ({ raw: 480, encoded, gzip: encoded / 2, format: "tfjs" });
const models = [
  model("teacher", {
    samples: 100,
    accuracy: 0.9,
    parameters: 120,
    nonzero: 120,
    macs: 14,
    bytes: bytes(4000),
    latency: 2,
    confusion: [[40, 10], [0, 50]],
    metrics: { recall: { cat: 0.8, dog: 1 } },
  }),
  model("pruned-cut", {
    samples: 100,
    accuracy: 0.5,
    agreement: 0.5,
    parameters: 70,
    nonzero: 60,
    macs: 11,
  }),
  model("pruned", {
    samples: 100,
    accuracy: 0.88,
    agreement: 0.95,
    parameters: 70,
    nonzero: 50,
    macs: 11,
    bytes: bytes(1000),
    latency: 1,
    confusion: [[38, 12], [0, 50]],
    metrics: { recall: { cat: 0.76, dog: 1 } },
  }),
];

const artifact = { digest: "0123456789abcdef", kind: "model", bytes: 2000 };
const recalled = { date: "2026-01-02T03:04:05Z", host: "vm" };
const steps: RunDocument["steps"] = [
  stepDocument("data", {
    params: { use: "pets", seed: 3 },
    artifact: { ...artifact, kind: "dataset" },
  }),
  stepDocument("teacher", { notes: { training }, seconds: 8, status: "hit", recalled }),
  stepDocument("pruned-cut", { notes: layers, warnings: ["it was odd"], cause: "forced" }),
  stepDocument("pruned", { notes: { training }, seconds: 4, artifact }),
  stepDocument("teacher-test", { metrics: models[0]!, status: "hit", recalled }),
  stepDocument("pruned-cut-test", { metrics: models[1]! }),
  stepDocument("pruned-test", { metrics: models[2]! }),
  stepDocument("export-tfjs", {
    reads: { model: "pruned" },
    artifact: { ...artifact, kind: "files" },
    params: { tolerance: 0.001 },
    notes: {
      check: { runtime: "tfjs", samples: 9, difference: 0.0001, agreement: 1, more: "fine" },
    },
  }),
];

const made = { url: "data:image/png;base64,AA", width: 30, height: 20 };

/** The run. */
export const rich: Subject = subject(graph, {
  document: {
    recipe: "pets",
    steps,
    models,
    result: "pruned",
    ok: false,
    expect: [
      {
        claim: "result.bytes < 2 kB",
        met: true,
        left: 1000,
        right: 2000,
        sentence: "1 kB < 2 kB",
        place: { path: "expect.0" },
      },
      {
        claim: "result.loss < 1",
        met: false,
        left: null,
        right: 1,
        sentence: "not measured: result.loss",
        place: { path: "expect.1" },
      },
    ],
    problems: [{
      code: "step-failed",
      message: "it broke",
      help: "mend it",
      place: { path: "steps.9" },
    }],
  },
  table: resultTable(graph, models),
  outcomes: new Map([
    ["pruned-cut", outcome(layers)],
    ["pruned", outcome({ training })],
    ["pruned-test", outcome({ made })],
  ]),
  files: { tfjs: { "model.json": new Uint8Array(20), "weights.bin": new Uint8Array(3000) } },
  lock: { format: 1, recipe: "pets", numerics: 1, sources: [], steps: [] },
  origin: { set: { "prune.ratio": 0.5 }, source: "pets.yaml", text: "decant: 1\n" },
  differing: {
    part: "test",
    sheet: { url: made.url, width: 8, height: 8 },
    samples: [
      { sample: 4, truth: 0, answer: 1, reference: 0 },
      { sample: 9, truth: 1, answer: 1, reference: 0 },
    ],
  },
  cards: new Map([["data", { samples: "90 train, 10 test" }]]),
});

const metrics = (accuracy: number, encoded: number) => ({
  accuracy,
  bytes: bytes(encoded),
  macs: 11,
  metrics: {},
});

/** The same as a sweep, and as what a search has found. */
export const sweptAndSearched: Subject = {
  ...rich,
  document: {
    ...rich.document,
    points: [
      {
        values: { width: 4 },
        results: ["pruned"],
        pareto: true,
        metrics: metrics(0.8, 1000),
        deviation: 0.01,
      },
      { values: { width: 8 }, results: ["pruned-cut"], pareto: true, metrics: metrics(0.9, 3000) },
      { values: { width: 16 }, results: ["teacher"], pareto: false, metrics: metrics(0.85, 4000) },
    ],
    search: searchDocument(
      plan(),
      [
        trial({ metrics: metrics(0.8, 2000) }),
        trial({ values: { x: 20 }, value: 1000, score: 1000, metrics: metrics(0.7, 1000) }),
      ],
      "trials",
    ),
  },
  table: {
    head: ["", "width", "accuracy"],
    rows: [["◆", "4", "80 %"], ["◆", "8", "90 %"], ["", "16", "85 %"]],
    notes: ["so it is"],
    left: 2,
  },
};
