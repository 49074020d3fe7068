/** What the tensor room offers: its layers, updates and the room itself, as types. */
import type { Scalar, Tensor, Tf } from "../deps/tfjs_core.ts";
import type {
  Ended,
  IntegerColumns,
  IntegerEnd,
  ScaledShort,
  ShortFormat,
  ShortTensor,
} from "./integer_types.ts";
import type { NativeLibrary } from "../run_context.ts";

/** Activations that layers fuse. */
export type Activation =
  | "linear"
  | "relu"
  | "relu6"
  | "sigmoid"
  | "tanh"
  | "gelu"
  | "elu"
  | "leaky-relu";

/** Zero padding: TensorFlow's `same` and `valid`, or explicit `[[top, bottom], [left, right]]`. */
export type Padding =
  | "same"
  | "valid"
  | readonly [readonly [number, number], readonly [number, number]];

/** A window's geometry. */
export interface Window {
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  /** Default [1, 1]. */
  readonly dilations?: readonly [number, number];
}

/** Batch normalisation with given statistics, all [channels]. */
export interface Norm {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly gamma: Tensor;
  readonly beta: Tensor;
  readonly epsilon: number;
}

/** Layer arithmetic, NHWC, kernels HWIO, float32. All differentiable unless said; gradients are exact kernels. */
export interface LayerKernels extends IntegerKernels {
  /** `activation(x · w + b)`; x [B, I], w [I, O], b [O] or null → [B, O]. */
  dense(x: Tensor, w: Tensor, b: Tensor | null, activation: Activation): Tensor;
  /**
   * x [B, H, W, C], w [kh, kw, C, O]. With `norm` batch normalisation goes before the activation: the bits of
   * `batchNorm` behind a linear layer, in one pass where no gradient is recorded.
   *
   * 3 × 3 windows at stride 1 may go by Winograd's F(4×4, 3×3). There a NaN or an infinity makes every output that
   * reads it NaN or infinite (which of the two may differ from the plain sum), and may do the same to its neighbours
   * in the same tile of 4 × 4 outputs, never to others.
   */
  conv2d(
    x: Tensor,
    w: Tensor,
    b: Tensor | null,
    window: Window,
    activation: Activation,
    norm?: Norm,
  ): Tensor;
  /** x [B, H, W, C], w [kh, kw, C, M] → [B, H', W', C·M]; output channel c·M + m. `norm` as in `conv2d`. */
  depthwise2d(
    x: Tensor,
    w: Tensor,
    b: Tensor | null,
    window: Window,
    activation: Activation,
    norm?: Norm,
  ): Tensor;
  /**
   * Batch normalisation with the batch's own statistics over all axes but the last; `mean` and `variance`
   * (population) are outputs for the moving averages and carry no gradient.
   */
  batchNormTraining(
    x: Tensor,
    gamma: Tensor,
    beta: Tensor,
    epsilon: number,
    activation: Activation,
  ): { y: Tensor; mean: Tensor; variance: Tensor };
  /** Batch normalisation with given statistics. Gradient for x, gamma, beta. */
  batchNorm(
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    gamma: Tensor,
    beta: Tensor,
    epsilon: number,
    activation: Activation,
  ): Tensor;
  /** Layer normalisation along the last axis; gamma, beta [C]. */
  layerNorm(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor;
  /** Rows of a table [V, D] by their numbers, int32 [...] → [..., D]; NaN for a number outside 0 … V − 1. */
  embedding(table: Tensor, ids: Tensor): Tensor;
  /**
   * softmax((Q Kᵀ + padding) / √depth) V for each head: `qkv` [B, T, 3 · heads · depth] holds queries, keys and values
   * side by side, each with its heads in order → [B, T, heads · depth]. `padding` [B, T] is added to the products with
   * each key and carries no gradient: numbers far below 0 leave keys out.
   */
  selfAttention(qkv: Tensor, heads: number, padding?: Tensor): Tensor;
  /**
   * Long short-term memory over the steps of x [B, T, I]; kernel [I + units, 4 · units] with the rows that meet the
   * input above those that meet the state, bias [4 · units]; gates in the order input, forget, cell, output. Of each
   * step [i f g o] = x W + b + h R; i, f, o go through the gates' activation (`hard-sigmoid`: clip(0.2 z + 0.5, 0, 1)),
   * g through tanh; c' = f c + i g, h' = o tanh(c'); h and c begin at 0. → h of every step [B, T, units] with
   * `sequence`, else of the last [B, units].
   */
  recurrent(
    x: Tensor,
    kernel: Tensor,
    bias: Tensor,
    layer: {
      readonly units: number;
      readonly sequence: boolean;
      readonly gates: "sigmoid" | "hard-sigmoid";
    },
  ): Tensor;
  maxPool(x: Tensor, size: readonly [number, number], window: Window): Tensor;
  /** Mean over the window's cells inside the image (padding does not count), as TensorFlow does. */
  averagePool(x: Tensor, size: readonly [number, number], window: Window): Tensor;
  /** [B, H, W, C] → [B, C]. */
  globalAveragePool(x: Tensor): Tensor;
  activate(x: Tensor, activation: Activation): Tensor;
  /** `activation(a + b)`, equal shapes. */
  add(a: Tensor, b: Tensor, activation: Activation): Tensor;
  /** softmax(z / temperature) along the last axis; temperature > 0. */
  softmax(z: Tensor, temperature: number): Tensor;
  logSoftmax(z: Tensor, temperature: number): Tensor;
  /**
   * Row i → −Σₖ targets[i,k] · log softmax(z[i] / temperature)ₖ; z, targets [B, K] → [B]. Gradient for z only:
   * (1/T)(softmax · Σtargets − targets). With one-hot targets and T = 1 this is cross-entropy; KL to a teacher
   * differs from it by the constant entropy of the targets.
   */
  crossEntropy(z: Tensor, targets: Tensor, temperature: number): Tensor;
  /**
   * `(clamp(round(x / scale) + zeroPoint, low, high) − zeroPoint) · scale`, rounding half to even. `scale` and
   * `zeroPoint` hold one number, or one for each place along x's last axes. Gradient for x alone, straight through:
   * dy where nothing was clamped, else 0.
   */
  fakeQuantize(x: Tensor, scale: Tensor, zeroPoint: Tensor, low: number, high: number): Tensor;
}

/** Layers on integers; none has a gradient. */
export interface IntegerKernels {
  /**
   * Exact products of integers; w int32 (each |value| ≤ 2¹⁵), sums of 32 bits that wrap, and what `end`
   * makes of them. x [..., I], w [I, O] → [..., O].
   */
  denseInteger<E extends IntegerEnd>(x: ShortTensor, w: Tensor, end: E): Ended<E>;
  conv2dInteger<E extends IntegerEnd>(x: ShortTensor, w: Tensor, window: Window, end: E): Ended<E>;
  depthwise2dInteger<E extends IntegerEnd>(
    x: ShortTensor,
    w: Tensor,
    window: Window,
    end: E,
  ): Ended<E>;
  /** An end with its table, which the caller disposes. */
  integerEnd<C extends IntegerColumns>(columns: C): C & { readonly table: Tensor };
  /** round(clamp(x / scale, low, high)), 0 for NaN; float32 division. */
  quantizeShort(x: Tensor, to: ShortFormat): ShortTensor;
  /** The smallest and the largest of each row along the last axis and of 0; NaN if one is NaN. [..., I] → [rows, 2]. */
  rowRanges(x: Tensor): Tensor;
  /** `quantizeShort` with a format for each row: its scale, low and high, [rows, 3]. */
  quantizeRows(x: Tensor, formats: Tensor, ties: ShortFormat["ties"]): ShortTensor;
  /** `quantizeShort` of `add` of a · scale and b · scale, the same bits in one pass. */
  addShort(a: ScaledShort, b: ScaledShort, activation: Activation, to: ShortFormat): ShortTensor;
  /** `quantizeShort` of `globalAveragePool` of x · scale, the same bits in one pass. */
  globalAverageShort(x: ScaledShort, to: ShortFormat): ShortTensor;
  /** float32(x) · scale. */
  realsOfShort(x: ShortTensor, scale: number): Tensor;
}

/** Settings of one update; rates are this update's values. */
export type Update =
  | {
    readonly use: "sgd" | "nesterov";
    readonly learningRate: number;
    readonly momentum: number;
    /** L2, added to the gradient. */
    readonly weightDecay: number;
  }
  | {
    readonly use: "adam";
    readonly learningRate: number;
    readonly beta1: number;
    readonly beta2: number;
    readonly epsilon: number;
    readonly weightDecay: number;
    /** AdamW: decay is taken from the weight (× learning rate), not added to the gradient. */
    readonly decoupled: boolean;
    /** 1 for the first update. */
    readonly step: number;
  }
  | {
    readonly use: "rmsprop";
    readonly learningRate: number;
    readonly decay: number;
    readonly epsilon: number;
    readonly weightDecay: number;
  };

/** What a body inside the room works with. */
export interface Room {
  readonly tf: Tf;
  readonly nn: LayerKernels;
  /** A tensor of the values, copied. */
  tensor(
    data: Float32Array | Int32Array,
    shape: readonly number[],
    dtype?: "float32" | "int32",
  ): Tensor;
  /** A copy of a tensor's values; never a view of the room's memory. */
  values(tensor: Tensor): Float32Array;
  integers(tensor: Tensor | ShortTensor): Int32Array;
  /** A tensor of integers of 16 bits, copied. */
  short(data: Int32Array, shape: readonly number[]): ShortTensor;
  /**
   * 0 where the uniform draws of a block of a stream (`streamKey`) are below `rate`, else 1/(1 − rate): the mask of a
   * dropout layer.
   */
  dropout(
    draws: { readonly key: readonly [number, number]; readonly block: number },
    rate: number,
    shape: readonly number[],
  ): Tensor;
  /** Value of a scalar function and its gradients for `variables`, in one pass; the caller disposes them. */
  valueAndGradients(
    body: () => Scalar,
    variables: readonly Tensor[],
  ): { value: Scalar; gradients: (Tensor | null)[] };
  /**
   * One optimizer update, in place: `parameter` and `slots` change. `mask` (same shape, 0 or 1): where 0, the
   * parameter becomes and stays exactly 0 and its slots too.
   */
  update(
    parameter: Tensor,
    gradient: Tensor,
    slots: readonly Tensor[],
    settings: Update,
    mask?: Tensor,
  ): void;
  /** Lets the event loop run (signals, timers, progress) if 50 ms have passed since it last did. */
  yieldToEventLoop(): Promise<void>;
}

/** Options of `withTensors`. */
export interface RoomOptions {
  /** Default 1. Never changes a result. */
  readonly threads?: number;
  /** Native kernels, used where there is one. Default: those of WebAssembly alone. Never changes a result. */
  readonly kernels?: NativeLibrary | undefined;
}
