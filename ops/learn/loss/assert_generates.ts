/** Terms about what a model makes, pictures as well as classes: task, outputs and third models must fit them. */
import { type DatasetFacts, type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { assertReal } from "./assert_real.ts";
import { architectureOf, shapesOf, show, sizeOf } from "../../model/layers.ts";
import type { Architecture } from "../../model/model.ts";
import { discriminatorOf, type LossTerm, reads, termOf } from "../terms/terms.ts";
import type { TrainingInputs } from "../training_facts.ts";

/** Throws a ParameterError where a term at `path` cannot be worked out; what is not known yet is not judged. */
export function assertGenerates(term: LossTerm, path: string, inputs: TrainingInputs): void {
  const data = inputs.data as DatasetFacts;
  const model = architectureOf(inputs.model as ModelFacts);
  assertTask(term, path, data);
  if (model !== undefined && reads(term, "sample")) assertSamples(term, path, model);
  if (termOf(term).compares !== "outputs") return;
  const named = "teacher" in term && term.teacher !== undefined;
  const teacher = inputs[named ? `${path}.teacher` : "teacher"] as ModelFacts | undefined;
  const taught = teacher && reads(term, "teacher") ? architectureOf(teacher) : undefined;
  if (model !== undefined) {
    const refusal = termOf(term).refuses?.(term, model);
    if (refusal !== undefined) {
      const { field, message, help } = refusal;
      throw new ParameterError("unknown-value", `${path}.${field}`, message, help);
    }
    if (taught !== undefined) assertAlike(term, path, model, taught);
  }
  if (discriminatorOf(term)?.real !== undefined) assertReal(term, path, inputs, model);
  if (reads(term, "auxiliary")) {
    assertJudge(term, `${path}.through`, inputs[`${path}.through`] as ModelFacts, data, model);
  }
}

function assertTask(term: LossTerm, path: string, { task }: DatasetFacts): void {
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
  if (layers.some(({ kind }) => kind === "sample")) return;
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

/** Throws where a third model cannot look at what this one makes. */
function assertJudge(
  term: LossTerm,
  path: string,
  judge: ModelFacts | undefined,
  data: DatasetFacts,
  model: Architecture | undefined,
): void {
  if (judge === undefined) return;
  const learns = discriminatorOf(term)?.loss !== undefined;
  if (!judge.learned && !learns) {
    throw new ParameterError(
      "untrained",
      path,
      `\`${term.use}\` asks a model that nothing has trained`,
      "train it, or load it",
    );
  }
  if (judge.established.includes("format")) {
    throw new ParameterError(
      "order",
      path,
      `\`${term.use}\` lets gradients through the model it asks, and a quantized one computes in integers`,
      "name the model that was quantized",
    );
  }
  const structure = architectureOf(judge);
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
