/** The stock tfjs CPU backend, as the other opinion in tests of the room. */
import { loadTf, type Tensor, type Tf } from "../../../../engine/deps/tfjs_core.ts";
import { loadTfCpu } from "../../../../engine/deps/tfjs_backend_cpu.ts";
import { loadTfLayers } from "../../../../engine/deps/tfjs_layers.ts";

/** Runs `body` on the stock backend and returns the values of the tensors it returns. */
export async function onStock(body: (tf: Tf) => Tensor[]): Promise<Float32Array[]> {
  const [tf] = await Promise.all([loadTf(), loadTfCpu(), loadTfLayers()]);
  await tf.setBackend("cpu");
  return tf.tidy(() => body(tf).map((tensor) => Float32Array.from(tensor.dataSync())));
}

/** Fails unless |actual − expected| ≤ tolerance · (1 + |expected|) everywhere. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  if (actual.length !== expected.length) {
    throw new Error(`${what}: ${actual.length} values instead of ${expected.length}`);
  }
  for (let i = 0; i < expected.length; i++) {
    const a = actual[i]!, e = expected[i]!;
    const close = Number.isNaN(e)
      ? Number.isNaN(a)
      : Math.abs(a - e) <= tolerance * (1 + Math.abs(e));
    if (!close && a !== e) throw new Error(`${what}[${i}]: ${a} instead of ${e}`);
  }
}

/** Reproducible values in [−1, 1): the high bits of a linear congruential generator (Numerical Recipes' constants). */
export function noise(count: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 8388608 - 1;
  });
}
