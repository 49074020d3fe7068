/**
 * A quantized model computed the slow and obvious way: stored integers with their zero points, sums in big integers,
 * one requantization per value written out again from the specification.
 */
import {
  type ActivationFormat,
  type Layer,
  type Model,
  weightName,
} from "../../../ops/model/model.ts";
import { hasKernel } from "../../../ops/model/kinds/mod.ts";
import { axisIndex, decodeWeight } from "../../../ops/model/weights.ts";
import { type Plain, plainActivation, plainLayer, scatter, slide } from "../plain_forward.ts";

const { fround } = Math;

/** The logits of one preprocessed sample under the rules `onnx`. */
export function plainIntegerLogits(model: Model, x: Plain): number[] {
  const formats = model.quantization!.activations;
  /** What a value decodes to, on the grid of its format. */
  const values: Record<string, Plain> = {};
  const put = (name: string, value: Plain) => {
    const format = formats[name];
    values[name] = format === undefined ? value : {
      shape: value.shape,
      data: value.data.map((real) => onGrid(fround(real), format)),
    };
  };
  put(model.inputs[0]!.name, x);
  for (const layer of model.layers) {
    const inputs = layer.inputs.map((name) => values[name]!);
    const format = formats[layer.inputs[0]!];
    const kernel = model.weights[weightName(layer.name, "kernel")];
    if (format === undefined || kernel?.encoding.use !== "affine") {
      put(layer.name, plainLayer(model, layer, inputs));
    } else values[layer.name] = accumulated(model, layer, inputs[0]!, format, formats[layer.name]);
  }
  return model.outputs.flatMap((name) => [...values[name]!.data]);
}

/** The value that a real becomes in a format. */
function onGrid(real: number, { scale, zero, minimum, maximum }: ActivationFormat): number {
  const q = Math.min(maximum, Math.max(minimum, toEven(fround(real / scale)) + zero));
  return fround(scale * (q - zero));
}

/** To the nearest integer by way of its fraction; half-way to the even one. */
function toEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction !== 0.5) return fraction < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

function accumulated(
  model: Model,
  layer: Layer,
  x: Plain,
  input: ActivationFormat,
  output: ActivationFormat | undefined,
): Plain {
  if (!hasKernel(layer)) {
    throw new Error(`${layer.kind} has no kernel`);
  }
  const { data: w, shape, encoding } = model.weights[weightName(layer.name, "kernel")]!;
  if (encoding.use !== "affine") throw new Error("the kernel is not affine");
  const channelOf = axisIndex(shape, encoding.axis);
  const bias = model.weights[weightName(layer.name, "bias")];
  const biases = bias && decodeWeight(bias);
  const q = Array.from(x.data, (real) => BigInt(Math.round(real / input.scale)));
  const centred = (at: number) => BigInt(w[at]! - encoding.zero[channelOf(at)]!);
  const finish = (sum: bigint, first: number, channel: number): number => {
    const scale = fround(input.scale * encoding.scale[channelOf(first)]!);
    const total = Number(sum + BigInt(toEven(fround((biases?.[channel] ?? 0) / scale))));
    const activation = plainActivation(layer.activation);
    if (output === undefined) return activation(fround(fround(total) * scale));
    const { zero, minimum, maximum } = output;
    if (layer.activation === "linear" || layer.activation.startsWith("relu")) {
      const factor = fround(scale / output.scale);
      let q = toEven(fround(fround(total) * factor)) + zero;
      if (layer.activation !== "linear") q = Math.max(q, zero);
      if (layer.activation === "relu6") q = Math.min(q, toEven(fround(6 / output.scale)) + zero);
      return fround(output.scale * (Math.min(maximum, Math.max(minimum, q)) - zero));
    }
    return onGrid(fround(activation(fround(fround(total) * scale))), output);
  };
  if (layer.kind === "dense") {
    const { units } = layer;
    const width = x.shape.at(-1)!;
    const data = Float64Array.from({ length: q.length / width * units }, (_, at) => {
      const [row, u] = [Math.floor(at / units) * width, at % units];
      let sum = 0n;
      for (let i = 0; i < width; i++) sum += q[row + i]! * centred(i * units + u);
      return finish(sum, u, u);
    });
    return { shape: [...x.shape.slice(0, -1), units], data };
  }
  const depth = x.shape[2]!;
  const [, width] = layer.kernel;
  if (layer.kind === "conv") {
    const { filters } = layer;
    return slide(x, layer.kernel, layer, filters, (cells, f) => {
      let sum = 0n;
      for (const { at, ky, kx } of cells) {
        for (let c = 0; c < depth; c++) {
          sum += q[at + c]! * centred(((ky * width + kx) * depth + c) * filters + f);
        }
      }
      return finish(sum, f, f);
    });
  }
  if (layer.kind === "conv-transpose") {
    const { filters } = layer;
    // The sums of reals say where values land; those of integers are counted beside them.
    const { shape } = plainLayer(model, layer, [x]);
    const sums = new Array<bigint>(shape.reduce((product, extent) => product * extent, 1)).fill(0n);
    scatter(x, layer, ({ from, to, ky, kx }) => {
      for (let c = 0; c < depth; c++) {
        for (let f = 0; f < filters; f++) {
          sums[to * filters + f]! += q[from * depth + c]! *
            centred(((ky * width + kx) * depth + c) * filters + f);
        }
      }
    });
    const data = Float64Array.from(sums, (sum, i) => finish(sum, i % filters, i % filters));
    return { shape, data };
  }
  const { multiplier } = layer;
  return slide(x, layer.kernel, layer, depth * multiplier, (cells, f) => {
    let sum = 0n;
    const c = Math.floor(f / multiplier);
    for (const { at, ky, kx } of cells) {
      sum += q[at + c]! * centred(((ky * width + kx) * depth + c) * multiplier + f % multiplier);
    }
    return finish(sum, f, f);
  });
}
