/** Mistakes in fields: names, values, curves. */
import { type Case, roles } from "./case.ts";

export const fieldMistakes: Readonly<Record<string, Case>> = {
  "a misspelt field": [
    roles + "distil: { epochs: 1 }\ndistill: { epochs: 1 }\n",
    "unknown-field",
    "distil",
    "a recipe has no field `distil`",
  ],
  "a synonym": [
    roles + "distill: { num_epochs: 3 }\n",
    "unknown-field",
    "num_epochs",
    "`distill` has no field `num_epochs`",
    "did you mean epochs?",
  ],
  "camel case": [
    roles + "distill: { epochs: 1, optimizer: { use: adam, learningRate: 0.1 } }\n",
    "unknown-field",
    "learningRate",
    "`adam` has no field `learningRate`",
    "did you mean learning_rate?",
  ],
  "a field of another alternative": [
    roles + "distill: { epochs: 1 }\nprune: { granularity: weight, ratio: 0.5, round_to: 4 }\n",
    "unknown-field",
    "round_to",
    "`prune` has no field `round_to`",
    "it goes with granularity: channel",
  ],
  "a misspelt value": [
    roles + "distill: { epochs: 1 }\nquantize: { scheme: int88 }\n",
    "unknown-value",
    "int88",
    "`quantize.scheme` has no value `int88`",
    "did you mean int8? All: int8, int4, float16",
  ],
  "a family that comes later": [
    roles.replace("mobilenet-v1", "ghostnet") + "distill: { epochs: 1 }\n",
    "not-yet",
    "ghostnet",
    "`ghostnet` is part of the language, but this version does not have it yet",
  ],
  "a field that comes later": [
    roles + "distill: { epochs: 1 }\nquantize: { scheme: int8, recalibrate: 3 }\n",
    "not-yet",
    "recalibrate",
    "`recalibrate` is part of the language, but this version does not have it yet",
  ],
  "a curve that is misspelt": [
    roles +
    "distill: { epochs: 1, optimizer: { use: adam, learning_rate: { use: cosin, start: 1, end: 0 } } }\n",
    "unknown-value",
    "cosin",
    "`distill.optimizer.learning_rate.use` has no value `cosin`",
    /did you mean cosine\?/,
  ],
  "a curve that leaves its limits": [
    roles +
    "distill: { epochs: 1, optimizer: { use: adam, learning_rate: { use: cosine, start: -1, end: 0 } } }\n",
    "out-of-range",
    "-1",
    "`distill.optimizer.learning_rate.start` is the step size, at least 0; this is -1",
  ],
  "a curve that no factor begins": [
    roles +
    "distill: { epochs: 1 }\nprune: { granularity: weight, ratio: { use: exponential, start: 0, end: 0.9 } }\n",
    "out-of-range",
    "0",
    "`prune.ratio` is exponential from 0, and no factor leads away from 0",
    "use: linear, cosine or cubic, or start: 0.009",
  ],
  "a curve that no factor ends": [
    roles +
    "distill: { epochs: 1, optimizer: { use: adam, learning_rate: { use: exponential, start: 0.01, end: 0 } } }\n",
    "out-of-range",
    "0",
    "`distill.optimizer.learning_rate` is exponential to 0, and no factor leads there",
    "use: linear, cosine or cubic, or end: 0.0001",
  ],
  "a curve between numbers that no factor joins": [
    roles +
    "distill: { epochs: 1, optimizer: { use: adam, learning_rate: { use: exponential, start: 1e-320, end: 0.5 } } }\n",
    "out-of-range",
    "0.5",
    "`distill.optimizer.learning_rate` is exponential from 1e-320 to 0.5, and no factor leads there",
  ],
  "a curve whose end is lost beside its start": [
    roles +
    "distill: { epochs: 1, loss: [{ use: soft-targets, temperature: { use: linear, start: 4, end: 1e-17 } }] }\n",
    "out-of-range",
    "1e-17",
    "`distill.loss.0.temperature` is the softening, above 0; between 4 and 1e-17 this comes to 0",
    "use: exponential",
  ],
  "a curve whose steps leave its limits": [
    roles +
    "distill: { epochs: 1 }\nprune: { granularity: weight, ratio: { use: step, start: 0.4, factor: 2, at: [2, 1] } }\n",
    "out-of-range",
    "2",
    "`prune.ratio` is the fraction removed, at least 0 and below 1; from epoch 2 on this is 1.6",
    "a factor nearer to 1, or fewer epochs in `at`",
  ],
  "a curve whose steps come to nothing": [
    roles +
    "distill: { epochs: 2, optimizer: { use: adam, learning_rate: { use: step, start: 0.1, factor: 1e-30, at: [1, 2] } } }\n",
    "out-of-range",
    "1e-30",
    /is the step size, at least 0; from epoch 2 on this is 1e-61, which is too near to 0 for single precision$/,
  ],
  "a curve whose reached steps leave its limits, beside one that is not": [
    roles +
    "distill: { epochs: 1 }\nprune: { granularity: weight, ratio: { use: step, start: 0.4, factor: 2, at: [1, 2, 9] }, finetune: { epochs: 4 } }\n",
    "out-of-range",
    "2",
    "`prune.ratio` is the fraction removed, at least 0 and below 1; from epoch 2 on this is 1.6",
  ],
  "a temperature that is 0 in single precision": [
    roles + "distill: { epochs: 1, loss: [{ use: soft-targets, temperature: 1.0e-40 }] }\n",
    "out-of-range",
    "1.0e-40",
    "`distill.loss.0.temperature` is the softening, above 0; this is 1e-40, which is too near to 0 for single precision",
  ],
  "a temperature that goes where single precision ends": [
    roles +
    "distill: { epochs: 1, loss: [{ use: soft-targets, temperature: { use: exponential, start: 4, end: 1e-300 } }] }\n",
    "out-of-range",
    "1e-300",
    /above 0; this is 1e-300, which is too near to 0 for single precision$/,
  ],
  "an exponential learning rate to what is no number of single precision": [
    roles +
    "distill: { epochs: 1, optimizer: { use: adam, learning_rate: { use: exponential, start: 0.01, end: 1e-300 } } }\n",
    "out-of-range",
    "1e-300",
    "`distill.optimizer.learning_rate` is exponential to 1e-300, which is too near to 0 for single precision",
    "use: linear, cosine or cubic, or end: 0.0001",
  ],
  "an exponential learning rate below the smallest normal number": [
    roles +
    "distill: { epochs: 1, optimizer: { use: adam, learning_rate: { use: exponential, start: 0.01, end: 1.1e-38 } } }\n",
    "out-of-range",
    "1.1e-38",
    "`distill.optimizer.learning_rate` is exponential to 1.1e-38, which is too near to 0 for single precision",
  ],
  "steps from nothing": [
    roles +
    "distill: { epochs: 1 }\nprune: { granularity: weight, ratio: { use: step, start: 0, factor: 2, at: 1 } }\n",
    "out-of-range",
    "0",
    "`prune.ratio` goes in steps from 0, and no factor leads away from 0",
  ],
  "a ratio that moves and is nothing all the time": [
    roles +
    "distill: { epochs: 1 }\nprune: { granularity: weight, ratio: { use: cubic, start: 0, end: 0.0 } }\n",
    "out-of-range",
    "0.0",
    "`prune.ratio` is the fraction removed, above 0 and below 1; this is 0 all the time",
  ],
  "a temperature that rises from nothing": [
    roles +
    "distill: { epochs: 1, loss: [{ use: soft-targets, temperature: { use: linear, start: 4, end: 1, warmup: 1 } }] }\n",
    "out-of-range",
    "1",
    "`distill.loss.0.temperature` is the softening, above 0; a warmup begins at 0",
    "leave warmup out",
  ],
  "epochs that fall": [
    roles +
    "distill: { epochs: 9, optimizer: { use: adam, learning_rate: { use: linear, start: 1, end: 0, epochs: [5, 2] } } }\n",
    "out-of-range",
    "[5, 2]",
    "`distill.optimizer.learning_rate.epochs` must rise; this is [5, 2]",
  ],
};
