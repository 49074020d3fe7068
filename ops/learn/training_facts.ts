/** What must be true of a training before it runs, and what is then known of its model. */
import { isBatchNorm } from "../model/kinds/norm.ts";
import { given } from "../../engine/given.ts";
import { type DatasetFacts, type ModelFacts, ParameterError } from "../../engine/op.ts";
import { architectureOf, shapesOf, sizeOf } from "../model/layers.ts";
import type { Architecture } from "../model/model.ts";
import { assertTerm } from "./loss/assert_terms.ts";
import { assertVaries } from "./augment/assert_varies.ts";
import { assertSampling } from "./sampling.ts";
import { type LossTerm, namesTeacher, reads, readsTeacher } from "./terms/terms.ts";
import { readsValidation, type Training, type TrainingInputs } from "./training_fields.ts";

/**
 * Facts of the trained model. Throws a ParameterError where model, data and terms cannot work together. Open shapes
 * pass: the step looks again when it runs.
 */
export function trainingFacts(inputs: TrainingInputs, training: Training): ModelFacts {
  const model = inputs.model as ModelFacts;
  const data = inputs.data as DatasetFacts;
  assertTrainable(model);
  assertFits(model, data);
  const architecture = architectureOf(model);
  for (const [i, term] of training.loss.entries()) assertTerm(term, `loss.${i}`, inputs);
  assertVaries(training, model, data);
  assertSampling(training, data);
  if (architecture !== undefined) assertNormalised(training, architecture);
  const latent = data.task === "generation";
  const unlabelled = data.labels === "none" && data.task !== "reconstruction";
  if ((latent || unlabelled) && readsValidation(training)) {
    throw new ParameterError(
      "unknown-value",
      training.checkpoint === "best" ? "checkpoint" : "patience",
      latent
        ? "validation samples are latent numbers, and nothing says which of their images are good"
        : "nobody has labelled the validation samples, and nothing says which answers are good",
      "checkpoint: last",
    );
  }
  return { ...model, learned: true };
}

/** Throws where a term reads a teacher whose outputs are not those that the data ask for. */
export function assertTeacherOutputs(
  inputs: TrainingInputs,
  loss: readonly LossTerm[],
  data: DatasetFacts,
): void {
  for (const [i, term] of loss.entries()) {
    if (!reads(term, "teacher")) continue;
    const path = namesTeacher(term) ? `loss.${i}.teacher` : "teacher";
    const teacher = inputs[path] as ModelFacts | undefined;
    const misfit = teacher && answerMisfit(teacher, data, "the teacher");
    if (misfit !== undefined) throw misfitError(misfit, path);
  }
}

/** Throws where BatchNorm is to be treated in some way, and there is none, or in two ways that exclude one another. */
function assertNormalised(
  { recalibrate, batchnorm }: Training,
  { layers, family }: Architecture,
): void {
  const asked = [
    ...recalibrate === "always" ? [["recalibrate", "always"] as const] : [],
    ...batchnorm === "averages" ? [["batchnorm", "averages"] as const] : [],
  ];
  const [[field, value] = []] = asked;
  if (field !== undefined && !layers.some(isBatchNorm)) {
    throw new ParameterError(
      "selector-empty",
      field,
      `\`${field}: ${value}\` needs a batchnorm layer, and this model (${family}) has none`,
      `leave ${field} out`,
    );
  }
  if (asked.length < 2) return;
  throw new ParameterError(
    "unknown-value",
    "recalibrate",
    "`batchnorm: averages` leaves the averages as they are, and `recalibrate: always` takes them anew",
    "leave one of them out",
  );
}

/** Throws where a loss reads a teacher: `train` has none. */
export function assertNoTeacher(loss: readonly LossTerm[]): void {
  const place = loss.findIndex(readsTeacher);
  if (place < 0) return;
  throw new ParameterError(
    "unknown-value",
    `loss.${place}`,
    `\`train\` has no teacher, and \`${loss[place]!.use}\` reads one`,
    "op: distill",
  );
}

/** Throws where a loss reads other models of a cohort, and one learns alone. */
export function assertNoPeers(loss: readonly LossTerm[]): void {
  const place = loss.findIndex((term) => reads(term, "peers"));
  if (place < 0) return;
  throw new ParameterError(
    "unknown-value",
    `loss.${place}`,
    `\`${loss[place]!.use}\` needs other models that learn beside this one, and it learns alone`,
    "mutual, with a list of students",
  );
}

function assertTrainable({ established }: ModelFacts): void {
  if (!established.includes("format")) return;
  throw new ParameterError(
    "order",
    "model",
    "a quantized model cannot be trained: it would lose its number format",
    "train before quantize, or give quantize a finetune",
  );
}

