/**
 * What a search for a smaller model tries: integers as they are, channels cut by more and more, a small network that
 * learns from the model, and shared weights where the format stores them as such. The first trials tell most, because
 * time may end the search.
 */
import type { DraftFields, Found, ShrinkWishes } from "../../engine/recipe/words/drafts.ts";
import { DecantError } from "../../engine/error.ts";
import { given } from "../../engine/given.ts";
import type { Json } from "../../engine/digest.ts";
import { TEACHER_LOSS } from "../learn/terms/terms.ts";
import { channelMap } from "../model/channels.ts";
import { modelFacts } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import { asksNumbers } from "./draft_data.ts";
import { smallStudent } from "./small_student.ts";

/** Shares of all channels that are removed, in the order of trials: what loses least first. */
const CUTS = [0.03125, 0.0625, 0.125, 0.25, 0.5, 0.1875, 0.375, 0.75];

/** Values that the weights of a layer share. */
const CLUSTERS = [32, 16] as const;

/** Weights of fewer bits, which need no training to be tried. */
const FEWER = ["int6", "int5", "int4"];

/** Formats that store fewer bits than eight as such, and shared weights as codes. */
const CODED: readonly string[] = ["packed"];

/**
 * Formats in which a scale for each channel takes a layer of its own (tfjs) or 24 bytes (TensorFlow Lite: with its zero
 * point, twice): one for all is smaller, and tried too.
 */
const SCALED: readonly string[] = ["tfjs", "tflite"];

/** Formats whose runtimes round integers by rules of their own. */
const RULES: Readonly<Record<string, string>> = { tflite: "tflite" };

/** Multiplications of training in a second: what two cores do, for whom the times of a search are meant. */
const EFFORT = 2e10;

/** What a sample costs besides, as multiplications. */
const SAMPLE = 1e6;

/** One step of training takes a forward pass and two backward ones. */
const PASSES = 3;

/** Training samples for each one that is validated on, where a tenth is. */
const TRAINING = 8;

/** Epochs of a training, whatever the time. */
const [FEWEST, MOST] = [2, 20];

/** Share of the time that one training may take. */
const TRIALS = 12;

/** Where fewer samples than that would choose between trials, it is a larger share of them all. */
const CERTAIN = 1000;
const VALIDATION = 0.25;

/** What may be lost where nothing is said. */
const ACCURACY = { amount: 1, unit: "points" } as const;
const ERROR = { amount: 5, unit: "percent" } as const;

type RecipeSteps = readonly Json[];

/** The search. A trial must lose no more than half of what the result may: it is measured on few samples. */
export function shrinkDraft(found: Found, { target, within, minutes }: ShrinkWishes): DraftFields {
  const model = found.model as Model;
  if (found.guesses) {
    throw new DecantError(
      "at-chance",
      "the model answers no better than by guessing, so nothing can be told of a smaller one",
      "decant new --model writes a recipe in which its data can be told otherwise",
    );
  }
  const ways = waysOf(found, target, minutes);
  const claim = (share: number) => qualityClaim(model, within, share);
  return {
    data: dataOf(found),
    model: { from: found.from },
    variables: { way: [...ways[0]!] },
    steps: "$way",
    export: target,
    search: {
      over: { way: ways.map((way) => [...way]) },
      minimize: "result.bytes",
      where: claim(0.5),
      budget: { trials: ways.length, time: `${minutes} min` },
      strategy: "grid",
    },
    expect: claim(1),
  };
}

/** A trial that is measured on few samples is chosen by luck. */
function dataOf({ data, metrics: { samples = 0 } }: Found): DraftFields {
  return samples < CERTAIN ? { ...data, split: { validation: VALIDATION } } : data;
}

/**
 * That the result answers as well as the model, but for this share of what may be lost. Throws a `usage` error where
 * that is said in points of an error or in percent of an accuracy.
 */
