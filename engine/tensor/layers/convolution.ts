/**
 * The convolution layers, plain and depthwise, and their gradients; a batch normalisation behind one goes in the same
 * pass where nobody records a gradient.
 */
import type { Tensor } from "../../deps/tfjs_core.ts";
import type { Machine } from "../machine.ts";
import { convolve, convolveBack, convolveFilter } from "../products/convolution.ts";
import { depthwise, depthwiseBack, depthwiseFilter } from "../products/depthwise.ts";
import { type Geometry, windowGeometry } from "../products/geometry.ts";
import { biased, type Epilogue, type Rectifier, RECTIFIERS } from "../products/matrix.ts";
import type { Activation, LayerKernels, Norm } from "../types.ts";
import { assertChannels } from "./channels.ts";
import { elementwiseLayers } from "./elementwise.ts";
import { normLayers } from "./norm.ts";
import { biasGradient, isRectifier, throughRectifier } from "./rectified.ts";

/** What tells one kind of convolution from the other. `m` is the last axis of its weights [kh, kw, C, m]. */
export interface Convolution {
  readonly name: "conv2d" | "depthwise2d";
  /** Output channels of `channels` input channels. */
  outputs(channels: number, m: number): number;
  /** Names of the operation and of the output channels, for the sentence that refuses shapes. */
  readonly words: { readonly by: string; readonly m: string; readonly outputs: string };
  readonly forward: typeof convolve;
  readonly back: typeof convolveBack;
  readonly filter: typeof convolveFilter;
}

/** A sum over all input channels. */
export const plainConvolution: Convolution = {
  name: "conv2d",
  outputs: (_, m) => m,
  words: { by: "", m: "O", outputs: "O" },
  forward: convolve,
  back: convolveBack,
  filter: convolveFilter,
};

/** A sum within each input channel. */
export const depthwiseConvolution: Convolution = {
  name: "depthwise2d",
  outputs: (channels, m) => channels * m,
  words: { by: " by channel", m: "M", outputs: "C·M" },
  forward: depthwise,
  back: depthwiseBack,
  filter: depthwiseFilter,
};

/** See `LayerKernels`. */
export const convolutionLayers = (
  machine: Machine,
): Pick<LayerKernels, "conv2d" | "depthwise2d"> => ({
  conv2d: convolutionLayer(machine, plainConvolution),
  depthwise2d: convolutionLayer(machine, depthwiseConvolution),
});

/** A convolution with its operands; `n` output channels. */
interface Call {
  readonly kind: Convolution;
  readonly g: Geometry;
  readonly n: number;
  readonly x: Tensor;
  readonly w: Tensor;
  readonly b: Tensor | null;
}

function convolutionLayer(machine: Machine, kind: Convolution): LayerKernels["conv2d"] {
  const { activate } = elementwiseLayers(machine);
  return (x, w, b, window, activation, norm) => {
    assertShapes(kind, x, w, b);
    const g = windowGeometry(x.shape, [w.shape[0]!, w.shape[1]!], window);
    const call: Call = { kind, g, n: kind.outputs(g.channels, w.shape[3]!), x, w, b };
    if (norm) return normalized(machine, call, norm, activation);
    return isRectifier(activation)
      ? differentiable(machine, call, activation)
      : activate(differentiable(machine, call, "linear"), activation);
  };
}

function assertShapes(
  { outputs, words }: Convolution,
  x: Tensor,
  w: Tensor,
  b: Tensor | null,
): void {
  const fits = x.rank === 4 && w.rank === 4 && x.shape[3] === w.shape[2] &&
    (!b || (b.rank === 1 && b.shape[0] === outputs(w.shape[2]!, w.shape[3]!)));
  if (fits) return;
  throw new Error(
    `Cannot convolve x [${x.shape}]${words.by} with w [${w.shape}]${
      b ? ` and bias [${b.shape}]` : ""
    }: expected [B, H, W, C], [kh, kw, C, ${words.m}] and [${words.outputs}]`,
  );
}

function forward(machine: Machine, { kind, g, n, x, w }: Call, epilogue: Epilogue): Tensor {
  const { pointer } = machine;
  const y = machine.output([g.images, g.outHeight, g.outWidth, n]);
  const at = { x: pointer(x), w: pointer(w), out: pointer(y), epilogue };
  kind.forward(machine, g, w.shape[3]!, at);
  return y;
}

function differentiable(machine: Machine, call: Call, activation: Rectifier): Tensor {
  const { pointer } = machine;
  const { kind, g, n, x, w, b } = call;
  const m = w.shape[3]!;
  const inputs: { x: Tensor; w: Tensor; b?: Tensor } = b ? { x, w, b } : { x, w };
  const [y] = machine.operation(
    kind.name,
    inputs as Record<string, Tensor>,
    (save) => {
      const y = forward(machine, call, biased(b ? pointer(b) : 0, activation));
      if (activation === "linear") save(x, w);
      else save(x, w, y);
      return [y];
    },
    ([dy], [x, w, y]) => {
      const dz = throughRectifier(machine, dy!, y, activation);
      return {
        x: () => {
          const dx = machine.output(x!.shape);
          kind.back(machine, g, m, { dy: pointer(dz), w: pointer(w!), dx: pointer(dx) });
          return dx;
        },
        w: () => {
          const dw = machine.output(w!.shape);
          kind.filter(machine, g, m, { x: pointer(x!), dy: pointer(dz), dw: pointer(dw) });
          return dw;
        },
        b: () => biasGradient(machine, dz, n),
      };
    },
  );
  return y!;
}

/** Added to an activation's code: the table holds normalisations (kernels/products/epilogue.ts). */
const NORM = 4;

/** `activation(batchNorm(convolution + b))`, the same bits in one pass and in two. */
function normalized(machine: Machine, call: Call, norm: Norm, activation: Activation): Tensor {
  const { tf, pointer, kernels } = machine;
  const { b, n } = call;
  const { mean, variance, gamma, beta, epsilon } = norm;
  if (machine.recording() || !isRectifier(activation)) {
    const { batchNorm } = normLayers(machine);
    return tf.tidy(() => {
      const z = differentiable(machine, call, "linear");
      return batchNorm(z, mean, variance, gamma, beta, epsilon, activation);
    });
  }
  assertChannels(n, { mean, variance, gamma, beta });
  return machine.scratch(Math.ceil(n / 4) * 64, (table) => {
    const parameters = [mean, variance, gamma, beta].map(pointer);
    kernels.normTable(b ? pointer(b) : 0, ...parameters, epsilon, table, n);
    return forward(machine, call, { table, code: NORM + RECTIFIERS[activation] });
  });
}
