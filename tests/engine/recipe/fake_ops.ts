/**
 * Ops of the language's shape that compute nothing: the recipe language is tested on their declarations. Models have
 * layers enough, so that selectors and shapes can be checked.
 */
import { evaluated, timed } from "../metrics.ts";
import type { Kind } from "../../../engine/kind.ts";
import {
  type AnyOp,
  ByType,
  Choice,
  CurveField,
  type DatasetFacts,
  defineOp,
  input,
  type LayerFacts,
  ListOf,
  type ModelFacts,
  OneOf,
  opSet,
  type OrderRule,
  ParameterError,
  Reference,
  Selectors,
  Source,
  type TSchema,
  Type,
} from "../../../engine/op.ts";

const kind = <T>(name: string): Kind<T> => ({
  name,
  encode: () => ({ manifest: null, blobs: new Map(), parts: {} }),
  decode: () => Promise.reject(new Error("a fake holds nothing")),
});
const dataset = kind<"dataset">("dataset");
const model = kind<"model">("model");
const outputs = kind<"outputs">("outputs");
const metrics = kind<"metrics">("metrics");
const files = kind<"files">("files");
const idle = (): never => {
  throw new Error("a fake does not run");
};

const d = (description: string) => ({ description });

const dataCommon = {
  limit: Type.Optional(Type.Integer({ minimum: 1, description: "Samples of the training split" })),
  normalize: Choice({
    none: Type.Object({}),
    unit: Type.Object({}),
    standard: Type.Object({}),
    range: Type.Object({
      low: Type.Number(d("Value of the smallest")),
      high: Type.Number(d("Value of the largest")),
    }),
  }, { description: "How values are scaled", default: "unit" }),
  split: Type.Object({
    validation: Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0.1 }),
    test: Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0.2 }),
    by: OneOf(["label", "random", "order"], { description: "How it is split", default: "label" }),
  }, { description: "Fractions of the whole", default: {} }),
  seed: Type.Integer({ minimum: 0, default: 0, description: "The data's own seed" }),
};

const data = defineOp({
  name: "data",
  version: 1,
  summary: "Makes a data set",
  inputs: {},
  output: dataset,
  params: Choice({ digits: Type.Object(dataCommon), iris: Type.Object(dataCommon) }, {
    description: "A data set",
    untagged: Type.Object({
      from: ByType({
        string: Source(d("A file or folder")),
        object: Type.Object({
          train: Source(d("Training samples")),
          test: Type.Optional(Source(d("Test samples"))),
        }),
      }, { description: "Where it is read" }),
      format: Type.Optional(OneOf(["idx", "cifar", "csv"], d("How it is stored"))),
      ...dataCommon,
    }),
  }),
  example: { use: "digits" },
  random: true,
  source: (params) =>
    "from" in params ? typeof params.from === "string" ? [params.from] : [params.from.train] : [],
  facts: (_inputs, params): DatasetFacts => {
    const task = "classification";
    if ("from" in params) return { kind: "dataset", task };
    const input = params.use === "digits" ? [28, 28, 1] : [4];
    return { kind: "dataset", task, input, outputs: params.use === "digits" ? 10 : 3 };
  },
  run: idle,
});

const zooCommon = {
  input: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), d("Shape of one sample"))),
  outputs: Type.Optional(Type.Integer({ minimum: 1, description: "Width of the answer" })),
  weights: Type.Optional(Source(d("Weights to begin with"))),
  seed: Type.Integer({ minimum: 0, default: 0, description: "Seed of the weights" }),
};
const width = Type.Number({
  exclusiveMinimum: 0,
  default: 1,
  description: "Multiplier of channels",
});
const families = {
  mlp: Type.Object({
    ...zooCommon,
    hidden: ListOf(Type.Integer({ minimum: 1 }), d("Units of each hidden layer")),
  }),
  "lenet-300-100": Type.Object(zooCommon),
  lenet5: Type.Object(zooCommon),
  cnn: Type.Object({
    ...zooCommon,
    filters: ListOf(Type.Integer({ minimum: 1 }), d("Filters of each convolution")),
    dense: ListOf(Type.Integer({ minimum: 1 }), {
      description: "Units of each layer",
      default: [],
    }),
  }),
  resnet: Type.Object({
    ...zooCommon,
    depth: Type.Integer({ minimum: 8, description: "6n + 2 layers" }),
    width,
  }),
  "mobilenet-v1": Type.Object({
    ...zooCommon,
    depth: Type.Integer({ minimum: 1, maximum: 13, default: 13, description: "Blocks" }),
    width,
  }),
};

