/** Runs to report, written by hand: what a test does not say of one is empty. */
import { metrics as known } from "../../metrics.ts";
import type { Digest, Json } from "../../../../engine/digest.ts";
import type { Graph } from "../../../../engine/graph/graph.ts";
import type { RunDocument, StepDocument } from "../../../../engine/report/document.ts";
import type { Metrics } from "../../../../engine/metrics.ts";
import { parseClaim } from "../../../../engine/recipe/claims/parse_claim.ts";
import type { PlacedClaim } from "../../../../engine/recipe/claims/claim.ts";
import type { StepState, StepStates } from "../../../../engine/run/step_state.ts";
import { type Content, html, htmlText } from "../../../../engine/report/html/html.ts";
import type { Section } from "../../../../engine/report/html/section.ts";
import type { ModelRow } from "../../../../engine/report/model_row.ts";
import type { Subject } from "../../../../engine/report/subject.ts";
import type { Outcome } from "../../../../engine/store/store.ts";
import { nowhere } from "../../run/support/fake.ts";
import { type Element, parsed } from "./parse_html.ts";

/** A step that ran. */
export const stepDocument = (name: string, more: Partial<StepDocument> = {}): StepDocument => ({
  name,
  op: "constant",
  version: 1,
  reads: {},
  params: {},
  status: "ran",
  seconds: 2,
  notes: {},
  warnings: [],
  ...more,
});

/** A model of which that much was measured. */
export const model = (name: string, more: Partial<ModelRow> = {}): ModelRow => ({
  name,
  metrics: {},
  ...more,
});

/** The document of a run of which that much is known. */
export const runDocument = (more: Partial<RunDocument> = {}): RunDocument => ({
  format: 1,
  recipe: "numbers",
  ok: true,
  date: "2026-11-24T14:05:00.000Z",
  seconds: 3,
  environment: nowhere,
  steps: [],
  models: [],
  result: null,
  expect: [],
  problems: [],
  ...more,
});

/** A run to report. */
export const subject = (
  graph: Graph,
  { document = {}, ...more }:
    & Partial<Omit<Subject, "document">>
    & { readonly document?: Partial<RunDocument> } = {},
): Subject => ({
  graph,
  document: runDocument(document),
  table: { head: [], rows: [], notes: [] },
  outcomes: new Map(),
  files: {},
  lock: undefined,
  origin: { set: {} },
  differing: undefined,
  cards: new Map(),
  ...more,
});

/** The outcome of a step that noted that. */
export const outcome = (
  notes: Readonly<Record<string, Json>> = {},
  more: Partial<Outcome> = {},
): Outcome => ({
  artifact: { digest: "0".repeat(64) as Digest, kind: "model", bytes: 10, parts: {} },
  notes,
  warnings: [],
  provenance: { date: "2026-11-24T14:05:00.000Z", seconds: 1, host: "nowhere", threads: 1 },
  blobs: [],
  preimage: {},
  ...more,
});

/** A piece of a page, taken apart. */
export const shown = (content: Content): Element => parsed(htmlText(html`<main>${content}</main>`));

/** A section, taken apart; throws where there is none. */
export function shownSection(section: Section | undefined): Element {
  if (section === undefined) throw new Error("there is no section");
  return shown(section.body);
}

/** States of steps that ended; those that are not named did not. */
export const statesOf = (
  graph: Graph,
  ended: Readonly<Record<string, Partial<StepState>>>,
): StepStates =>
  new Map(
    graph.nodes.flatMap((node): [string, StepState][] => {
      const state = ended[node.step.name];
      return state === undefined ? [] : [[node.step.name, { node, status: "ran", ...state }]];
    }),
  );

/** A step that measured that. */
export const measured = (metrics: Partial<Metrics>): Partial<StepState> => {
  const artifact = { ...outcome().artifact, kind: "metrics" };
  const manifest = { metrics: {}, ...metrics } as unknown as Json;
  return { outcome: outcome({}, { artifact, manifest }) };
};

/** A claim as a recipe writes it. */
export function claimed(text: string, path = "expect.0"): PlacedClaim {
  const read = parseClaim(text, known);
  if (!("claim" in read)) throw new Error(`the test's claim is none: ${text}`);
  return { text, path, claim: read.claim };
}
