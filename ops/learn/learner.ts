/** A model while it learns: everything of it that moves, in the room, and its passes in training and inference. */
import { isBatchNorm } from "../model/kinds/norm.ts";
import { given } from "../../engine/given.ts";
import type { RunContext } from "../../engine/op.ts";
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import { type Dataset, part } from "../data/dataset.ts";
import { forward, type ForwardResult } from "../model/forward.ts";
import type { Model } from "../model/model.ts";
import { type Averages, copiedArrays, openAverages, openFollowed } from "./averages.ts";
import { inputReader, type SampleBatch, targetReader } from "./batches.ts";
import type {
  ActiveConstraint,
  Arrays,
  ConstrainedPass,
  ConstrainedWeights,
  Constraint,
} from "./constraint.ts";
import { type Draws, openDraws } from "./pass/draws.ts";
import { divided, type Front, openFront } from "./pass/front.ts";
import { type Adapted, selectedLayers, withAdapters } from "./loss/adapters.ts";
import { assertPenalises } from "./loss/assert_terms.ts";
import { type OpenAuxiliary, openFrozen } from "./loss/auxiliary.ts";
import { openDiscriminator } from "./loss/discriminator.ts";
import { latentPlaces } from "./loss/loss.ts";
import type { LossInputs } from "./loss/loss_inputs.ts";
import type { Moment } from "./optimizer.ts";
import { statisticsOver, statisticsPass } from "./recalibrate.ts";
import { prefixed, under } from "./state.ts";
import { discriminatorOf, type LossTerm, reads } from "./terms/terms.ts";
import { classCounts } from "./terms/parts/class_weights.ts";
import type { ClassCounts } from "./terms/term.ts";
import type { Training } from "./training_fields.ts";
import { validationScore } from "./validate.ts";
import {
  captureVariables,
  closeVariables,
  constrainedWeights,
  masksOf,
  openVariables,
  type Variables,
  weightsOf,
} from "./variables.ts";

/** What is trained, on what, how, and what its loss reads. */
export interface TrainingJob
  extends Pick<LossInputs, "teachers">, Partial<Pick<LossInputs, "auxiliaries" | "reals">> {
  readonly model: Model;
  readonly data: Dataset;
  readonly training: Training;
  /** What holds while it trains. */
  readonly constraint?: Constraint;
  /** The field of a stage that its training is; absent where the step is the training. */
  readonly field?: string;
}

/** A model that learns. Its arrays move; the object itself does not. */
export interface Learner {
  readonly room: Room;
  readonly job: TrainingJob;
  /** The model with its adapters, and what each term compares in it. */
  readonly adapted: Adapted;
  /** The layers whose values terms read. */
  readonly taps: readonly string[];
  readonly variables: Variables;
  /** The place of each weight among those that move. */
  readonly places: ReadonlyMap<string, number>;
  /** Layers that run as in inference while the others learn. */
  readonly standing: ReadonlySet<string>;
  /** BatchNorm's moving averages, and how far they have followed. */
  readonly averages: Averages;
  readonly followed: Averages;
  readonly constraint: ActiveConstraint | undefined;
  /** What stands in front of all that learns, where nothing looks into it. */
  readonly front: Front | undefined;
  /** The weights as the constraint sees them. */
  readonly constrained: ConstrainedWeights;
  /** One per term. */
  readonly auxiliaries: readonly (OpenAuxiliary | undefined)[];
  readonly draws: Draws;
  readonly inputs: (batch: SampleBatch) => readonly Tensor[];
  readonly targets: (batch: SampleBatch) => Tensor | null;
  readonly classes: ClassCounts | undefined;
}

/**
 * Opens a model for learning, with the arrays of an earlier `capture` where a training goes on. The caller closes it,
 * outside of any `tidy`.
 */