const layer = (name: string, type: string): LayerFacts => ({
  name,
  type,
  kind: type,
  shape: [16, 16, 16],
  parameters: 1,
  macs: 1,
});

function layersOf(params: { use: string; depth?: number }): LayerFacts[] {
  const head = [layer("head.pool", "other"), layer("head.dense", "dense")];
  if (params.use === "mobilenet-v1") {
    const blocks = Array.from({ length: params.depth! }, (_, index) => [
      layer(`block${index + 1}.depthwise`, "depthwise"),
      layer(`block${index + 1}.pointwise`, "pointwise"),
    ]).flat();
    return [layer("stem", "conv"), ...blocks, ...head];
  }
  const hidden = [1, 2, 3].map((stage) => layer(`stage${stage}.block1.conv1`, "conv"));
  return [layer("stem", "conv"), ...hidden, ...head];
}

const zoo = defineOp({
  name: "model",
  version: 1,
  summary: "Builds a model of the zoo with random weights",
  inputs: {},
  output: model,
  params: Choice(families, { description: "A family" }),
  example: { use: "lenet5", input: [28, 28, 1], outputs: 10 },
  random: true,
  source: (params) => typeof params.weights === "string" ? [params.weights] : [],
  facts: (_inputs, params): ModelFacts => {
    const { use, depth = 8, input: shape, weights } = params as unknown as {
      use: string;
      depth?: number;
      input?: number[];
      weights?: string;
    };
    if (use === "resnet" && (depth - 2) % 6 !== 0) {
      throw new ParameterError("out-of-range", "depth", `\`depth\` is 6n + 2; this is ${depth}`);
    }
    const known = {
      kind: "model",
      learned: weights !== undefined,
      established: [],
      family: use,
    } as const;
    return shape === undefined ? known : { ...known, layers: layersOf({ use, depth }) };
  },
  run: idle,
});

const load = defineOp({
  name: "load",
  version: 1,
  summary: "Loads a whole model",
  inputs: {},
  output: model,
  params: Type.Object({ from: Source(d("The model's file")) }),
  example: { from: "./model.json" },
  source: ({ from }) => [from],
  facts: (): ModelFacts => ({ kind: "model", learned: true, established: [], family: "loaded" }),
  run: idle,
});

const optimizer = Choice({
  sgd: Type.Object({
    learning_rate: CurveField({ minimum: 0, description: "The step size" }),
    momentum: Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0.9 }),
    weight_decay: Type.Number({ minimum: 0, default: 0 }),
  }),
  nesterov: Type.Object({
    learning_rate: CurveField({ minimum: 0, description: "The step size" }),
    momentum: Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0.9 }),
    weight_decay: Type.Number({ minimum: 0, default: 0 }),
  }),
  adam: Type.Object({
    learning_rate: CurveField({ minimum: 0, description: "The step size", default: 0.001 }),
    weight_decay: Type.Number({ minimum: 0, default: 0 }),
  }),
}, { description: "How weights follow the gradient", default: "adam" });

const weight = CurveField({ minimum: 0, description: "The factor of the term", default: 1 });
const labels = Type.Object({
  weight,
  smoothing: Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0 }),
});
const teacherField = Type.Optional(Reference("model", d("The model that it learns from")));
const softTargets = Type.Object({
  weight,
  teacher: teacherField,
  temperature: CurveField({ exclusiveMinimum: 0, description: "The softening", default: 4 }),
}, { "x-reads": { teacher: true } });
const hint = Type.Object({
  weight,
  teacher: teacherField,
  match: ListOf(
    Type.Object({ student: Type.String(), teacher: Type.String() }),
    d("Layers that are compared"),
  ),
  adapt: OneOf(["auto", "none", "conv"], {
    description: "Between unequal shapes",
    default: "auto",
  }),
}, { "x-reads": { features: true } });

const learningParts = ({ checkpoint }: { checkpoint: string }) =>
  checkpoint === "best" ? ["train", "validation"] : ["train"];

const training = <L extends Record<string, TSchema>>(loss: L) => ({
  epochs: Type.Integer({ minimum: 1, examples: [10], description: "Passes over the data" }),
  batch: Type.Integer({ minimum: 1, default: 64, description: "Samples per update" }),
  optimizer,
  ...loss,
  augment: ListOf(
    Choice({
      shift: Type.Object({ pixels: Type.Integer({ minimum: 1 }) }),
      flip: Type.Object({
        axis: OneOf(["horizontal", "vertical"], {
          description: "Along which",
          default: "horizontal",
        }),
      }),
    }, d("A change of the sample")),
    { description: "Changes of each sample", default: [] },
  ),
  freeze: Selectors({ description: "Layers that stay", default: [] }),
  checkpoint: OneOf(["last", "best"], { description: "Which epoch is kept", default: "last" }),
  seed: Type.Optional(Type.Integer({ minimum: 0, description: "Seed of order and augmentation" })),
});
const trainLoss = ListOf(Choice({ labels }, d("A term")), {
  description: "What is minimised",
  default: ["labels"],
});
const distillLoss = ListOf(
  Choice({ labels, "soft-targets": softTargets, hint }, d("A term")),
  {
    ...d("What is minimised"),
    default: [
      { use: "labels", weight: 0.1 },
      { use: "soft-targets", weight: 0.9, temperature: 4 },
    ],
  },
);