function assertFits(model: ModelFacts, data: DatasetFacts): void {
  const architecture = architectureOf(model);
  if (architecture === undefined) return;
  const { inputs: [input, ...conditions], outputs: [, ...outputs] } = architecture;
  if (outputs.length > 0) {
    throw new ParameterError(
      "shape-mismatch",
      "model",
      `the model has ${outputs.length + 1} outputs, and a training knows one`,
    );
  }
  if (data.input !== undefined && data.input.join() !== input!.shape.join()) {
    throw new ParameterError(
      "shape-mismatch",
      "data",
      `the model reads ${show(input!.shape)}, a sample of the data is ${show(data.input)}`,
      fitting(data.input, input!.shape),
    );
  }
  const told = conditions.find(({ shape }) =>
    data.outputs !== undefined && (shape.length > 1 || shape[0] !== data.outputs)
  );
  if (told !== undefined) {
    throw new ParameterError(
      "shape-mismatch",
      "data",
      `the model is told ${
        show(told.shape)
      } classes at \`${told.name}\`, the data have ${data.outputs}`,
    );
  }
  const misfit = answerMisfit(model, data);
  if (misfit !== undefined) throw misfitError(misfit);
}

/** The fields of data that make its pictures those that a model reads; undefined where it is no matter of pictures. */
function fitting(from: readonly number[], to: readonly number[]): string | undefined {
  if (from.length !== 3 || to.length !== 3) return undefined;
  const [height, width, channels] = to;
  const size = from[0] === height && from[1] === width ? [] : [`resize: [${height}, ${width}]`];
  const color = from[2] === channels
    ? []
    : channels === 1
    ? ["color: gray"]
    : channels === 3
    ? ["color: rgb"]
    : undefined;
  return color && `data: { …, ${[...size, ...color].join(", ")} }`;
}

/** The error that a misfit is, at `path` if that is given. */
export function misfitError({ code, path, message, help }: Misfit, where = path as string) {
  return new ParameterError(code, where, message, help);
}

/** Why a model cannot answer what data ask for. */
export interface Misfit {
  readonly code: "shape-mismatch";
  readonly path: "data" | "model";
  readonly message: string;
  readonly help?: string;
}

/** Why a model, or `who` it is, cannot answer what data ask; undefined where it can, or a shape is open. */
export function answerMisfit(
  model: ModelFacts,
  data: DatasetFacts,
  who = "the model",
): Misfit | undefined {
  const architecture = architectureOf(model);
  if (architecture === undefined) return undefined;
  if (data.task === undefined || data.task === "generation") return undefined;
  const misfit = (path: Misfit["path"], message: string, help?: string): Misfit => ({
    code: "shape-mismatch",
    path,
    message,
    ...given({ help }),
  });
  const [input] = architecture.inputs;
  const made = shapesOf(architecture)[architecture.outputs[0]!]!;
  if (data.task === "reconstruction") {
    if (data.input === undefined || sizeOf(made) === sizeOf(data.input)) return undefined;
    return misfit(
      "data",
      `the answer is the sample itself, ${show(data.input)}, and ${who} gives ${show(made)}`,
      `outputs: ${sizeOf(data.input)}, or a family that gives images (cvae)`,
    );
  }
  if (data.task === "multi-label" && architecture.head === "softmax") {
    return misfit(
      "model",
      `a sample may have several labels, and ${who} ends in a softmax, which is of one class`,
      takesHead(model) ? "head: {}, a new classifier" : "probabilities: sigmoid",
    );
  }
  const places = data.task === "next-token" ? input!.shape.slice(0, 1) : [];
  if (made.length !== places.length + 1 || places[0] !== made.at(-2)) {
    return misfit(
      "model",
      `the task is ${data.task}, ${
        places.length === 0 ? "one answer per sample" : `an answer at each of ${places[0]} places`
      }, and ${who} gives ${show(made)}`,
      ...model.family === "char-lstm" ? [`answer: ${places.length === 0 ? "last" : "each"}`] : [],
    );
  }
  const width = made.at(-1);
  if (data.outputs === undefined || width === data.outputs) return undefined;
  return data.task === "classification" || data.task === "multi-label"
    ? misfit(
      "data",
      `${who} has ${width} outputs, the data ${data.outputs} ${
        data.task === "multi-label" ? "labels" : "classes"
      }`,
      `classes: the ${width} names in the order of the outputs, as a list or a file; or ${
        takesHead(model) ? "head: {}, a new classifier" : "a model"
      } for ${data.outputs}`,
    )
    : misfit("data", `${who} has ${width} outputs, the data ${data.outputs} targets`);
}

/** Whether a model is one from files: an encoder among them is of the family that its config.json names. */
function takesHead({ family, learned }: ModelFacts): boolean {
  return family === "loaded" || family === "bert" && learned;
}

function show(shape: readonly number[]): string {
  return shape.join("×");
}
