/**
 * The CIFAR binary format (cs.toronto.edu/~kriz/cifar.html): records of one label byte (CIFAR-100: coarse, then fine;
 * the fine one is taken) and a 32×32 image, 1024 bytes each of red, green and blue.
 */
import type { Samples } from "../samples.ts";
import { defineDataFormat } from "./data_format.ts";
import { eachPart, readFile } from "./read_file.ts";

export const cifar = defineDataFormat({
  name: "cifar",
  suffixes: ["bin"],
  inFolder: ["[^/]*\\.bin"],
  example: "data_batch_1.bin or train.bin (CIFAR)",
  read: async (parts, _wishes, context) =>
    await eachPart(parts, async (names) => {
      const files = [];
      for (const name of names) files.push({ name, bytes: await readFile(context, name) });
      return parseCifar(files);
    }),
});

const SIDE = 32;
const PLANE = SIDE * SIDE;
const CHANNELS = 3;

/** Records of one or more files, one after another. Throws a RangeError where a file is not whole records. */
export function parseCifar(
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Samples {
  const parts = files.map(({ name, bytes }) => {
    const labels = [1, 2].find((count) =>
      bytes.length !== 0 && bytes.length % (count + CHANNELS * PLANE) === 0
    );
    if (labels !== undefined) return { bytes, labels, record: labels + CHANNELS * PLANE };
    throw new RangeError(
      `Cannot read "${name}" as CIFAR: ${bytes.length} bytes are not a whole number of records of 3073 or 3074`,
    );
  });
  const count = parts.reduce((sum, { bytes, record }) => sum + bytes.length / record, 0);
  const x = new Uint8Array(count * PLANE * CHANNELS);
  const y = new Int32Array(count);
  let sample = 0;
  for (const { bytes, labels, record } of parts) {
    for (let start = 0; start < bytes.length; start += record, sample++) {
      y[sample] = bytes[start + labels - 1]!;
      for (let pixel = 0; pixel < PLANE; pixel++) {
        for (let channel = 0; channel < CHANNELS; channel++) {
          x[(sample * PLANE + pixel) * CHANNELS + channel] =
            bytes[start + labels + channel * PLANE + pixel]!;
        }
      }
    }
  }
  return { count, input: [SIDE, SIDE, CHANNELS], x, y };
}