const learned = (inputs: Readonly<Record<string, unknown>>): ModelFacts => ({
  ...inputs.model as ModelFacts,
  learned: true,
});

const undone: OrderRule = {
  after: "quantize",
  because: "training would undo the quantization",
  help: "train under it instead: quantize: { …, finetune: { epochs: … } }",
};

const train = defineOp({
  name: "train",
  version: 1,
  summary: "Trains a model on labels",
  inputs: {
    model: input(model, "what is trained"),
    data: input(dataset, "samples", { parts: learningParts }),
  },
  output: model,
  makes: "trained",
  learns: true,
  alsoCalled: ["fit", "finetune"],
  refusedAfter: [undone],
  changes: "model",
  params: Type.Object(training({ loss: trainLoss })),
  example: { epochs: 1 },
  random: true,
  facts: learned,
  run: idle,
});

const distill = defineOp({
  name: "distill",
  version: 1,
  summary: "Trains a model on what a teacher says",
  inputs: {
    model: input(model, "who learns"),
    teacher: input(model, "who is imitated", { optional: true, learned: true }),
    outputs: input(outputs, "the teacher's recorded outputs", { optional: true }),
    data: input(dataset, "samples", { parts: learningParts }),
  },
  output: model,
  stage: { after: "replace" },
  makes: "distilled",
  learns: true,
  alsoCalled: ["kd", "distillation"],
  refusedAfter: [undone],
  changes: "model",
  params: Type.Object(training({ loss: Type.Optional(distillLoss) })),
  example: { epochs: 1 },
  random: true,
  facts: learned,
  run: idle,
});

const predict = defineOp({
  name: "predict",
  version: 1,
  summary: "Records a model's outputs",
  inputs: {
    model: input(model, "who answers", { learned: true }),
    data: input(dataset, "samples", { parts: ["train"] }),
  },
  output: outputs,
  makes: ({ model, data }) => `${model}-outputs${data === undefined ? "" : `-${data}`}`,
  params: Type.Object({}),
  example: {},
  facts: () => ({ kind: "outputs" }),
  run: idle,
});

const finetune = Type.Optional(Type.Object(training({ loss: Type.Optional(distillLoss) })));
const fraction = CurveField({
  exclusiveMinimum: 0,
  exclusiveMaximum: 1,
  moving: { minimum: 0, exclusiveMaximum: 1 },
  description: "The fraction removed",
});
const pruning = {
  ratio: fraction,
  layers: Type.Optional(Selectors(d("Layers that are pruned"))),
  exclude: Selectors({ description: "Layers that stay", default: [] }),
  finetune,
  seed: Type.Optional(Type.Integer({ minimum: 0, description: "Seed of a random criterion" })),
};

const prune = defineOp({
  name: "prune",
  version: 1,
  summary: "Removes weights or whole channels",
  inputs: {
    model: input(model, "what is pruned"),
    data: input(dataset, "samples for the criterion", {
      parts: (params: { criterion: string }) => params.criterion === "taylor" ? ["train"] : [],
    }),
  },
  output: model,
  stage: { after: "distill" },
  makes: "pruned",
  trainsInside: ({ ratio }) => typeof ratio === "object",
  unwiseAfter: [{
    after: "quantize",
    because: "the integers and their scales were chosen for the weights that now go",
    help: "prune first",
  }],
  alsoCalled: ["pruning"],
  changes: "model",
  params: Choice({
    channel: Type.Object({
      ...pruning,
      criterion: OneOf(["l1", "l2", "taylor", "random"], {
        description: "What counts",
        default: "l1",
      }),
      round_to: Type.Integer({ minimum: 1, default: 1, description: "Channels" }),
    }, { description: "whole channels go (smaller and faster)" }),
    weight: Type.Object({
      ...pruning,
      criterion: OneOf(["magnitude", "random"], {
        description: "What counts",
        default: "magnitude",
      }),
      scope: OneOf(["global", "layer"], { description: "Where it is compared", default: "global" }),
    }, { description: "single weights become zero (smaller only when packed)" }),
  }, { tag: "granularity", description: "What is removed" }),
  example: { granularity: "channel", ratio: 0.5 },
  random: (params) => params.criterion === "random",
  facts: (inputs) => inputs.model as ModelFacts,
  run: idle,
});

