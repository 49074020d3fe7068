/** A weight's stored numbers as one row of 32-bit integers, in which a pruned weight is always the same number. */
import { axisIndex } from "../../model/weights.ts";
import type { Encoding, Weight } from "../../model/model.ts";

/** A row, and how it may be written. */
export interface StoredNumbers {
  readonly row: Int32Array;
  /** The number that stands for the value 0; undefined: none does. */
  readonly zero: number | undefined;
  /** The bits of each where numbers do not repeat; undefined: they are small and repeat. */
  readonly width: 16 | 32 | undefined;
}

type Encodings = { readonly [U in Encoding["use"]]: Extract<Encoding, { readonly use: U }> };

interface NumberForm<E extends Encoding> {
  readonly width: StoredNumbers["width"];
  zero(encoding: E): number | undefined;
  row(weight: Weight, encoding: E): Int32Array;
  data(row: Int32Array, encoding: E, shape: readonly number[]): Weight["data"];
}

const forms: { readonly [U in Encoding["use"]]: NumberForm<Encodings[U]> } = {
  f32: {
    width: 32,
    zero: () => 0,
    row: ({ data }) => new Int32Array(data.slice().buffer),
    data: (row) => new Float32Array(row.slice().buffer),
  },
  f16: {
    width: 16,
    zero: () => 0,
    row: ({ data }) => Int32Array.from(data),
    data: (row) => Uint16Array.from(row),
  },
  affine: {
    width: undefined,
    zero: () => 0,
    row({ data, shape }, { axis, zero }) {
      const channel = axisIndex(shape, axis);
      return Int32Array.from(data, (q, i) => q - zero[channel(i)]!);
    },
    data(row, { axis, zero }, shape) {
      const channel = axisIndex(shape, axis);
      return Int8Array.from(row, (difference, i) => {
        const q = difference + zero[channel(i)]!;
        if (q < -128 || q > 127) throw new RangeError(`${q} is no integer of 8 bits`);
        return q;
      });
    },
  },
  codebook: {
    width: undefined,
    zero({ centroids }) {
      const code = centroids.findIndex((centroid) => Object.is(centroid, 0));
      return code < 0 ? undefined : code;
    },
    row({ data }, encoding) {
      const zero = this.zero(encoding);
      // Of several codes that mean 0, one.
      return Int32Array.from(data, (code) => Object.is(encoding.centroids[code], 0) ? zero! : code);
    },
    data(row, { centroids }) {
      return Uint8Array.from(row, (code) => {
        if (code < 0 || code >= centroids.length) {
          throw new RangeError(`${code} is no code of ${centroids.length} shared values`);
        }
        return code;
      });
    },
  },
};

/** The numbers of a weight: bits of floats, integers less their zero point, codes of shared values. */
export function storedNumbers(weight: Weight): StoredNumbers {
  const { encoding } = weight;
  return { ...traitsOf(encoding), row: formOf(encoding).row(weight, encoding) };
}

/** What is known of a weight's numbers before they are read. */
export function traitsOf(encoding: Encoding): Omit<StoredNumbers, "row"> {
  const form = formOf(encoding);
  return { width: form.width, zero: form.zero(encoding) };
}

/** The weight of a row of numbers. Throws a RangeError for a number that its encoding does not have. */
export function weightOf(
  row: Int32Array,
  encoding: Encoding,
  shape: readonly number[],
): Weight {
  return { shape, encoding, data: formOf(encoding).data(row, encoding, shape) };
}

/** The form of an encoding's own kind takes it; TypeScript does not correlate the two unions. */
function formOf(encoding: Encoding): NumberForm<Encoding> {
  return forms[encoding.use] as unknown as NumberForm<Encoding>;
}
