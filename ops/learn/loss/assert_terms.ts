/** What a term needs of task, outputs, auxiliary models and real data; what is not known yet passes. */
import { kindOf } from "../../model/kinds/mod.ts";
import { type DatasetFacts, type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { architectureOf, shapesOf, show, sizeOf } from "../../model/layers.ts";
import type { Architecture } from "../../model/model.ts";
import {
  discriminatorOf,
  type LossTerm,
  namesTeacher,
  penalisedBy,
  reads,
  termOf,
} from "../terms/terms.ts";
import type { TermRefusal } from "../terms/term.ts";
import type { TrainingInputs } from "../training_fields.ts";

/** Throws a ParameterError where a term at `path` cannot be worked out. */
export function assertTerm(term: LossTerm, path: string, inputs: TrainingInputs): void {
  const data = inputs.data as DatasetFacts;
  const model = architectureOf(inputs.model as ModelFacts);
  assertTask(term, path, data);
  assertAccepted(termOf(term).refusesData?.(term, data), path);
  if (model !== undefined) {
    if (reads(term, "sample")) assertSamples(term, path, model);
    assertPenalises(term, path, model);
    assertAccepted(termOf(term).refuses?.(term, model), path);
  }
  if (termOf(term).compares !== "outputs") return;
  const teacher = inputs[namesTeacher(term) ? `${path}.teacher` : "teacher"] as
    | ModelFacts
    | undefined;
  const theirs = teacher && reads(term, "teacher") ? architectureOf(teacher) : undefined;
  if (model !== undefined && theirs !== undefined) assertAlike(term, path, model, theirs);
  if (discriminatorOf(term)?.real !== undefined) assertReal(term, path, inputs, model);
  if (reads(term, "auxiliary")) assertAuxiliary(term, path, inputs, model);
}

function assertAccepted(refusal: TermRefusal | undefined, path: string): void {
  if (refusal === undefined) return;
  const { field, message, help } = refusal;
  throw new ParameterError("unknown-value", `${path}.${field}`, message, help);
}

function assertTask(term: LossTerm, path: string, { task, labels }: DatasetFacts): void {
  if (labels === "none" && task !== "reconstruction" && reads(term, "labels")) {
    throw new ParameterError(
      "missing-input",
      path,
      `\`${term.use}\` reads labels, and nobody has labelled the data (labels: none)`,
      "data with labels; or learn from a teacher alone: distill, with loss: [soft-targets]",
    );
  }
  const classes = task === undefined || task === "classification" || task === "next-token";
  const { compares } = termOf(term);
  if (
    compares === "classes" && !classes ||
    compares === "probabilities" && !classes && task !== "multi-label"
  ) {
    throw new ParameterError(
      "unknown-value",
      path,
      `\`${term.use}\` compares classes, and the task is ${task}`,
      reads(term, "peers") ? "distill, with a teacher" : `${path}: { use: logits }`,
    );
  }
  if (reads(term, "sample") && task !== undefined && task !== "reconstruction") {
    throw new ParameterError(
      "unknown-value",
      path,
      `\`${term.use}\` compares what is made with the sample itself, and the task is ${task}`,
      "data: { use: digits, task: reconstruction }",
    );
  }
  if (reads(term, "labels") && task === "generation") {
    throw new ParameterError(
      "unknown-value",
      path,
      `\`${term.use}\` has nothing to compare with: no label says what a latent vector should become`,
      "distil: loss: [output]",
    );
  }
}

function assertSamples({ use }: LossTerm, path: string, { layers, family, head }: Architecture) {
  if (head === "softmax") {
    throw new ParameterError(
      "shape-mismatch",
      path,
      `\`${use}\` takes each output for a value of its own, and this model (${family}) ends in a softmax`,
      "use: cvae",
    );
  }
  if (layers.some((layer) => kindOf(layer).samples)) return;
  throw new ParameterError(
    "shape-mismatch",
    path,
    `\`${use}\` needs latent numbers that are drawn, and this model (${family}) draws none`,
    "use: cvae",
  );
}

function assertAlike(
  { use }: LossTerm,
  path: string,
  model: Architecture,
  teacher: Architecture,
): void {
  const [ours, theirs] = [model, teacher].map((each) => shapesOf(each)[each.outputs[0]!]!);
  if (sizeOf(ours!) === sizeOf(theirs!) && model.head === teacher.head) return;
  const made = (shape: typeof ours, { head }: Architecture) =>
    `${show(shape!)}${head === "none" ? "" : ` behind a ${head}`}`;
  throw new ParameterError(
    "shape-mismatch",
    path,
    `\`${use}\` compares outputs: the student makes ${made(ours, model)}, the teacher ${
      made(theirs, teacher)
    }`,
  );
}

/** Throws where a term's auxiliary model cannot read what this one gives. */
function assertAuxiliary(
  term: LossTerm,
  at: string,
  inputs: TrainingInputs,
  model: Architecture | undefined,
): void {
  const path = `${at}.through`;
  const data = inputs.data as DatasetFacts;
  const auxiliary = inputs[path] as ModelFacts | undefined;
  if (auxiliary === undefined) return;
  const learns = discriminatorOf(term)?.loss !== undefined;
  if (!auxiliary.learned && !learns) {
    throw new ParameterError(
      "untrained",
      path,
      `\`${term.use}\` asks a model that nothing has trained`,
      "train it, or load it",
    );
  }
  if (auxiliary.established.includes("format")) {
    throw new ParameterError(
      "order",
      path,
      `\`${term.use}\` lets gradients through the model it asks, and a quantized one computes in integers`,
      "name the model that was quantized",
    );
  }
  const structure = architectureOf(auxiliary);
  if (structure === undefined || model === undefined) return;
  const { inputs: [seen, ...conditions] } = structure;
  const made = shapesOf(model)[model.outputs[0]!]!;
  if (sizeOf(seen!.shape) !== sizeOf(made)) {
    throw new ParameterError(
      "shape-mismatch",
      path,
      `the model that is asked reads ${show(seen!.shape)}, an output is ${show(made)}`,
    );
  }
  const odd = conditions.find(({ shape }) =>
    data.outputs !== undefined && shape[0] !== data.outputs
  );
  if (odd === undefined) return;
  throw new ParameterError(
    "shape-mismatch",
    path,
    `the model that is asked is told ${show(odd.shape)} classes, the data have ${data.outputs}`,
  );
}

/** Throws where nobody learns from real data, or they cannot be told from what `model` gives. */
function assertReal(
  term: LossTerm,
  path: string,
  inputs: TrainingInputs,
  model: Architecture | undefined,
): void {
  if (namesTeacher(term)) {
    throw new ParameterError(
      "unknown-value",
      `${path}.teacher`,
      "what is real comes from a teacher or from data, not from both",
      "leave teacher or real out, or write the term twice",
    );
  }
  if (discriminatorOf(term)!.loss === undefined) {
    throw new ParameterError(
      "unknown-value",
      `${path}.critic`,
      "a critic that stays as it is looks at no real samples, and `real` names some",
      "critic: trained, or leave real out",
    );
  }
  const real = inputs[`${path}.real`] as DatasetFacts | undefined;
  if (real === undefined) return;
  if (real.text !== undefined) {
    throw new ParameterError(
      "shape-mismatch",
      `${path}.real`,
      "real samples are compared with what is made, and these are texts",
    );
  }
  const made = model && shapesOf(model)[model.outputs[0]!]!;
  if (made !== undefined && real.input !== undefined && made.join() !== real.input.join()) {
    throw new ParameterError(
      "shape-mismatch",
      `${path}.real`,
      `the model makes ${show(made)}, a sample of the data is ${show(real.input)}`,
    );
  }
  const auxiliary = inputs[`${path}.through`] as ModelFacts | undefined;
  const [, ...conditions] = (auxiliary && architectureOf(auxiliary))?.inputs ?? [];
  const [told] = conditions;
  if (told === undefined) return;
  const classes = real.task === "regression" ? 0 : real.outputs;
  if (classes === undefined || told.shape[0] === classes) return;
  throw new ParameterError(
    "shape-mismatch",
    `${path}.real`,
    `the model that is asked is told ${show(told.shape)} classes, the real samples have ${
      classes === 0 ? "none" : classes
    }`,
  );
}

/** Throws a ParameterError where a term finds no weights to penalise; `path` is the term's. */
export function assertPenalises(term: LossTerm, path: string, model: Architecture): void {
  const penalised = penalisedBy(term, model);
  if (penalised === undefined || penalised.layers.length > 0) return;
  const chosen = "layers" in term && term.layers !== undefined;
  throw new ParameterError(
    "selector-empty",
    chosen ? `${path}.layers` : path,
    `\`${term.use}\` needs ${penalised.needs}, and ${
      chosen ? "these selectors name none" : `this model (${model.family}) has none`
    }`,
    chosen ? "leave layers out: it holds all that it can" : "leave the term out",
  );
}
