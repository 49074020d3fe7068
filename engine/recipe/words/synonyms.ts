// deno-lint-ignore-file camelcase -- keys are words of other toolkits
/** What is said to a list of stages under a name of its own. */
const STAGES =
  "stages stand at the top, each under its name: prune: { … }, quantize: { … }; in any other order they are a " +
  "list of steps: steps: [{ op: train, … }, { op: prune, … }]";

const CLASS_WEIGHTS =
  "classes count by a term of the loss: loss: [{ use: labels, class_weights: balanced }]";

const SAMPLING =
  "how often a class is drawn is said of the training: train: { epochs: 3, sampling: balanced }; what it weighs in " +
  "the loss, by loss: [{ use: labels, class_weights: balanced }]";

/**
 * Words that other toolkits use for our fields; what they call an op is said by the op. A list names candidates, the first that the block has is meant; a
 * text is advice for words that mean different things in different places.
 */
export const synonyms: Readonly<Record<string, readonly string[] | string>> = {
  alpha: "toolkits disagree about which side alpha weighs. Say both:\n" +
    "loss: [{ use: labels, weight: 0.1 }, { use: soft-targets, weight: 0.9 }]",
  alphas: ["weight"],
  kd_weight: "a weight belongs to its term: loss: [{ use: soft-targets, weight: 0.9 }]",
  temp: ["temperature"],
  T: ["temperature"],
  tau: ["temperature"],
  lr: ["learning_rate"],
  rate: ["learning_rate", "ratio"],
  learning_rates: ["learning_rate"],
  schedule:
    "a value that moves is a curve in its own field: learning_rate: { use: cosine, start: 0.1, end: 0 }",
  scheduler:
    "a value that moves is a curve in its own field: learning_rate: { use: cosine, start: 0.1, end: 0 }",
  lr_schedule:
    "a value that moves is a curve in its own field: learning_rate: { use: cosine, start: 0.1, end: 0 }",
  num_epochs: ["epochs"],
  n_epochs: ["epochs"],
  epoch: ["epochs"],
  iterations: ["epochs"],
  batch_size: ["batch"],
  batchsize: ["batch"],
  minibatch: ["batch"],
  wd: ["weight_decay"],
  l2: ["weight_decay"],
  grad_clip: ["clip_norm"],
  max_grad_norm: ["clip_norm"],
  augmentation: ["augment"],
  augmentations: ["augment"],
  losses: ["loss"],
  criterion: ["loss"],
  early_stopping: ["patience"],
  earlystopping: ["patience"],
  frozen: ["freeze"],
  frozen_layers: ["freeze"],
  // Habits of Keras and PyTorch.
  trainable:
    "say in the training which layers stay as they are: train: { epochs: 3, freeze: [stage1] }",
  requires_grad:
    "say in the training which layers stay as they are: train: { epochs: 3, freeze: [stage1] }",
  class_weight: CLASS_WEIGHTS,
  class_weights: CLASS_WEIGHTS,
  pos_weight: CLASS_WEIGHTS,
  sampler: SAMPLING,
  weighted_sampler: SAMPLING,
  WeightedRandomSampler: SAMPLING,
  oversample: SAMPLING,
  oversampling: SAMPLING,
  undersampling: SAMPLING,
  validation_split: "the data divide themselves: data: { use: digits, split: { validation: 0.1 } }",
  validation_data: "the data divide themselves: data: { use: digits, split: { validation: 0.1 } }",
  callbacks:
    "what callbacks do are fields: patience ends a training, checkpoint: best keeps the best epoch, " +
    "learning_rate takes a curve",
  metrics:
    "what is measured of a model stands at the top: evaluate: { metrics: [accuracy, f1-macro] }",
  monitor:
    "it is the data's own metric on validation that patience and checkpoint: best watch: accuracy, else loss",
  shuffle: "samples come in another order each epoch, drawn by `seed`; there is no field for it",
  steps_per_epoch: "an epoch is all samples once; data: { limit: 1000 } takes fewer",
  num_workers: "threads are told to the command: decant run RECIPE --threads 4",
  device:
    "it computes on the processor, with --threads and --kernels of the command; there is no field for it",
  verbose: "the command says what it does unless --quiet is given; there is no field for it",
  sparsity: ["ratio"],
  amount: ["ratio"],
  fraction: ["ratio"],
  prune_ratio: ["ratio"],
  heal: ["finetune"],
  fine_tune: ["finetune"],
  finetuning: ["finetune"],
  retrain: ["finetune"],
  recovery: ["finetune"],
  qat: ["finetune"],
  bits: ["scheme", "clusters"],
  num_bits: ["scheme"],
  bitwidth: ["scheme"],
  dtype: ["scheme"],
  precision: ["scheme"],
  per_channel: "say what shares a scale: granularity: channel",
  per_tensor: "say what shares a scale: granularity: tensor",
  symmetric: ["symmetry"],
  calibration: ["calibrate"],
  calibration_method: ["calibrate"],
  calibrate_method: ["calibrate"],
  calibration_dataset: ["data"],
  data_config: ["data"],
  weight_type: ["scheme"],
  activation_type: ["activations"],
  quant_type: ["scheme"],
  quant_format: "the form of the file is the export's: export: { format: onnx, form: qdq }",
  dynamic:
    "ranges that are found row by row are said of the activations: activations: { use: int8, ranges: dynamic }",
  pruning_schedule:
    "a ratio that grows is a curve: ratio: { use: cubic, start: 0, end: 0.5 }, with finetune",
  begin_step: "a curve has epochs: ratio: { use: cubic, start: 0, end: 0.5, epochs: [1, 4] }",
  end_step: "a curve has epochs: ratio: { use: cubic, start: 0, end: 0.5, epochs: [1, 4] }",
  structured: "say what goes: granularity: channel",
  unstructured: "say what goes: granularity: weight",
  method: ["use", "criterion", "scheme"],
  mode: ["use", "granularity", "ranges"],
  type: ["use", "op"],
  kind: ["use", "op"],
  uses: ["op"],
  with: "options stand beside `op`, in the same map: { op: train, model: student, epochs: 3 }",
  model: ["use"],
  arch: ["use"],
  architecture: ["use"],
  id: ["as", "name"],
  name: ["as"],
  skip: ["exclude"],
  ignore: ["exclude"],
  targets: ["layers"],
  clusters_count: ["clusters"],
  k: ["clusters"],
  path: ["from"],
  file: ["from"],
  url: ["from"],
  src: ["from"],
  source: ["from"],
  checkpoint_path: ["weights"],
  pretrained: ["weights", "from"],
  dataset: ["data"],
  dataloader: ["data"],
  // Habits of Olive, DVC, GitHub Actions.
  pipeline: ["steps"],
  passes: STAGES,
  stages: STAGES,
  jobs: STAGES,
  on: "a recipe says what is made, not when: decant run RECIPE makes what is not made yet",
  cmd: "a recipe has no commands: a step is an op, { op: train, model: student, epochs: 3 }",
  run: "a recipe has no commands: a step is an op, { op: train, model: student, epochs: 3 }",
  script: "a recipe has no commands: a step is an op, { op: train, model: student, epochs: 3 }",
  deps: "what a step reads it names: { op: prune, model: trained, ratio: 0.5 }",
  needs: "what a step reads it names: { op: prune, model: trained, ratio: 0.5 }",
  depends_on: "what a step reads it names: { op: prune, model: trained, ratio: 0.5 }",
  inputs: "what a step reads it names: { op: prune, model: trained, ratio: 0.5 }",
  outs: "what a step makes is in the cache, and under `as` for steps below; files are `export`",
  outputs: "what a step makes is in the cache, and under `as` for steps below; files are `export`",
  input_model: ["model", "from"],
  model_path: ["from"],
  env:
    "values to reuse are `variables`: variables: { ratio: 0.5 }, and ratio: $ratio where it is used",
  params:
    "values to reuse are `variables`: variables: { ratio: 0.5 }, and ratio: $ratio where it is used",
  matrix:
    "values of variables, all of which are run, are a sweep: sweep: { over: { ratio: [0.5, 0.7] } }",
  assert: ["expect"],
  expectations: ["expect"],
  vars: ["variables"],
  random_seed: ["seed"],
  version: ["decant"],
  extend: ["extends"],
  base: ["extends"],
  author: ["authors"],
};
