/** Layers on integers, by each of their ends. */
import type { IntegerColumns, IntegerEnd } from "../../integer_types.ts";
import type { Drawn, SelfTestCases } from "../drawn.ts";

const bias = (count: number) => Int32Array.from({ length: count }, (_, i) => 1000 * (i % 7 - 3));
const scales = (count: number) =>
  Float32Array.from({ length: count }, (_, i) => 0.001 / (1 + i % 5));
const range = { low: -128, high: 127 };

/** Columns of every end, with numbers that differ from one to the next. */
const columnsOf = (count: number): readonly IntegerColumns[] => [
  { use: "reals", bias: bias(count), scales: scales(count) },
  { use: "even", bias: bias(count), scales: scales(count), ...range },
  { use: "up", bias: bias(count), scales: scales(count), ...range },
  {
    use: "fixed",
    bias: bias(count),
    multipliers: Int32Array.from({ length: count }, (_, i) => 0x40000000 + 99991 * i),
    shifts: Int32Array.from({ length: count }, (_, i) => i % 3 - 8),
    ...range,
  },
];

/** The sums themselves, and each end with its table. */
const endsOf = ({ room: { nn } }: Drawn, count: number): readonly IntegerEnd[] => [
  { use: "sums" },
  ...columnsOf(count).map((columns) => nn.integerEnd(columns) as IntegerEnd),
];

/** The end that scales rows too. */
const rowsEnd = ({ room: { nn }, positive }: Drawn, rows: number, count: number): IntegerEnd => ({
  ...nn.integerEnd({
    use: "rows",
    bias: Float32Array.from({ length: count }, (_, i) => i),
    scales: Float32Array.from({ length: count }, (_, i) => 0.001 / (1 + i)),
  }),
  rows: positive(rows),
});

/** Largest numbers of 8 and of 16 bits. */
const LIMITS = [127, 32767];

const same = { strides: [1, 1], padding: "same" } as const;
const halved = { strides: [2, 2], padding: "valid" } as const;

/** More than one unit of any kernel, and a tail. */
const LONG = 8192 + 4099;

const FORMAT = { scale: 0.125, low: -60, high: 50 };
const TIES = ["even", "up", "away"] as const;

/** Cases by name. */
export const integerCases: SelfTestCases = {
  "dense on integers": (given) =>
    LIMITS.flatMap((limit) =>
      ([[5, 7, 3], [13, 40, 17], [26, 65, 33], [15, 261, 34]] as const).flatMap((
        [rows, inner, columns],
      ) =>
        [...endsOf(given, columns), rowsEnd(given, rows, columns)].map((end) =>
          given.room.nn.denseInteger(
            given.shorts(limit, rows, inner),
            given.integers(limit, inner, columns),
            end,
          )
        )
      )
    ),
  "convolution on integers": (given) =>
    LIMITS.flatMap((limit) =>
      endsOf(given, 19).flatMap((end) => [
        given.room.nn.conv2dInteger(
          given.shorts(limit, 2, 6, 7, 5),
          given.integers(limit, 3, 3, 5, 19),
          same,
          end,
        ),
        given.room.nn.conv2dInteger(
          given.shorts(limit, 2, 6, 7, 16),
          given.integers(limit, 1, 1, 16, 19),
          halved,
          end,
        ),
      ])
    ),
  "convolution by channel on integers": (given) =>
    LIMITS.flatMap((limit) =>
      ([[same, 3, 7], [halved, 3, 8], [{ ...halved, padding: "same" }, 3, 19], [
        same,
        2,
        8,
      ]] as const)
        .flatMap(([window, size, width]) =>
          endsOf(given, 18).map((end) =>
            given.room.nn.depthwise2dInteger(
              given.shorts(limit, 2, 5, width, 18),
              given.integers(limit, size, size, 18, 1),
              window,
              end,
            )
          )
        )
    ),
  "integers and real numbers": ({ room: { nn, tf }, numbers, shorts }) => [
    ...TIES.map((ties) => nn.quantizeShort(tf.mul(numbers(LONG), 9), { ...FORMAT, ties })),
    ...TIES.map((ties) =>
      nn.addShort(
        { x: shorts(32767, 4099), scale: 0.001 },
        { x: shorts(127, 4099), scale: 0.02 },
        "relu",
        { ...FORMAT, ties },
      )
    ),
    ...TIES.map((ties) =>
      nn.globalAverageShort({ x: shorts(127, 3, 5, 6, 21), scale: 0.3 }, { ...FORMAT, ties })
    ),
    nn.realsOfShort(shorts(32767, LONG), 0.01),
  ],
};