function qualityClaim(model: Model, within: ShrinkWishes["within"], share: number): string {
  const [usual, way] = asksNumbers(model) ? [ERROR, "5%"] : [ACCURACY, "1pt"];
  const { amount, unit } = within ?? usual;
  if (unit !== usual.unit) {
    const lost = usual === ERROR ? "an error in percent of it" : "an accuracy in points";
    throw new DecantError("usage", `what may be lost is said of ${lost}`, `--within ${way}`);
  }
  if (usual === ERROR) return `result.mae <= model.mae * ${1 + amount * share / 100}`;
  const points = amount * share;
  return `result.accuracy >= model.accuracy - ${points} ${points === 1 ? "point" : "points"}`;
}

/** Steps behind the model, in the order in which they are tried. */
function waysOf(found: Found, target: string, minutes: number): readonly RecipeSteps[] {
  const model = found.model as Model;
  const rules = RULES[target];
  const cuts = channelMap(model).groups.length > 0 ? CUTS : [];
  const quantize = (scheme: string, granularity?: "tensor") => ({
    op: "quantize",
    scheme,
    ...given({ granularity, rules }),
    ...(cuts.length > 0 ? corrected(granularity) : undefined),
  });
  const scales = SCALED.includes(target) ? ["tensor" as const, undefined] : [undefined];
  const integers = scales.map((granularity) => quantize("int8", granularity));
  const training = trainingOf(found, minutes);
  const finetune = { ...training, ...taughtBy(model) };
  // Channels are ranked all together by what the loss would be without them: where many are spare, many go.
  const ranked = { granularity: "channel", criterion: "taylor", scope: "global" };
  const cut = (ratio: number) => ({ op: "prune", ...ranked, ratio, finetune });
  const small = (ratio: number) => integers.map((each) => [cut(ratio), each]);
  const cluster = (clusters: number) => ({ op: "cluster", clusters, finetune });
  const coded = CODED.includes(target);
  const clusters = coded ? CLUSTERS : [];
  const [, fewest] = CLUSTERS;
  const student = smallStudent(model);
  return [
    ...integers.map((each) => [each]),
    ...coded ? FEWER.map((scheme) => [quantize(scheme)]) : [],
    ...cuts.slice(0, 2).flatMap(small),
    ...clusters.map((each) => [cluster(each)]),
    ...cuts.slice(2).flatMap(small),
    ...coded ? cuts.slice(0, 2).map((ratio) => [cut(ratio), cluster(fewest)]) : [],
    ...student === undefined ? [] : integers.map((each) => [
      { op: "model", as: "student", ...student },
      { op: "distill", model: "student", teacher: "model", ...training },
      each,
    ]),
  ];
}

/**
 * Rounding moves means of what channels give, more where their weights have unlike ranges, as after a training. Biases
 * take that back. Where all of a layer share a scale, their ranges are brought together first.
 */
function corrected(granularity: "tensor" | undefined): Readonly<Record<string, Json>> {
  return {
    ...given({ equalize: granularity === "tensor" ? "cross-layer" : undefined }),
    "bias_correction": "measured",
  };
}

/**
 * What is cut learns from the model that it was, more than from labels, to which it would overfit where samples are few.
 * A number has no probabilities to teach.
 */
function taughtBy(model: Model): Readonly<Record<string, Json>> {
  if (asksNumbers(model)) return {};
  return { loss: TEACHER_LOSS, teacher: "model" };
}

/** How long a model learns again: as many epochs as a trial has time for, on a machine that is assumed and not measured. */
function trainingOf({ model, metrics }: Found, minutes: number): Readonly<Record<string, Json>> {
  const { inputs } = model as Model;
  const { macs } = modelFacts(model as Model, model as Model);
  const epoch = PASSES * (macs + SAMPLE) * TRAINING * (metrics.samples ?? 1);
  const epochs = Math.floor(EFFORT * 60 * minutes / TRIALS / epoch);
  const shape = inputs[0]!.shape;
  const pixels = Math.max(1, Math.round(Math.min(...shape.slice(0, 2)) / 16));
  return {
    epochs: Math.min(MOST, Math.max(FEWEST, epochs)),
    batch: 32,
    optimizer: { use: "adam", learning_rate: { use: "cosine", start: 0.002, end: 0 } },
    ...given({ augment: shape.length === 3 ? { use: "shift", pixels } : undefined }),
  };
}
