/** Readers of the Keras layers that scale and shift. */
import type { FileWeight, Reading } from "../assembly.ts";
import { PREPROCESS_LAYER } from "../words.ts";
import { needed } from "./weighted.ts";

/** `BatchNormalization`; a gamma or beta that the layer goes without is 1 or 0. */
export function batchNormalization(reading: Reading): string {
  const { name, config, inputs, shapes: [shape], add } = reading;
  const [axis = -1] = config.numbers("axis");
  if (axis !== -1 && axis !== shape!.length) {
    throw config.wrong("only the last axis can be normalized");
  }
  const constant = constantOf(shape!.at(-1)!);
  const epsilon = config.number("epsilon", 0.001);
  const weights = {
    gamma: config.flag("scale", true) ? needed(reading, "gamma") : constant(1),
    beta: config.flag("center", true) ? needed(reading, "beta") : constant(0),
    mean: needed(reading, "moving_mean"),
    variance: needed(reading, "moving_variance"),
  };
  if (name === PREPROCESS_LAYER && reading.first && epsilon === 0) {
    const { gamma, beta } = weights;
    reading.preprocess({ scale: [...gamma.values], offset: [...beta.values] });
    return inputs[0]!;
  }
  const momentum = config.number("momentum", 0.99);
  add({ name, kind: "batchnorm", inputs, epsilon, momentum, activation: "linear" }, weights);
  return name;
}

/** `LayerNormalization`; a gamma or beta that the layer goes without is 1 or 0. */
export function layerNormalization(reading: Reading): string {
  const { name, config, inputs, shapes: [shape], add } = reading;
  const axes = config.numbers("axis");
  if (axes.some((axis) => axis !== -1 && axis !== shape!.length) || axes.length > 1) {
    throw config.wrong("only the last axis can be normalized");
  }
  const constant = constantOf(shape!.at(-1)!);
  const weights = {
    gamma: config.flag("scale", true) ? needed(reading, "gamma") : constant(1),
    beta: config.flag("center", true) ? needed(reading, "beta") : constant(0),
  };
  add({ name, kind: "layer-norm", inputs, epsilon: config.number("epsilon", 0.001) }, weights);
  return name;
}

/** A weight whose values are all the same, one per channel. */
function constantOf(channels: number): (value: number) => FileWeight {
  return (value) => ({ shape: [channels], values: new Float32Array(channels).fill(value) });
}

/** `Rescaling` of the model's input: its preprocessing. */
export function rescaling(reading: Reading): string {
  const { config, inputs, first } = reading;
  if (!first) throw config.wrong("it can be read only directly behind the input");
  const [scale, offset] = [config.numbers("scale"), config.numbers("offset")];
  reading.preprocess({
    scale: scale.length > 0 ? scale : [1],
    offset: offset.length > 0 ? offset : [0],
  });
  return inputs[0]!;
}
