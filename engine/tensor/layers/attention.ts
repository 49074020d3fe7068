/** Self-attention of several heads in one kernel, and its gradient. */
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../types.ts";

/** See `LayerKernels`. */
export const attentionLayers = (machine: Machine): Pick<LayerKernels, "selfAttention"> => {
  const { pointer, output, launch, operation, scratch, kernels } = machine;
  return {
    selfAttention(qkv, heads, padding) {
      const [batch, tokens, wide] = qkv.shape as [number, number, number];
      const depth = wide / 3 / heads;
      if (qkv.rank !== 3 || !Number.isInteger(depth) || depth === 0) {
        throw new Error(
          `Cannot attend in [${qkv.shape}] with ${heads} heads: it must be [B, T, 3 · heads · depth]`,
        );
      }
      if (padding && padding.shape.join() !== `${batch},${tokens}`) {
        throw new Error(`Cannot leave out [${padding.shape}] of [${qkv.shape}]: it must be [B, T]`);
      }
      const padded = (n: number) => Math.ceil(n / 8) * 8;
      const panels = Math.max(padded(depth) * tokens, padded(tokens) * depth);
      if ((panels + tokens * tokens) * 4 + 128 > kernels.scratchBytes()) {
        throw new Error(
          `Cannot attend over ${tokens} tokens at once: the kernel has room for about 900; shorten the sequences`,
        );
      }
      const units = batch * heads;
      const [y] = operation("selfAttention", { qkv }, (save) => {
        const y = output([batch, tokens, heads * depth]);
        const weights = output([units, tokens, tokens]);
        const [from, kept, to] = [qkv, weights, y].map(pointer) as [number, number, number];
        const hidden = padding ? pointer(padding) : 0;
        launch("attention", units, from, hidden, kept, to, tokens, heads, depth);
        save(qkv, weights);
        weights.dispose();
        return [y];
      }, ([dy], [qkv, weights]) => ({
        qkv: () => {
          const dqkv = output(qkv!.shape);
          scratch(weights!.size * 4, (slopes) => {
            const pointers = [
              pointer(qkv!),
              pointer(weights!),
              pointer(dy!),
              slopes,
              pointer(dqkv),
            ];
            launch("attentionGradient", units, ...pointers, tokens, heads, depth);
          });
          return dqkv;
        },
      }));
      return y!;
    },
  };
};
