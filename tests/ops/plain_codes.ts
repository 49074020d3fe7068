/** Numbers out of tables, rows with a 1 in one place, and contrast in plain loops of one sample. */
import { type Plain, type Row } from "./plain_forward.ts";

/** `lookup`. */
export const plainLookup: Row<"lookup"> = ({ by, keys, values, other }, [x]) => {
  const found = (value: number) => {
    const at = by === "equal"
      ? keys.findIndex((key) => Math.fround(key) === value)
      : keys.findLastIndex((key) => Math.fround(key) <= value);
    return at < 0 ? other : values[at]!;
  };
  return { shape: x!.shape, data: x!.data.map(found) };
};

/** `one-hot`. */
export const plainOneHot: Row<"one-hot"> = ({ size, by }, [x]) => {
  const row = (numbers: readonly number[]) =>
    Array.from({ length: size }, (_, place) => {
      const count = numbers.filter((number) => number === place).length;
      return by === "count" ? count : Math.min(count, 1);
    });
  const width = by === "each" ? 1 : x!.shape.at(-1)!;
  const rows = Array.from(
    { length: x!.data.length / width },
    (_, at) => row([...x!.data.slice(at * width, (at + 1) * width)]),
  );
  const front = by === "each" ? x!.shape : x!.shape.slice(0, -1);
  return { shape: [...front, size], data: Float64Array.from(rows.flat()) };
};

/** `contrast`. */
export const plainContrast: Row<"contrast"> = ({ low, high }, [x]) => {
  const channels = x!.shape.at(-1)!;
  const of = (channel: number) => [...x!.data].filter((_, at) => at % channels === channel);
  const data = x!.data.map((value, at) => {
    const values = of(at % channels);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return least === most ? value : low + (value - least) / (most - least) * (high - low);
  });
  return { shape: x!.shape, data } satisfies Plain;
};
