/** Layer normalisation along the last axis. */
import type { Tensor } from "../../deps/tfjs_core.ts";
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../types.ts";
import { channelsOf } from "./channels.ts";

/** Rows whose sums are taken together. */
const LENGTH = 64;

/** See `LayerKernels`. */
export const layerNormLayers = (machine: Machine): Pick<LayerKernels, "layerNorm"> => {
  const { pointer, output, launch, operation, scratch } = machine;

  return {
    layerNorm(x, gamma, beta, epsilon) {
      const n = channelsOf(x, { gamma, beta });
      const rows = n === 0 ? 0 : x.size / n;
      const [y] = operation("layerNorm", { x, gamma, beta }, (save) => {
        const y = output(x.shape);
        const moments = output([rows, 2]);
        const pointers = [x, gamma, beta, y, moments].map(pointer);
        launch("layerNorm", rows, ...pointers, n, epsilon);
        save(x, gamma, moments);
        moments.dispose();
        return [y];
      }, ([dy], [x, gamma, moments]) => {
        const [dgamma, dbeta] = parameterGradients(x!, dy!, moments!);
        return {
          x: () => {
            const dx = output(x!.shape);
            const pointers = [x!, gamma!, dy!, dx, moments!].map(pointer);
            launch("layerNormGradient", rows, ...pointers, n);
            return dx;
          },
          gamma: () => dgamma,
          beta: () => dbeta,
        };
      });
      return y!;
    },
  };

  /** Sums over the rows: of chunks first, then of the chunks. */
  function parameterGradients(x: Tensor, dy: Tensor, moments: Tensor): [Tensor, Tensor] {
    const n = x.shape.at(-1)!;
    const rows = moments.shape[0]!;
    const chunks = Math.ceil(rows / LENGTH);
    const dgamma = output([n]);
    const dbeta = output([n]);
    scratch(chunks * n * 8 + 64, (sums) => {
      const products = sums + chunks * n * 4;
      const pointers = [pointer(x), pointer(dy), pointer(moments), sums, products];
      launch("layerNormSums", chunks, ...pointers, rows, n, LENGTH);
      for (const [from, to] of [[sums, dbeta], [products, dgamma]] as const) {
        launch("reduceRows", 1, 0, from, pointer(to), chunks, Math.max(chunks, 1), n, 1);
      }
    });
    return [dgamma, dbeta];
  }
};
