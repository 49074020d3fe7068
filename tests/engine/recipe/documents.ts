/** Recipes that tests share: those of the language's second part that need nothing but the ops there are. */

/** Recipe 1 of the language. */
export const digits = `decant: 1
name: digits
description: A CNN teaches a small MobileNet to read digits; half its channels go, int8 stays.
data: digits
teacher:
  use: cnn
  filters: [32, 64]
  dense: [128]
  train: { epochs: 12, optimizer: { use: adam, learning_rate: { use: cosine, start: 0.002, end: 0 } }, augment: [{ use: shift, pixels: 2 }] }
student: { use: mobilenet-v1, depth: 6, width: 0.5 }
distill: { epochs: 8, optimizer: { use: adam, learning_rate: { use: cosine, start: 0.004, end: 0 } } }
prune:
  granularity: channel
  ratio: 0.5
  finetune: { epochs: 8, optimizer: { use: adam, learning_rate: { use: cosine, start: 0.004, end: 0 } } }
quantize: { scheme: int8 }
export: tfjs
expect:
  - teacher.accuracy >= 98 %
  - result.accuracy >= teacher.accuracy - 1 point
  - result.bytes <= teacher.bytes / 20
`;

/** A list of steps beside roles, with a step that starts again from the student. */
export const listed = `decant: 1
name: listed
seed: 7
data: { use: digits, limit: 500 }
teacher: { use: lenet5, train: { epochs: 2 } }
student: { use: mlp, hidden: 32 }
steps:
  - { op: train, as: alone, model: student, epochs: 1 }
  - { op: distill, as: taught, model: student, epochs: 1, loss: [labels, { use: soft-targets, temperature: 20 }] }
  - { op: prune, granularity: weight, ratio: 0.9, criterion: random, finetune: { epochs: 1, loss: labels } }
  - { op: quantize, scheme: int8, activations: none }
  - { op: export, use: onnx, tolerance: 0.01 }
evaluate: { metrics: [accuracy, recall], latency: { repeats: 5 } }
expect: taught.recall.3 >= 15 %
`;

/** Data and a model from files: shapes are not known before they are read. */
export const files = `decant: 1
name: files
data: { from: ./data/, format: idx }
teacher: { from: ./teacher/model.json }
student: { use: cnn, filters: 8 }
distill: { epochs: 1, augment: flip }
quantize: { scheme: int4, exclude: [at:first, at:last] }
export: [onnx, tfjs]
expect: result.accuracy >= teacher.accuracy - 3 points
`;

/** Two teachers in a list, named by their order. */
export const twoTeachers = `decant: 1
name: two-teachers
data: digits
seed: 3
teacher:
  - { use: lenet5, train: { epochs: 1 } }
  - { use: resnet, depth: 8, train: { epochs: 1 } }
student: { use: mobilenet-v1, width: 0.25 }
distill: { epochs: 4 }
`;

/** Variables, an assistant, and a sweep over both a variable and the seed. */
export const swept = `decant: 1
name: swept
variables:
  ratio: 0.5
  training: { epochs: 2, optimizer: { use: nesterov, learning_rate: { use: step, start: 0.1, factor: 0.1, at: [1] } } }
data: digits
teacher: { use: resnet, depth: 14, train: $training }
assistant: { use: resnet, depth: 8, train: { epochs: 1 } }
student: { use: lenet5 }
distill: $training
prune: { granularity: channel, ratio: $ratio }
sweep:
  over: { ratio: [0.3, 0.5], seed: [1, 2] }
  pareto: [result.accuracy, result.bytes]
expect: result.bytes <= teacher.bytes / 2
`;

/** A search over a range and a list, with a variable in its budget. */
export const searched = `decant: 1
name: searched
variables: { ratio: 0.5, scheme: int8, trials: 20 }
data: digits
model: { use: lenet5, train: { epochs: 2 } }
prune: { granularity: channel, ratio: $ratio }
quantize: { scheme: $scheme, activations: none }
search:
  over: { ratio: { min: 0.1, max: 0.9, step: 0.05 }, scheme: [int8, int4] }
  minimize: result.bytes
  where: [result.accuracy >= model.accuracy - 1 point, result.macs <= 1 M]
  budget: { trials: $trials, time: 20 min }
  strategy: tpe
`;

/** All of them. */
export const documents: Readonly<Record<string, string>> = {
  digits,
  listed,
  files,
  twoTeachers,
  swept,
  searched,
};
