/**
 * What a search for a smaller model tries: integers as they are, channels cut by more and more, a small network that
 * learns from the model, and shared weights where the format stores them as such; in the order in which most is learned
 * early, because time may end it.
 */
import type { DraftFields, Found, ShrinkWishes } from "../../engine/recipe/words/drafts.ts";
import { DecantError } from "../../engine/error.ts";
import type { Json } from "../../engine/digest.ts";
import { channelMap } from "../model/channels.ts";
import { modelFacts } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import { asksNumbers } from "./draft_data.ts";
import { smallStudent } from "./small_student.ts";

/** Shares of each layer's channels that are removed, in the order of trials. */
const CUTS = [0.25, 0.125, 0.5, 0.375, 0.75];

/** Values that the weights of a layer share. */
const CLUSTERS = [32, 16] as const;

/** Weights of fewer bits, which need no training to be tried. */
const FEWER = ["int6", "int5", "int4"];

/** Formats that store fewer bits than eight as such, and shared weights as codes. */
const CODED: readonly string[] = ["packed"];

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
const TRIALS = 8;

/** What may be lost where nothing is said. */
const ACCURACY = { amount: 1, unit: "points" } as const;
const ERROR = { amount: 5, unit: "percent" } as const;

type Steps = readonly Json[];

/** The search. A trial must lose no more than half of what the result may: it is measured on few samples. */
export function shrinkDraft(found: Found, { target, within, minutes }: ShrinkWishes): DraftFields {
  const model = found.model as Model;
  const ways = waysOf(found, target, minutes);
  const claim = (share: number) => qualityClaim(model, within, share);
  return {
    data: found.data,
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
function waysOf(found: Found, target: string, minutes: number): readonly Steps[] {
  const model = found.model as Model;
  const rules = RULES[target];
  const quantize = (scheme: string) => ({
    ...{ op: "quantize", scheme },
    ...rules === undefined ? {} : { rules },
  });
  const integers = quantize("int8");
  const training = trainingOf(found, minutes);
  const finetune = { ...training, teacher: "model" };
  const cut = (ratio: number) => ({ op: "prune", granularity: "channel", ratio, finetune });
  const cluster = (clusters: number) => ({ op: "cluster", clusters, finetune });
  const cuts = channelMap(model).groups.length > 0 ? CUTS : [];
  const coded = CODED.includes(target);
  const clusters = coded ? CLUSTERS : [];
  const [, fewest] = CLUSTERS;
  const student = smallStudent(model);
  return [
    [integers],
    ...coded ? FEWER.map((scheme) => [quantize(scheme)]) : [],
    ...cuts.slice(0, 1).map((ratio) => [cut(ratio), integers]),
    ...clusters.map((each) => [cluster(each)]),
    ...cuts.slice(1).map((ratio) => [cut(ratio), integers]),
    ...coded ? cuts.slice(0, 2).map((ratio) => [cut(ratio), cluster(fewest)]) : [],
    ...student === undefined ? [] : [[
      { op: "model", as: "student", ...student },
      { op: "distill", model: "student", teacher: "model", ...training },
      integers,
    ]],
  ];
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
    ...shape.length === 3 ? { augment: { use: "shift", pixels } } : {},
  };
}
