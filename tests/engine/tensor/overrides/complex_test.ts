/** Fourier transforms against the sum that defines them, in double precision. */
import assert from "node:assert/strict";
import { complexOverrides } from "../../../../engine/tensor/overrides/complex.ts";
import { type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { assertRegistered } from "../support/compare.ts";
import { assertClose, noise } from "../support/stock.ts";

refuseLeaks(true);

/** X[k] = Σ x[j] e^(∓2πi jk / n), term by term. */
function defined(re: ArrayLike<number>, im: ArrayLike<number>, sign: 1 | -1): [number[], number[]] {
  const n = re.length;
  const [real, imaginary] = [new Array<number>(n).fill(0), new Array<number>(n).fill(0)];
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < n; j++) {
      const angle = sign * 2 * Math.PI * (j * k % n) / n;
      real[k]! += re[j]! * Math.cos(angle) - im[j]! * Math.sin(angle);
      imaginary[k]! += re[j]! * Math.sin(angle) + im[j]! * Math.cos(angle);
    }
  }
  return [real, imaginary];
}

Deno.test("transforms of any length, prime or not, are the sum that defines them", async () => {
  for (const n of [1, 2, 3, 7, 8, 12, 30, 49, 97]) {
    const [re, im] = [noise(n, 1), noise(n, 2)];
    const [forward, back, size] = await withTensors(({ tf, values }) =>
      tf.tidy(() => {
        const x = tf.complex(tf.tensor1d(re), tf.tensor1d(im));
        const parts = (y: Tensor) => [values(tf.real(y)), values(tf.imag(y))];
        return [parts(tf.fft(x)), parts(tf.ifft(x)), values(tf.abs(x))] as const;
      })
    );
    defined(re, im, -1).forEach((part, i) => assertClose(forward[i]!, part, 1e-6, `fft ${n}`));
    defined(re, im, 1).forEach((part, i) =>
      assertClose(back[i]!, part.map((value) => value / n), 1e-6, `ifft ${n}`)
    );
    assertClose(size, Array.from(re, (x, i) => Math.hypot(x, im[i]!)), 1e-6, "abs");
  }
});

Deno.test("each line of a batch is transformed alone", async () => {
  const [whole, row] = await withTensors(({ tf, values }) =>
    tf.tidy(() => {
      const x = tf.tensor(noise(24, 1), [2, 3, 4]);
      const line = tf.reshape(tf.slice(x, [1, 1, 0], [1, 1, 4]), [4]);
      const real = (y: typeof x) => values(tf.real(tf.fft(tf.complex(y, tf.zerosLike(y)))));
      return [real(x), real(line as typeof x)];
    })
  );
  assert.deepEqual(whole!.slice(16, 20), row);
});

Deno.test("these are the kernels of ours that tfjs runs", async () => {
  await assertRegistered(complexOverrides, ["FFT", "IFFT", "ComplexAbs"]);
});

Deno.test("a magnitude is infinite where a part is, and does not overflow before that", async () => {
  const found = await withTensors(({ tf, values }) =>
    tf.tidy(() => {
      const re = tf.tensor1d([Infinity, NaN, -Infinity, 3e38, 1e-30, 3, NaN]);
      const im = tf.tensor1d([NaN, -Infinity, 1, 0, 1e-30, 4, 1]);
      return values(tf.abs(tf.complex(re, im)));
    })
  );
  assert.deepEqual([...found], [
    ...[Infinity, Infinity, Infinity, Math.fround(3e38)],
    ...[Math.fround(Math.SQRT2 * Math.fround(1e-30)), 5, NaN],
  ]);
});

Deno.test("transforms of no numbers are no numbers", async () => {
  await withTensors(({ tf, values }) => {
    tf.tidy(() => {
      for (const shape of [[0], [2, 0], [0, 3]]) {
        const x = tf.complex(tf.zeros(shape), tf.zeros(shape));
        for (const y of [tf.fft(x), tf.ifft(x)]) {
          assert.deepEqual(y.shape, shape);
          assert.deepEqual(
            [...values(tf.real(y)), ...values(tf.imag(y)), ...values(tf.abs(y))],
            [],
          );
        }
      }
    });
  });
});

Deno.test("a transform of one number is that number", async () => {
  await withTensors(({ tf, values }) => {
    tf.tidy(() => {
      const x = tf.complex(tf.tensor1d([3]), tf.tensor1d([-2]));
      for (const y of [tf.fft(x), tf.ifft(x)]) {
        assert.deepEqual([values(tf.real(y))[0], values(tf.imag(y))[0]], [3, -2]);
      }
    });
  });
});
