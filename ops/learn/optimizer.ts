/** How weights move: the optimizers a recipe may name, and their settings at one update. */
import { Choice, CurveField, type Static, Type } from "../../engine/field.ts";
import type { Update } from "../../engine/tensor/mod.ts";
import { curveAt } from "./curve.ts";

const decay = (preset: number) =>
  Type.Number({
    minimum: 0,
    default: preset,
    description:
      "The share of each kernel taken back per unit of learning rate; never of biases or BatchNorm",
  });

const descent = () => ({
  learning_rate: CurveField({ minimum: 0, description: "The step size" }),
  momentum: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0.9,
    description: "The share of the last step that is kept",
  }),
  weight_decay: decay(0),
});

const moments = (weightDecay: number) => ({
  learning_rate: CurveField({ minimum: 0, default: 0.001, description: "The step size" }),
  beta1: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0.9,
    description: "The decay rate of the mean of gradients",
  }),
  beta2: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0.999,
    description: "The decay rate of the mean of squared gradients",
  }),
  epsilon: Type.Number({
    exclusiveMinimum: 0,
    default: 1e-8,
    description: "The number added to the root of the squared gradients",
  }),
  weight_decay: decay(weightDecay),
});

/** The choice of an optimizer. */
export const optimizerField = Choice({
  sgd: Type.Object(descent(), { description: "Gradient descent with momentum" }),
  nesterov: Type.Object(descent(), { description: "Gradient descent with Nesterov's momentum" }),
  adam: Type.Object(moments(0), {
    description: "Adam (Kingma & Ba 2014); weight decay is added to the gradient",
  }),
  adamw: Type.Object(moments(0.01), {
    description: "Adam with decoupled weight decay (Loshchilov & Hutter 2017)",
  }),
  rmsprop: Type.Object({
    learning_rate: CurveField({ minimum: 0, default: 0.001, description: "The step size" }),
    decay: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.9,
      description: "The decay rate of the mean of squared gradients",
    }),
    epsilon: Type.Number({
      exclusiveMinimum: 0,
      default: 1e-8,
      description: "The number added to the root of the squared gradients",
    }),
  }, { description: "RMSProp (Tieleman & Hinton 2012)" }),
}, { description: "The way weights move along the gradient", default: { use: "adam" } });

/** A chosen optimizer, normalised. */
export type Optimizer = Static<typeof optimizerField>;

/** A moment of a training. */
export interface Moment {
  /** Time in epochs, and the length of the training. */
  readonly epoch: number;
  readonly epochs: number;
  /** Updates made before this one. */
  readonly update: number;
}

/** The room's optimizer behind a choice: decides how many slots a parameter has. */
export function kernelOf(optimizer: Optimizer): Update["use"] {
  return optimizer.use === "adamw" ? "adam" : optimizer.use;
}

/** The settings of the update at a moment, for a weight that decays or one that does not. */
export function updateAt(optimizer: Optimizer, moment: Moment, decays: boolean): Update {
  const learningRate = curveAt(optimizer.learning_rate, moment.epoch, moment.epochs);
  if (optimizer.use === "rmsprop") {
    const { use, decay, epsilon } = optimizer;
    return { use, learningRate, decay, epsilon, weightDecay: 0 };
  }
  const weightDecay = decays ? optimizer.weight_decay : 0;
  if (optimizer.use === "sgd" || optimizer.use === "nesterov") {
    return { use: optimizer.use, learningRate, momentum: optimizer.momentum, weightDecay };
  }
  const { beta1, beta2, epsilon } = optimizer;
  const decoupled = optimizer.use === "adamw";
  const step = moment.update + 1;
  return { use: "adam", learningRate, beta1, beta2, epsilon, weightDecay, decoupled, step };
}