export function openLearner(room: Room, job: TrainingJob, arrays?: Arrays): Learner {
  const { model, data, training, teachers } = job;
  const { loss: terms, optimizer, seed = 0 } = training;
  const samples = part(data, "train");
  const adapted = withAdapters(model, terms, teachers, seed);
  for (const [i, term] of terms.entries()) assertPenalises(term, `loss.${i}`, model);
  assertLabels(job);
  const variables = openVariables(room, adapted.model, {
    optimizer,
    arrays,
    freeze: selectedLayers(model, training.freeze),
    parameters: job.constraint?.parameters,
  });
  const standing = standingIn(model, variables, training);
  const averages = openAverages(model, standing, arrays);
  const taps = tapsOf(job, adapted);
  return {
    room,
    job,
    adapted,
    taps,
    variables,
    places: new Map(variables.moving.map(({ name }, place) => [name, place])),
    standing,
    averages,
    followed: openFollowed(model, averages, arrays),
    constraint: job.constraint?.open(room, arrays),
    front: taps.length > 0 || job.constraint ? undefined : frontOf(room, job, variables),
    constrained: constrainedWeights(room, variables),
    auxiliaries: terms.map((term, i) => openAuxiliary(room, job, { term, i, arrays })),
    draws: openDraws(room, seed),
    inputs: inputReader(room, data.meta, samples, model),
    targets: targetReader(room, data.meta, samples),
    classes: classCounts(data),
  };
}

/** The frozen layers, and every BatchNorm where it normalises by its averages. */
function standingIn(
  { layers }: Model,
  { frozen }: Variables,
  { batchnorm }: Training,
): ReadonlySet<string> {
  if (batchnorm !== "averages") return frozen;
  return frozen.union(new Set(layers.filter(isBatchNorm).map(({ name }) => name)));
}

function frontOf(
  room: Room,
  { model, data, training: { epochs } }: TrainingJob,
  { frozen, still }: Variables,
): Front | undefined {
  const both = frozen.size === 0 ? undefined : divided(model, frozen);
  const { count } = part(data, "train");
  return both && openFront(room, both, { weights: still, count, epochs });
}

/** Frees what `openLearner` made. */
export function closeLearner({ variables, auxiliaries }: Learner): void {
  closeVariables(variables);
  for (const each of auxiliaries) each?.close();
}

/** Copies of every array that moves; `weights` leaves the optimizer's slots, masks and discriminators out. */
export function capture(learner: Learner, what: "weights" | "all"): Record<string, Float32Array> {
  const { room, variables, averages, followed, constraint, auxiliaries } = learner;
  const arrays: Record<string, Float32Array> = {
    ...captureVariables(room, variables, what),
    ...copiedArrays({ ...averages, ...followed }),
    ...constraint?.capture?.(),
  };
  if (what === "weights") return arrays;
  const beside = auxiliaries.map((each, i) => each && prefixed(auxiliaryPrefix(i), each.capture()));
  return Object.assign(arrays, ...beside);
}

/** The masks that hold weights at zero. */
export function learnedMasks({ room, variables }: Learner): Record<string, Uint8Array> {
  return masksOf(room, variables);
}

/** Lets the constraint act between two updates: at the start, and after each. */
export function actBetween({ constraint, constrained }: Learner, moment: Moment): void {
  constraint?.between?.(moment, constrained);
}

/** The share of weights that the constraint holds at zero, where it prunes. */
export function sparsityOf({ constraint, constrained }: Learner): number | undefined {
  return constraint?.sparsity?.(constrained);
}

/**
 * A pass; without a moment in inference. Where the values of the front are known it is taken from there. For the
 * caller's `tidy`.
 */
export function pass(
  learner: Learner,
  x: readonly Tensor[],
  moment: Moment | undefined,
  front?: readonly Tensor[],
): ForwardResult {
  const { room, job, adapted, standing, draws } = learner;
  const { weights, transform, frozen } = underConstraint(learner, moment);
  const options = {
    training: moment !== undefined,
    taps: moment === undefined ? [] : learner.taps,
    frozen: frozen === undefined ? standing : standing.union(frozen),
    dropout: (layer: string, shape: readonly number[], rate: number) =>
      draws.dropout(layer, shape, rate, moment!.update),
    noise: (layer: string, shape: readonly number[]) => draws.noise(layer, shape, moment!.update),
    ...given({ transform }),
  };
  if (front !== undefined) {
    return forward(room, { ...learner.front!.back, weights }, [...x, ...front], options);
  }
  return forward(
    room,
    { ...(moment === undefined ? job.model : adapted.model), weights },
    x,
    options,
  );
}

