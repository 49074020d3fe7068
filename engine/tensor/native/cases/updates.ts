/** Updates of parameters by every optimizer. */
import type { Update } from "../../types.ts";
import { SLOTS } from "../../update.ts";
import type { Drawn, SelfTestCases } from "../drawn.ts";

const common = { learningRate: 0.01, weightDecay: 1e-3 };
const adam = { ...common, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: 3 };

const UPDATES: readonly Update[] = [
  { use: "sgd", ...common, momentum: 0.9 },
  { use: "nesterov", ...common, momentum: 0.9 },
  { use: "adam", ...adam, decoupled: false },
  { use: "adam", ...adam, decoupled: true },
  { use: "rmsprop", ...common, decay: 0.9, epsilon: 1e-7 },
];

/** More than one unit of the kernels, and a tail. */
const SIZE = 4096 + 1031;

/** The parameter and its slots after an update, with a mask or without. */
function updated({ room, numbers, positive }: Drawn, settings: Update, masked: boolean) {
  const { tf, update } = room;
  const parameter = numbers(SIZE);
  const slots = Array.from({ length: SLOTS[settings.use] }, () => positive(SIZE));
  const mask = masked ? [tf.cast(tf.greater(numbers(SIZE), 0), "float32")] : [];
  update(parameter, numbers(SIZE), slots, settings, ...mask);
  return [parameter, ...slots];
}

/** Cases by name. */
export const updateCases: SelfTestCases = Object.fromEntries(
  UPDATES.map((settings, i) => [
    `update ${i + 1} by ${settings.use}`,
    (given) => [false, true].flatMap((masked) => updated(given, settings, masked)),
  ]),
);
