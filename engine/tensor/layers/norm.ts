/** Batch normalisation with a fused activation: with the batch's own statistics, or with given ones. */
import type { Tensor } from "../../deps/tfjs_core.ts";
import type { Machine } from "../machine.ts";
import type { Activation, LayerKernels } from "../types.ts";
import { channelsOf } from "./channels.ts";
import { ACTIVATION_CODE } from "./elementwise.ts";

/** A chunk's floats: it stays in the first-level cache while its rows are read twice. */
const CHUNK = 4096;

/** See `LayerKernels`. */
export const normLayers = (
  machine: Machine,
): Pick<LayerKernels, "batchNormTraining" | "batchNorm"> => {
  const { pointer, output, launch, operation, kernels, scratch } = machine;
  return {
    batchNormTraining(x, gamma, beta, epsilon, activation) {
      const rows = rowsOf(x, { gamma, beta });
      const [y, mean, variance] = operation("batchNormTraining", { x, gamma, beta }, (save) => {
        const mean = output([rows.channels]);
        const variance = output([rows.channels]);
        scratch(rows.chunks * rows.line * 2, (partials) => {
          const { rows: n, channels, length } = rows;
          launch("momentsOfChunks", rows.chunks, pointer(x), partials, n, channels, length);
          kernels.combineMoments(partials, pointer(mean), pointer(variance), n, channels, length);
        });
        const y = normalize(machine, { x, mean, variance, gamma, beta, epsilon, activation }, rows);
        save(x, mean, variance, gamma, beta);
        return [y, mean, variance];
      }, ([dy], [x, mean, variance, gamma, beta]) => {
        const call = {
          ...{ x, mean, variance, gamma, beta } as NormalizationTensors,
          epsilon,
          activation,
        };
        return gradients(machine, call, rows, { dy: dy!, trained: true });
      });
      return { y: y!, mean: mean!, variance: variance! };
    },

    batchNorm(x, mean, variance, gamma, beta, epsilon, activation) {
      const rows = rowsOf(x, { mean, variance, gamma, beta });
      const [y] = operation("batchNorm", { x, gamma, beta }, (save) => {
        save(x, mean, variance, gamma, beta);
        return [normalize(machine, { x, mean, variance, gamma, beta, epsilon, activation }, rows)];
      }, ([dy], [x, mean, variance, gamma, beta]) => {
        const call = {
          ...{ x, mean, variance, gamma, beta } as NormalizationTensors,
          epsilon,
          activation,
        };
        return gradients(machine, call, rows, { dy: dy!, trained: false });
      });
      return y!;
    },
  };
};

/** Tensors of a normalisation. */
interface NormalizationTensors {
  readonly x: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly gamma: Tensor;
  readonly beta: Tensor;
}

/** A normalisation with its statistics at hand. */
interface Normalization extends NormalizationTensors {
  readonly epsilon: number;
  readonly activation: Activation;
}

function normalize(
  { pointer, output, launch, kernels, scratch }: Machine,
  { x, mean, variance, gamma, beta, epsilon, activation }: Normalization,
  { chunks, rows, channels, length, line }: RowChunks,
): Tensor {
  const y = output(x.shape);
  scratch(line, (scale) => {
    kernels.normScale(pointer(variance), pointer(gamma), scale, epsilon, channels);
    launch(
      "normalize",
      chunks,
      ...[ACTIVATION_CODE[activation], pointer(x), pointer(mean), scale, pointer(beta)],
      ...[pointer(y), rows, channels, length],
    );
  });
  return y;
}

/**
 * One pass for the sums (dgamma, dbeta), a second for dx where it is wanted. `trained`: the statistics are those of
 * the batch, and dx has the part that goes through them.
 */
function gradients(
  { pointer, output, launch, kernels, scratch }: Machine,
  { x, mean, variance, gamma, beta, epsilon, activation }: Normalization,
  { chunks, rows, channels, length, line }: RowChunks,
  { dy, trained }: { readonly dy: Tensor; readonly trained: boolean },
): { x: () => Tensor; gamma: () => Tensor; beta: () => Tensor } {
  const dgamma = output([channels]);
  const dbeta = output([channels]);
  const takeoff = output([2, line / 4]);
  const code = ACTIVATION_CODE[activation];
  const withScale = <T>(body: (common: number[]) => T): T =>
    scratch(line, (scale) => {
      kernels.normScale(pointer(variance), pointer(gamma), scale, epsilon, channels);
      return body([code, pointer(x), pointer(dy), pointer(mean), scale, pointer(beta)]);
    });
  withScale((common) =>
    scratch(chunks * line * 2, (partials) => {
      launch("normSumsOfChunks", chunks, ...common, partials, rows, channels, length);
      kernels.combineNormSums(
        ...[partials, pointer(variance), pointer(dgamma), pointer(dbeta), pointer(takeoff)],
        ...[epsilon, trained ? 1 : 0, rows, channels, length],
      );
    })
  );
  return {
    x: () =>
      withScale((common) => {
        const dx = output(dy.shape);
        const rest = [pointer(takeoff), pointer(dx), rows, channels, length];
        launch("normGradient", chunks, ...common, ...rest);
        return dx;
      }),
    gamma: () => dgamma,
    beta: () => dbeta,
  };
}

interface RowChunks {
  readonly rows: number;
  readonly channels: number;
  /** Rows per chunk. */
  readonly length: number;
  readonly chunks: number;
  /** Bytes of a line of channels, in whole vectors. */
  readonly line: number;
}

function rowsOf(x: Tensor, parameters: { readonly [name: string]: Tensor }): RowChunks {
  const channels = channelsOf(x, parameters);
  const rows = channels === 0 ? 0 : x.size / channels;
  const length = Math.max(8, Math.floor(CHUNK / Math.max(1, channels)));
  return {
    rows,
    channels,
    length,
    chunks: Math.ceil(rows / length),
    line: Math.ceil(channels / 4) * 16,
  };
}