/** The weights as they are and what the constraint makes of them. For the caller's `tidy`. */
function underConstraint(
  { room, variables, averages, constraint }: Learner,
  moment: Moment | undefined,
): ConstrainedPass {
  const moved = Object.entries(averages).map(([name, array]) =>
    [name, room.tensor(array, [array.length])] as const
  );
  const weights = { ...weightsOf(variables), ...Object.fromEntries(moved) };
  return constraint?.pass?.({ weights, moment }) ?? { weights };
}

/** The task's metric on the validation part, with the weights as they are. */
export function scoreLearner(learner: Learner, signal: AbortSignal): Promise<number> {
  const { room, job: { model, data } } = learner;
  const run = (x: readonly Tensor[]) => pass(learner, x, undefined).outputs[0]!;
  return validationScore(room, model, { data, run, signal });
}

/** Takes the averages of these batchnorms anew over the training samples, with the weights as they are. */
export async function recalibrateLearner(
  learner: Learner,
  norms: readonly string[],
  context: Pick<RunContext, "signal" | "progress">,
): Promise<void> {
  const { room, job: { model, data }, averages } = learner;
  const frozen = new Set(
    model.layers.filter(isBatchNorm).filter(({ name }) => !norms.includes(name))
      .map(({ name }) => name),
  );
  const found = await statisticsOver(room, model, {
    data,
    samples: part(data, "train").count,
    context,
    pass(x) {
      const { weights, transform } = underConstraint(learner, undefined);
      const options = { ...statisticsPass(room), frozen, ...given({ transform }) };
      return forward(room, { ...model, weights }, x, options);
    },
  });
  for (const [name, values] of Object.entries(found)) averages[name]!.set(values);
}

const auxiliaryPrefix = (term: number): string => `critic.${term}:`;

function openAuxiliary(
  room: Room,
  { data, training, auxiliaries = [], reals = [] }: TrainingJob,
  { term, i, arrays = {} }: {
    readonly term: LossTerm;
    readonly i: number;
    readonly arrays: Arrays | undefined;
  },
): OpenAuxiliary | undefined {
  if (!reads(term, "auxiliary")) return undefined;
  const model = auxiliaries[i];
  if (model === undefined) throw new Error(`internal: "${term.use}" has no model`);
  if (model.quantization !== null) {
    throw new RangeError(
      `Cannot ask this model for \`${term.use}\`: it computes in integers, and no gradient flows through them`,
    );
  }
  const loss = discriminatorOf(term)?.loss;
  if (loss === undefined) return openFrozen(room, model, data);
  const { optimizer, seed = 0 } = training;
  const own = under(auxiliaryPrefix(i), arrays);
  const learning = { loss, data, optimizer, seed, arrays: own };
  return openDiscriminator(room, model, { ...learning, ...given({ real: reals[i] }) });
}

function assertLabels({ data, training: { loss } }: TrainingJob): void {
  const { y } = part(data, "train");
  if (y !== null || data.meta.task === "reconstruction") return;
  if (!loss.some((term) => reads(term, "labels"))) return;
  throw new RangeError(
    "Cannot learn from labels: the training samples have none; a teacher alone is learned from by distill, with " +
      "loss: [soft-targets]",
  );
}

/** The layers whose values terms read: those that they compare, and what sampling layers read. */
function tapsOf({ model, training: { loss } }: TrainingJob, { places }: Adapted): string[] {
  const compared = places.flatMap((pairs) => pairs?.flatMap(({ student }) => student) ?? []);
  const sampled = loss.some((term) => reads(term, "sample")) ? latentPlaces(model).flat() : [];
  return [...new Set([...compared, ...sampled])];
}
