/** Words of other toolkits that stand for values of ours. */
import type { TSchema } from "../../field.ts";
import { alsoCalled } from "./schema_fields.ts";

/** Words that other toolkits use for our values: the first of a list that the field has is meant. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  // Loss terms.
  kl: ["soft-targets"],
  kldiv: ["soft-targets"],
  kd: ["soft-targets"],
  kdloss: ["soft-targets"],
  softlabels: ["soft-targets"],
  distillation: ["soft-targets"],
  ce: ["labels"],
  crossentropy: ["labels"],
  categoricalcrossentropy: ["labels"],
  sparsecategoricalcrossentropy: ["labels"],
  binarycrossentropy: ["labels"],
  crossentropyloss: ["labels"],
  bceloss: ["labels"],
  hardlabels: ["labels"],
  hardtargets: ["labels"],
  mse: ["logits"],
  fitnet: ["hint"],
  at: ["attention-transfer"],
  attention: ["attention-transfer"],
  kldivergence: ["soft-targets", "elbo"],
  gan: ["adversarial", "dcgan-generator"],
  // What goes, and by what.
  unstructured: ["weight"],
  structured: ["channel"],
  filter: ["channel"],
  filters: ["channel"],
  perchannel: ["channel"],
  pertensor: ["tensor"],
  l1norm: ["l1", "magnitude"],
  magnitude: ["l1"],
  l1: ["magnitude"],
  // Formats of numbers.
  uint8: ["int8"],
  int16: ["float16"],
  fp16: ["float16"],
  half: ["float16"],
  bfloat16: ["float16"],
  maxabs: ["minmax"],
  ema: ["moving-average"],
  histogram: ["entropy"],
  // Networks and data.
  mobilenet: ["mobilenet-v1"],
  lenet: ["lenet5"],
  lstm: ["char-lstm"],
  rnn: ["char-lstm"],
  transformer: ["bert"],
  dense: ["mlp"],
  vae: ["cvae"],
  dcgan: ["dcgan-generator"],
  mnist: ["digits"],
  // Steps, strategies, figures.
  bayesian: ["tpe"],
  bayes: ["tpe"],
  optuna: ["tpe"],
  acc: ["accuracy"],
  // Of a checkpoint the best epoch, which is that of validation samples.
  valaccuracy: ["accuracy", "best"],
  valacc: ["accuracy", "best"],
  valloss: ["loss", "best"],
  categoricalaccuracy: ["accuracy"],
  top5accuracy: ["top5"],
  rocauc: ["auc"],
  ece: ["calibration-error"],
  rsquared: ["r2"],
  meanabsoluteerror: ["mae"],
  balancedaccuracy: ["recall-macro"],
  perplexity: ["nats"],
  ppl: ["nats"],
  fid: ["frechet"],
};

/** Words of a field that another one of the same name, in another block, takes: how they are said there. */
const dynamic = {
  words: ["dynamic", "static"],
  help:
    "where ranges come from is said of the activations: quantize: { scheme: int8, activations: { use: int8, ranges: … } }",
};

const elsewhere: Readonly<
  Record<string, { readonly words: readonly string[]; readonly help: string }>
> = {
  quantize: dynamic,
  activations: dynamic,
  scheme: dynamic,
  recalibrate: {
    words: ["auto", "always", "never"],
    help:
      "here it is a number of batches, and absent nothing is done; what a training does with its averages " +
      "is said in it: finetune: { recalibrate: … }",
  },
};

/** Where a word belongs that the field at a path takes in another block; undefined for any other. */
export function synonymElsewhere(path: string, word: string): string | undefined {
  const field = path.replace(/\.use$/, "").split(".").at(-1)!;
  if (!Object.hasOwn(elsewhere, field)) return undefined;
  const { words, help } = elsewhere[field]!;
  return words.includes(word) ? help.replace("…", word) : undefined;
}

/**
 * What a word of another toolkit means among those that a field has; upper case and signs between letters do not matter.
 * `alternatives` may say themselves what else they are called.
 */
export function meantValue(
  word: string,
  words: readonly string[],
  alternatives: Readonly<Record<string, TSchema>> = {},
): string | undefined {
  const plain = plainly(word);
  const meant = Object.hasOwn(synonyms, plain) ? synonyms[plain]! : [];
  return meant.find((name) => words.includes(name)) ??
    words.find((name) => isOneOf(word, alsoCalled(alternatives[name])));
}

/** Whether a word is one of several names, as a person may write it: in upper case, with signs between letters. */
export function isOneOf(word: string, names: readonly string[]): boolean {
  return names.some((name) => plainly(name) === plainly(word));
}

const plainly = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, "");