const quantizing = {
  granularity: OneOf(["channel", "tensor"], {
    description: "What shares a scale",
    default: "channel",
  }),
  activations: Choice({
    none: Type.Object({}),
    int8: Type.Object({
      ranges: OneOf(["static", "dynamic"], {
        description: "When they are found",
        default: "static",
      }),
    }),
  }, { description: "Number format of activations", default: "int8" }),
  calibrate: Choice({
    mse: Type.Object({ samples: Type.Integer({ minimum: 1, default: 512 }) }),
    minmax: Type.Object({ samples: Type.Integer({ minimum: 1, default: 512 }) }),
  }, { description: "How ranges are found", default: "mse" }),
  exclude: Selectors({ description: "Layers that stay", default: [] }),
};
const quantize = defineOp({
  name: "quantize",
  version: 1,
  summary: "Stores weights as small integers",
  inputs: {
    model: input(model, "what is quantized"),
    data: input(dataset, "samples to calibrate on", {
      parts: (params: { activations?: { use: string } }) =>
        params.activations === undefined || params.activations.use === "none" ? [] : ["train"],
    }),
  },
  output: model,
  stage: { after: "prune" },
  makes: "quantized",
  trainsInside: () => true,
  alsoCalled: ["quantization", "quantise", "quantisation"],
  changes: "model",
  params: Choice({
    int8: Type.Object(quantizing),
    int4: Type.Object(quantizing),
    float16: Type.Object({ exclude: quantizing.exclude }),
  }, { tag: "scheme", description: "Number format of the weights" }),
  example: { scheme: "int8" },
  facts: (inputs) => inputs.model as ModelFacts,
  run: idle,
});

const formats = {
  tfjs: Type.Object({
    storage: OneOf(["native", "float32"], {
      description: "How weights are stored",
      default: "native",
    }),
  }),
  onnx: Type.Object({}),
};
const tolerance = Type.Number({ minimum: 0, default: 0.001, description: "Largest difference" });

const evaluate = defineOp({
  name: "evaluate",
  version: 1,
  summary: "Measures a model",
  inputs: {
    model: input(model, "who is measured", { learned: true }),
    reference: input(model, "what it is compared with", { optional: true, learned: true }),
    data: input(dataset, "samples it has not seen", { optional: true, parts: ["test"] }),
  },
  output: metrics,
  metrics: evaluated,
  makes: ({ model }) => `${model}-test`,
  alsoCalled: ["metrics"],
  params: Type.Object({
    metrics: ListOf(OneOf(["accuracy", "loss", "recall", "top5"], d("A metric")), {
      description: "What is measured",
      default: ["accuracy", "loss"],
    }),
    format: Choice(formats, { description: "In which bytes are counted", default: "tfjs" }),
  }),
  example: {},
  facts: () => ({ kind: "metrics" }),
  run: idle,
});

const measure = defineOp({
  name: "measure",
  version: 1,
  summary: "Times one inference",
  inputs: { model: input(model, "who is timed") },
  output: metrics,
  metrics: timed,
  makes: ({ model }) => `${model}-speed`,
  params: Type.Object({
    batch: Type.Integer({ minimum: 1, default: 1, description: "Samples at once" }),
    repeats: Type.Integer({ minimum: 1, default: 30, description: "How often" }),
  }),
  example: {},
  volatile: true,
  facts: () => ({ kind: "metrics" }),
  run: idle,
});

const exporting = defineOp({
  name: "export",
  version: 1,
  summary: "Writes a model",
  inputs: {
    model: input(model, "what is written"),
    data: input(dataset, "samples for the check", { optional: true, parts: ["test"] }),
  },
  output: files,
  makes: ({ params: { use } }) => `export-${use}`,
  alsoCalled: ["output", "exports", "formats"],
  params: Choice({
    tfjs: Type.Object({ ...formats.tfjs.properties, tolerance }),
    onnx: Type.Object({ tolerance }),
  }, { description: "A format" }),
  example: { use: "tfjs" },
  facts: () => ({ kind: "files" }),
  run: idle,
});

/** The list, simple to complex. */
export const fakeOpList = [
  data,
  zoo,
  load,
  train,
  predict,
  distill,
  prune,
  quantize,
  evaluate,
  measure,
  exporting,
] as const;

/** The same as a set. */
export const fakeOps = opSet(fakeOpList as unknown as AnyOp[]);
