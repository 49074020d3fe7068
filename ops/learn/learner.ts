/** One update: forward, terms, gradients, weights. Everything that touches tensors between two batch boundaries. */
import type { RunContext } from "../../engine/op.ts";
import type { Room, Scalar, Tensor } from "../../engine/tensor/mod.ts";
import { type Dataset, part } from "../data/dataset.ts";
import { forward, type ForwardResult } from "../model/forward.ts";
import { type Model, weightName } from "../model/model.ts";
import {
  type BatchStatistics,
  countFollowed,
  followStatistics,
  openAverages,
  openFollowed,
  readStatistics,
} from "./averages.ts";
import { type Batch, inputReader, targetReader } from "./batches.ts";
import { assertHolds } from "./loss/assert_holds.ts";
import { openDraws } from "./draws.ts";
import type { Arrays, Constraint, PassUnder } from "./constraint.ts";
import { layersMeant, withAdapters } from "./loss/adapters.ts";
import type { Said, Teacher } from "./loss/listen.ts";
import {
  clipped,
  gradientNorm,
  type Heard,
  latentPlaces,
  termValues,
  termWeights,
  weightedSum,
} from "./loss/loss.ts";
import type { Moment } from "./optimizer.ts";
import { openJudge } from "./loss/judges.ts";
import { settled, statisticsOver } from "./recalibrate.ts";
import { named, under } from "./state.ts";
import { headOutput } from "./terms/parts/head_output.ts";
import { reads } from "./terms/terms.ts";
import type { Training } from "./training_fields.ts";
import { validationScore } from "./validate.ts";
import {
  captureVariables,
  closeVariables,
  heldIn,
  masksOf,
  openVariables,
  updateVariables,
  weightsOf,
} from "./variables.ts";

/** What is trained, on what, how, and whom each term listens to (undefined: no teacher). */
export interface Lesson {
  readonly model: Model;
  readonly data: Dataset;
  readonly training: Training;
  readonly teachers: readonly (Teacher | undefined)[];
  /** The third model that each term asks; undefined for a term that asks none. Default: no term does. */
  readonly judges?: readonly (Model | undefined)[];
  /** The data that each term takes for real; undefined for a term whose teacher says it. Default: no term does. */
  readonly reals?: readonly (Dataset | undefined)[];
  /** What holds while it trains. */
  readonly constraint?: Constraint;
  /** The field of a stage that its training is; absent where the step is the training. */
  readonly field?: string;
}

/** What one update showed. Where the loss is not finite, no weight has moved. */
export interface Shown {
  /** The weighted sum. */
  readonly loss: number;
  /** Terms before their weights. */
  readonly values: readonly number[];
  /** Norm of each term's own gradient, before its weight; measured where asked for. */
  readonly norms?: readonly number[];
}

/** A model that learns. */
export interface Learner {
  /** One update; `peers` are logits of the other models of its cohort. */
  learn(batch: Batch, moment: Moment, measure: boolean, peers?: readonly Tensor[]): Shown;
  /** Its logits as `learn` would see them at this moment; for the caller's `tidy`. */
  says(batch: Batch, moment: Moment): Tensor;
  /** The task's metric on the validation part, with the weights as they are. */
  score(signal: AbortSignal): Promise<number>;
  /** Takes the averages of these batchnorms anew over the training samples, with the weights as they are. */
  recalibrate(
    norms: readonly string[],
    context: Pick<RunContext, "signal" | "progress">,
  ): Promise<void>;
  /** Lets the constraint act between two updates: at the start, and after each. */
  between(moment: Moment): void;
  /** The share of weights that the constraint holds at zero, where it prunes. */
  sparsity(): number | undefined;
  /** Whether models of this moment are what was asked for. */
  settled(): boolean;
  /** Copies of every array that moves; `weights` leaves the optimizer's slots and the masks out. */
  capture(what: "weights" | "all"): Record<string, Float32Array>;
  /** The masks that hold weights at zero. */
  masks(): Record<string, Uint8Array>;
  close(): void;
}

