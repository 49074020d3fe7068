/** The two photos of `DECANT_TEST_DATA`, a cat and a chickadee, as a folder of pictures for each class. */
import assert from "node:assert/strict";
import jpeg from "npm:jpeg-js@0.4.4";
import { encodePng } from "../../../engine/deps/fast_png.ts";
import type { Picture } from "../../../ops/data/images/picture.ts";
import { testData } from "../../ops/model/support/test_data.ts";

/** The folder of the MobileNet and its photos. */
export const FOLDER = "mobilenet-v1-025-128";

/** Where it lies; undefined where it is absent. */
export const SOURCE = testData(FOLDER);

/** An uncompressed Windows bitmap of 24 bits: rows from below, blue first, each padded to four bytes. */
export function bitmap(bytes: Uint8Array): Picture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [start, width, signed] = [
    view.getUint32(10, true),
    view.getInt32(18, true),
    view.getInt32(22, true),
  ];
  const height = Math.abs(signed);
  assert.equal(view.getUint16(28, true), 24);
  const row = Math.ceil(width * 3 / 4) * 4;
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const y = Math.floor(i / (3 * width));
    const x = Math.floor(i / 3) % width;
    return bytes[start + (signed > 0 ? height - 1 - y : y) * row + 3 * x + 2 - i % 3]!;
  });
  return { width, height, channels: 3, data };
}

/** A window of a picture: what another photo of the same might show. */
function cropped(picture: Picture, left: number, top: number, size: number): Picture {
  const data = Uint8Array.from({ length: size * size * 3 }, (_, i) => {
    const y = top + Math.floor(i / (3 * size));
    const x = left + Math.floor(i / 3) % size;
    return picture.data[(y * picture.width + x) * 3 + i % 3]!;
  });
  return { width: size, height: size, channels: 3, data };
}

/** The two photos and windows of them, half PNG and half JPEG, in folders called as the model's outputs are. */
export async function photos(folder: string): Promise<void> {
  for (const [name, label] of [["resized_cat", "tiger cat"], ["bird", "chickadee"]] as const) {
    const whole = bitmap(await Deno.readFile(`${SOURCE}/${name}.bmp`));
    const side = Math.min(whole.width, whole.height);
    const size = Math.floor(side * 0.95);
    const views = [whole];
    for (
      const [fx, fy] of [[0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5], [0.5, 0], [0, 0.5]] as const
    ) {
      views.push(
        cropped(
          whole,
          Math.floor(fx * (whole.width - size)),
          Math.floor(fy * (whole.height - size)),
          size,
        ),
      );
    }
    await Deno.mkdir(`${folder}/photos/${label}`, { recursive: true });
    for (const [i, { width, height, data }] of views.entries()) {
      if (i % 2 === 0) {
        const file = encodePng({ width, height, channels: 3, data });
        await Deno.writeFile(`${folder}/photos/${label}/${i}.png`, file);
      } else {
        const rgba = Uint8Array.from(
          { length: width * height * 4 },
          (_, k) => k % 4 === 3 ? 255 : data[Math.floor(k / 4) * 3 + k % 4]!,
        );
        const { data: file } = jpeg.encode({ width, height, data: rgba }, 95);
        await Deno.writeFile(`${folder}/photos/${label}/${i}.jpg`, file);
      }
    }
  }
}
