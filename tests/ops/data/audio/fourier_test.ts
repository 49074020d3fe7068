import assert from "node:assert/strict";
import { powerSpectrum } from "../../../../ops/data/audio/fourier.ts";

for (const size of [2, 4, 64]) {
  Deno.test(`the power of ${size} numbers is that of the sum that defines it`, () => {
    const spectrum = powerSpectrum(size);
    for (const seed of [1, 2]) {
      const x = Float64Array.from({ length: size }, (_, n) => (n * n * 7 + seed * 13 * n) % 11 - 5);
      const found = spectrum(x);
      assert.equal(found.length, size / 2 + 1);
      for (let k = 0; k <= size / 2; k++) {
        let [re, im] = [0, 0];
        x.forEach((value, n) => {
          re += value * Math.cos(2 * Math.PI * k * n / size);
          im -= value * Math.sin(2 * Math.PI * k * n / size);
        });
        assert.ok(Math.abs(found[k]! - (re * re + im * im)) < 1e-9 * size * size, `${k}`);
      }
    }
  });
}
