/**
 * Local response normalisation across channels (Krizhevsky et al. 2012, § 3.3), in double precision:
 * y = x (bias + alpha Σ x²)^−beta, the sum over the channels at most `depthRadius` away.
 */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import type { Machine, Overrides } from "../machine.ts";
import { pow } from "../scalar_math.ts";
import { view } from "./view.ts";

/** tfjs's attributes of the operation. */
interface ResponseNormalizationAttributes {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

/** See the file's header. */
export const responseNormalizationOverrides = (machine: Machine): Overrides => ({
  LRN({ inputs, attrs }) {
    const x: TensorInfo = inputs.x;
    const y = machine.outputInfo(x.shape);
    const [from, to] = [view(machine, x), view(machine, y)];
    forEachNorm(from, x.shape.at(-1)!, attrs, (i, norm) => {
      to[i] = from[i]! * pow(norm, -attrs.beta);
    });
    return y;
  },

  LRNGrad({ inputs, attrs }) {
    const dx = machine.outputInfo(inputs.x.shape);
    const [x, y, dy] = [inputs.x, inputs.y, inputs.dy].map((tensor) => view(machine, tensor));
    const sums = new Float64Array(x!.length);
    const { alpha, beta } = attrs as ResponseNormalizationAttributes;
    forEachNorm(x!, inputs.x.shape.at(-1), attrs, (i, norm, begin, end) => {
      const share = -2 * alpha * beta * y![i]! * dy![i]! / norm;
      for (let k = begin; k < end; k++) sums[k]! += share * x![k]!;
      sums[i]! += pow(norm, -beta) * dy![i]!;
    });
    view(machine, dx).set(sums);
    return dx;
  },
});

/** Calls `visit` with every element's norm and the range of the elements in it. */
function forEachNorm(
  x: ArrayLike<number>,
  channels: number,
  { depthRadius, bias, alpha }: ResponseNormalizationAttributes,
  visit: (i: number, norm: number, begin: number, end: number) => void,
): void {
  for (let i = 0; i < x.length; i++) {
    const channel = i % channels;
    const begin = i - Math.min(channel, depthRadius);
    const end = i + Math.min(channels - 1 - channel, depthRadius) + 1;
    let sum = 0;
    for (let k = begin; k < end; k++) sum += x[k]! * x[k]!;
    visit(i, bias + alpha * sum, begin, end);
  }
}
