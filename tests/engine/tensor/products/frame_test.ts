/** Images in a frame of zeros. */
import assert from "node:assert/strict";
import { framed } from "../../../../engine/tensor/products/frame.ts";
import { fc } from "../../../deps.ts";
import { noise } from "../support/stock.ts";
import { computed, machine } from "./addresses.ts";

const cases = fc.record({
  ...{ images: fc.integer({ min: 1, max: 3 }), channels: fc.integer({ min: 1, max: 6 }) },
  ...{ height: fc.integer({ min: 1, max: 5 }), width: fc.integer({ min: 1, max: 5 }) },
  ...{ top: fc.nat(3), left: fc.nat(3), below: fc.integer({ min: -2, max: 3 }) },
  right: fc.integer({ min: -2, max: 3 }),
});

Deno.test("pixels inside the image are its own, all around them is 0", () => {
  fc.assert(fc.property(cases, ({ images, channels, height, width, top, left, below, right }) => {
    const frame = {
      ...{ top, left },
      ...{ height: Math.max(1, top + height + below), width: Math.max(1, left + width + right) },
    };
    const x = noise(images * height * width * channels, 1);
    const count = images * frame.height * frame.width * channels;
    const expected = Array.from({ length: count }, (_, i) => {
      const [pixel, c] = [Math.floor(i / channels), i % channels];
      const column = pixel % frame.width - left;
      const row = Math.floor(pixel / frame.width) % frame.height - top;
      const image = Math.floor(pixel / (frame.width * frame.height));
      const inside = row >= 0 && row < height && column >= 0 && column < width;
      return inside ? x[((image * height + row) * width + column) * channels + c]! : 0;
    });
    computed([x], 1, (_, at) => {
      const found = framed(
        machine,
        { at: at[0]!, images, height, width, channels },
        frame,
        (made) => {
          const alone = made.at === at[0];
          assert.equal(alone, top === 0 && left === 0 && below <= 0 && right <= 0);
          // Inside of the image nothing is copied: it is read with its own lines.
          if (alone) return undefined;
          assert.deepEqual([made.height, made.width], [frame.height, frame.width]);
          return [...new Float32Array(machine.memory.buffer, made.at, count)];
        },
      );
      if (found !== undefined) assert.deepEqual(found, expected);
    });
  }));
});
