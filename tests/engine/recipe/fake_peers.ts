/** The fake ops, two that make a cohort of peers and take one out, and one that chooses between models. */
import type { Kind } from "../../../engine/kind.ts";
import {
  ByType,
  Choice,
  type CohortFacts,
  CurveField,
  defineOp,
  input,
  ListOf,
  type ModelFacts,
  OneOf,
  opSet,
  type TObject,
  Type,
} from "../../../engine/op.ts";
import { fakeOps } from "./fake_ops.ts";

const idle = (): never => {
  throw new Error("a fake does not run");
};
const distill = fakeOps.get("distill")!;
const { model, data } = distill.inputs as Record<"model" | "data", { kind: Kind }>;
const { loss, ...training } = (distill.params as TObject).properties;
const terms = loss!["x-list"].items["x-choice"].alternatives;
const cohort: Kind = { ...model.kind, name: "cohort" };
const weight = CurveField({ minimum: 0, description: "The factor of the term", default: 1 });

const mutual = defineOp({
  name: "mutual",
  version: 1,
  summary: "Trains models that learn from one another",
  inputs: {
    students: input(model.kind, "who learns", { many: true }),
    data: input(data.kind, "samples", { parts: ["train"] }),
  },
  output: cohort,
  stage: { after: "distill", takenBy: "pick" },
  learns: true,
  params: Type.Object({
    ...training,
    updates: OneOf(["alternate", "simultaneous"], {
      description: "When the others' answers are looked at",
      default: "alternate",
    }),
    loss: Type.Optional(ListOf(
      Choice({ ...terms, peers: Type.Object({ weight }) }, { description: "A term" }),
      { description: "What is minimised", default: ["labels", "peers"] },
    )),
  }),
  example: { epochs: 1 },
  random: true,
  facts: ({ students }): CohortFacts => ({
    kind: "cohort",
    peers: (students as readonly ModelFacts[]).map((peer) => ({ ...peer, learned: true })),
  }),
  run: idle,
});

const pick = defineOp({
  name: "pick",
  version: 1,
  summary: "Takes one model out of a cohort",
  inputs: {
    cohort: input(cohort, "where it is taken from"),
    data: input(data.kind, "samples on which the best is found", {
      parts: ({ peer }: { peer: unknown }) => peer === "best" ? ["validation"] : [],
    }),
  },
  output: model.kind,
  makes: "distilled",
  changes: "cohort",
  params: Type.Object({
    peer: ByType({
      number: Type.Integer({ minimum: 1, maximum: 100, description: "Its number" }),
      string: OneOf(["best"], { description: "The best on validation" }),
    }, { description: "Which", default: "best" }),
  }),
  example: { peer: 1 },
  facts: ({ cohort }, { peer }): ModelFacts =>
    (cohort as CohortFacts).peers[peer === "best" ? 0 : Number(peer) - 1]!,
  run: idle,
});

const choose = defineOp({
  name: "choose",
  version: 1,
  summary: "Chooses the model whose accuracy is nearest a point between two others",
  inputs: {
    candidates: input(model.kind, "what is chosen from", { many: true }),
    between: input(model.kind, "the low and the high end", { many: true }),
    models: input(model.kind, "what is given in their place", { many: true, optional: true }),
    data: input(data.kind, "samples on which they are measured", { parts: ["validation"] }),
  },
  output: model.kind,
  params: Type.Object({
    at: Type.Number({ minimum: 0, maximum: 1, default: 0.5, description: "The point" }),
  }),
  example: {},
  facts: ({ candidates }) => (candidates as readonly ModelFacts[])[0]!,
  run: idle,
});

/** Those ops. */
export const moreOps = opSet([...fakeOps.values(), mutual, pick, choose]);
