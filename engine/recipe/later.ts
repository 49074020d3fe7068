/** Words of the language that have no op or parameter behind them yet: refused with a sentence of their own. */

/** Fields by block; what an op declares is not looked up here. */
const fields = wordsBy({
  "": "replace mutual cluster",
  data: "from format columns classes task split limit normalize",
  model: "preserve",
  teacher: "preserve",
  student: "preserve",
  train: "freeze clip_norm checkpoint patience",
  distill: "freeze clip_norm checkpoint patience",
  finetune: "freeze clip_norm checkpoint patience",
  prune: "recalibrate scope min_keep round_to per_layer rounds rewind refresh criterion",
  quantize:
    "finetune recalibrate equalize bias_correction rounding rules scales freeze_after fold per_layer " +
    "symmetry granularity group calibrate activations",
  evaluate: "metrics format split models latency reference",
  labels: "smoothing",
  "soft-targets": "scale divergence teacher_errors standardize",
  tfjs: "storage shard",
});

/** Values by the field they stand in (`use` stands in the field above it). */
const values = wordsBy({
  families: "ghostnet",
  op:
    "data model load subset train distill mutual pick ensemble choose replace prune cluster quantize predict " +
    "measure evaluate export",
  optimizer: "sgd nesterov adam adamw rmsprop",
  loss:
    "labels soft-targets logits dkd dist peers hint attention-transfer fsp similarity-preserving pkt nst rkd " +
    "correlation-congruence",
  learning_rate: "linear cosine cubic exponential step",
  temperature: "flsw cwsm",
  ratio: "sensitivity",
  granularity: "channel weight pattern head layer tensor group",
  criterion: "l1 l2 bn-scale fpgm taylor activation-mean apoz random magnitude movement lamp",
  scheme: "int8 int7 int6 int5 int4 int3 int2 float16",
  activations: "none int4 int6 int8",
  calibrate: "mse minmax moving-average percentile entropy",
  rules: "onnx tflite tensorflow",
  normalize: "none unit standard range fixed",
  export: "tfjs onnx packed",
  format: "tfjs onnx packed",
  metrics: "accuracy top5 loss recall confusion agreement mae",
  task: "classification regression",
});

/** The sentence for a field that the language has and this version has not; undefined for any other. */
export function laterField(block: string, name: string): string | undefined {
  return fields.get(block)?.includes(name) ? sentence(name) : undefined;
}

/** What a step chooses depends on its op: data, a family, a format. */
const inStep = /^steps\.(\d+\.)?use$/;
const chosen = ["data", "families", "export"];

/** The sentence for a value that the language has and this version has not; undefined for any other. */
export function laterValue(path: string, value: string): string | undefined {
  const [field = ""] = path.split(".").filter((part) => part !== "use" && !/^\d+$/.test(part))
    .slice(-1);
  const role = ["teacher", "student", "model", "assistant", "candidates"].includes(field);
  const lists = inStep.test(path) ? chosen : [role ? "families" : field];
  return lists.some((list) => values.get(list)?.includes(value)) ? sentence(value) : undefined;
}

function sentence(word: string): string {
  return `\`${word}\` is part of the language, but this version does not have it yet`;
}

function wordsBy(table: Readonly<Record<string, string>>): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(table).map(([name, words]) => [name, words.split(" ")]));
}