/** Opens a model for learning, with the arrays of an earlier `capture` where a training goes on. */
export function openLearner(
  room: Room,
  { model, data, training, teachers, judges: asked = [], reals = [], constraint }: Lesson,
  arrays?: Arrays,
): Learner {
  const { loss: terms, optimizer, seed = 0 } = training;
  const { task } = data.meta;
  const { model: learning, places: compared } = withAdapters(model, terms, teachers, seed);
  for (const [i, term] of terms.entries()) assertHolds(term, `loss.${i}`, model);
  const frozen = layersMeant(model, training.freeze);
  const parameters = constraint?.parameters;
  const variables = openVariables(room, learning, frozen, optimizer, arrays, parameters);
  const averages = openAverages(model, variables.frozen, arrays);
  const followed = openFollowed(model, averages, arrays);
  const held = constraint?.open(room, arrays);
  const places = new Map(variables.moving.map(({ name }, place) => [name, place]));
  const court = (i: number) => ({
    data,
    ...reals[i] && { real: reals[i] },
    optimizer,
    seed,
    arrays: under(criticName(i), arrays ?? {}),
  });
  const judges = terms.map((term, i) => openJudge(room, term, asked[i], court(i)));
  const samples = part(data, "train");
  const read = (source: "labels" | "sample") => terms.some((term) => reads(term, source));
  if (samples.y === null && task !== "reconstruction" && read("labels")) {
    throw new RangeError("Cannot learn from labels: the training samples have none");
  }
  const readInputs = inputReader(room, data.meta, samples, model);
  const readTargets = targetReader(room, data.meta, samples);
  const draws = openDraws(room, seed);
  const taps = [
    ...new Set([
      ...compared.flatMap((pairs) => pairs?.flatMap(({ student }) => student) ?? []),
      ...read("sample") ? latentPlaces(model).flat() : [],
    ]),
  ];
  const heldWeights = heldIn(room, variables);

  return {
    learn(batch, moment, measure, peers = []) {
      let shown!: Shown;
      room.tf.tidy(() => {
        shown = learn(batch, moment, measure, peers);
      });
      return shown;
    },
    says: (batch, moment) => run(readInputs(batch), moment).outputs[0]!,
    score: (signal) =>
      validationScore(room, model, data, (x) => run(x, undefined).outputs[0]!, signal),
    async recalibrate(norms, context) {
      const still = model.layers.filter(({ kind, name }) =>
        kind === "batchnorm" && !norms.includes(name)
      );
      const how = { ...settled(room), frozen: new Set(still.map(({ name }) => name)) };
      const pass = (x: readonly Tensor[]) => {
        const { weights, transform } = underConstraint(undefined);
        return forward(room, model, weights, x, { ...how, ...transform && { transform } });
      };
      const found = await statisticsOver(room, model, data, samples.count, context, pass);
      for (const [name, values] of Object.entries(found)) averages[name]!.set(values);
    },
    between: (moment) => held?.between?.(moment, heldWeights),
    sparsity: () => held?.sparsity?.(heldWeights),
    settled: () => held?.settled?.() ?? true,
    capture: (what) => ({
      ...captureVariables(room, variables, what),
      ...copied({ ...averages, ...followed }),
      ...held?.capture?.(),
      ...what === "all" && Object.assign(
        {},
        ...judges.map((judge, i) => judge && named(criticName(i), judge.capture())),
      ),
    }),
    masks: () => masksOf(room, variables),
    close() {
      closeVariables(variables);
      for (const judge of judges) judge?.close();
    },
  };

  /** The weights as they are and what the constraint makes of them. For the caller's `tidy`. */
  function underConstraint(moment: Moment | undefined): PassUnder {
    const moved = Object.entries(averages).map(([name, array]) =>
      [name, room.tensor(array, [array.length])] as const
    );
    const weights = { ...weightsOf(variables), ...Object.fromEntries(moved) };
    return held?.pass?.({ weights, moment }) ?? { weights };
  }

  /** A pass; without a moment in inference. For the caller's `tidy`. */
  function run(x: readonly Tensor[], moment: Moment | undefined): ForwardResult {
    const { weights, transform, frozen } = underConstraint(moment);
    return forward(room, moment === undefined ? model : learning, weights, x, {
      training: moment !== undefined,
      taps: moment === undefined ? [] : taps,
      frozen: frozen === undefined ? variables.frozen : variables.frozen.union(frozen),
      dropout: (layer, shape, rate) => draws.dropout(layer, shape, rate, moment!.update),
      noise: (layer, shape) => draws.noise(layer, shape, moment!.update),
      ...transform && { transform },
    });
  }

  function learn(
    batch: Batch,
    moment: Moment,
    measure: boolean,
    peers: readonly Tensor[],
  ): Shown {
    const x = readInputs(batch);
    const said = listened(batch);
    teachCritics(batch, x, said, moment);
    const heard = {
      ...{ task, targets: readTargets(batch), teachers: said, peers, sample: x[0]! },
      judges: judges.map((judge) => judge?.at(batch)),
    };
    const factors = termWeights(terms, moment);
    const norms = measure ? { norms: ownNorms(x, heard, moment) } : {};
    const { loss, values, gradients, statistics } = differentiate(
      x,
      heard,
      moment,
      (each) => weightedSum(room, each, factors),
    );
    if (!Number.isFinite(loss)) return { loss, values };
    held?.gradients?.((name) => gradients[places.get(name) ?? -1] ?? null, weightsOf(variables));
    const within = clipped(room, gradients, training.clip_norm);
    updateVariables(room, variables, within, optimizer, moment);
    const moved = followStatistics(model, averages, statistics, (layer) => {
      const place = places.get(weightName(layer, "gamma"));
      return place !== undefined && gradients[place] !== null;
    });
    countFollowed(followed, moved);
    return { loss, values, ...norms };
  }

  /** Critics learn first, from what is real (their term's teacher makes it, or data hold it) and what the model makes now. */
  function teachCritics(
    batch: Batch,
    x: readonly Tensor[],
    said: readonly (Said | undefined)[],
    moment: Moment,
  ): void {
    if (!judges.some((judge) => judge?.learn)) return;
    const made = run(x, moment).outputs[0]!;
    const seen = (logits: Tensor) => headOutput(room, model.head, logits);
    for (const [i, judge] of judges.entries()) {
      const taught = said[i];
      judge?.learn?.(batch, taught && seen(taught.logits), seen(made), moment);
    }
  }

  /** What each term's teacher says; one who teaches several is asked once. */
  function listened(batch: Batch): (Said | undefined)[] {
    const said = new Map<Teacher, Said>();
    for (const teacher of teachers) {
      if (teacher === undefined || said.has(teacher)) continue;
      const wanted = compared.flatMap((pairs, i) =>
        teachers[i] === teacher ? pairs?.flatMap((pair) => pair.teacher) ?? [] : []
      );
      said.set(teacher, teacher.says(batch, [...new Set(wanted)]));
    }
    return teachers.map((teacher) => teacher && said.get(teacher));
  }

  function differentiate(
    x: readonly Tensor[],
    heard: Heard,
    moment: Moment,
    combine: (values: readonly Scalar[]) => Scalar,
  ) {
    let values: number[] = [];
    let statistics: BatchStatistics = {};
    const { value, gradients } = room.valueAndGradients(() => {
      const seen = run(x, moment);
      statistics = readStatistics(room, seen.statistics);
      const own = { model, weights: weightsOf(variables) };
      const said = { logits: seen.outputs[0]!, taps: seen.taps, own };
      const scalars = termValues(room, terms, said, heard, compared, moment);
      values = scalars.map((scalar) => room.values(scalar)[0]!);
      return combine(scalars);
    }, variables.moving.map(({ tensor }) => tensor));
    return { loss: room.values(value)[0]!, values, gradients, statistics };
  }

  /** One pass per term: asked for once in an epoch. */
  function ownNorms(x: readonly Tensor[], heard: Heard, moment: Moment): number[] {
    return terms.map((_term, i) => {
      const { gradients } = differentiate(x, heard, moment, (values) => values[i]!);
      return gradientNorm(room, gradients);
    });
  }
}

const criticName = (term: number): string => `critic.${term}:`;

function copied(arrays: Readonly<Record<string, Float32Array>>): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.slice()]));
}
