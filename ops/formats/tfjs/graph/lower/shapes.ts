/** Operators of TensorFlow that arrange, cut and join. */
import type { Lower, Lowering } from "../lowering.ts";

/** Past the end of any axis. */
const END = 2147483647;

/** Bit `at` of a mask. */
const bit = (mask: number, at: number): boolean => (mask >> at & 1) === 1;

const passed: Lower = ({ end, inputs }) => end("Identity", inputs.slice(0, 1));

/** What is added along each axis, before and behind. */
function amountsOf(lowering: Lowering): readonly (readonly [number, number])[] {
  const listed = lowering.list(1, "paddings");
  return lowering.shape(lowering.inputs[0] ?? "").map((_, axis) => [
    listed[2 * axis] ?? 0,
    listed[2 * axis + 1] ?? 0,
  ]);
}

/** Zeros, or another number, or what lies at the border again. */
const pad = (mode: "constant" | "mirrored"): Lower => (lowering) => {
  const { node, inputs: [input = "", , fill] } = lowering;
  const amounts = amountsOf(lowering);
  const filled = mode === "constant" && fill !== undefined ? [fill] : [];
  const mirrored = node.text("mode", "REFLECT") === "REFLECT" ? "reflect" : "symmetric";
  const written = { mode: mode === "constant" ? mode : mirrored };
  const padded = (value: string, each: typeof amounts) =>
    lowering.put("Pad", [
      value,
      lowering.whole([...each.map(([before]) => before), ...each.map(([, behind]) => behind)]),
      ...filled,
    ], written);
  const [batch, rows, columns, channels] = amounts;
  if (batch === undefined || channels === undefined || amounts.length !== 4) {
    return lowering.end("Identity", [padded(input, amounts)]);
  }
  let last = input;
  if (mode === "constant" && channels.some((each) => each !== 0)) {
    // Channels as the columns of an image of one channel.
    const [count, height, width, depth] = lowering.shape(input) as [number, number, number, number];
    const flat = lowering.whole([count, 1, height * width, depth]);
    const wide = padded(lowering.put("Reshape", [input, flat]), [[0, 0], [0, 0], [0, 0], channels]);
    const shape = [count, height, width, channels[0] + depth + channels[1]];
    last = lowering.put("Reshape", [wide, lowering.whole(shape)]);
  }
  // Space comes last where operators of ONNX pad it.
  const first = lowering.put("Transpose", [last], { perm: [0, 3, 1, 2] });
  const behind = mode === "constant" ? [0, 0] as const : channels;
  const around = padded(first, [batch, behind, rows!, columns!]);
  lowering.end("Transpose", [around], { perm: [0, 2, 3, 1] });
};

/** Places from one on, so many of each axis; −1 is what is left. */
const slice: Lower = (lowering) => {
  const { inputs: [input = ""] } = lowering;
  const [begin, size] = [lowering.list(1, "begin"), lowering.list(2, "size")];
  const ends = begin.map((from, axis) => (size[axis] ?? -1) < 0 ? END : from + size[axis]!);
  lowering.end("Slice", [input, lowering.whole(begin), lowering.whole(ends)]);
};

/** Python's brackets: masks say where an end is open, where axes are left, go or come. */
const stridedSlice: Lower = (lowering) => {
  const { node, inputs: [input = ""] } = lowering;
  const rank = lowering.shape(input).length;
  const lists = ["begin", "end", "strides"].map((what, at) => lowering.list(at + 1, what));
  const [begin, end, strides] = lists as [number[], number[], number[]];
  const mask = (name: string) => node.int(`${name}_mask`, 0);
  const [opens, closes, ellipsis] = [mask("begin"), mask("end"), mask("ellipsis")];
  const [comes, goes] = [mask("new_axis"), mask("shrink_axis")];
  const given = begin.filter((_, at) => !bit(ellipsis, at) && !bit(comes, at)).length;
  const cut = { axes: [] as number[], starts: [] as number[], ends: [] as number[] };
  const steps: number[] = [];
  const [going, coming]: [number[], number[]] = [[], []];
  let [axis, place] = [0, 0];
  for (const [at, from] of begin.entries()) {
    if (bit(ellipsis, at)) {
      place += rank - given;
      axis += rank - given;
      continue;
    }
    if (bit(comes, at)) {
      coming.push(place++);
      continue;
    }
    const step = strides[at] ?? 1;
    const shrinks = bit(goes, at);
    const open = step < 0 ? [END, -END] : [0, END];
    cut.axes.push(axis);
    cut.starts.push(bit(opens, at) && !shrinks ? open[0]! : from);
    const after = from === -1 ? END : from + 1;
    cut.ends.push(shrinks ? after : bit(closes, at) ? open[1]! : end[at]!);
    steps.push(shrinks ? 1 : step);
    if (shrinks) going.push(axis);
    else place++;
    axis++;
  }
  const numbers = [cut.starts, cut.ends, cut.axes, steps].map((each) => lowering.whole(each));
  let last = lowering.put("Slice", [input, ...numbers]);
  if (going.length > 0) last = lowering.put("Squeeze", [last, lowering.whole(going)]);
  if (coming.length > 0) last = lowering.put("Unsqueeze", [last, lowering.whole(coming)]);
  lowering.end("Identity", [last]);
};

/** Parts of one axis; sizes are equal, or listed. */
function split(lowering: Lowering, input: string, along: number, sizes: readonly number[]): void {
  const extent = lowering.shape(input)[along]!;
  const known = sizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
  const written = sizes.map((size) => size < 0 ? extent - known : size);
  let from = 0;
  for (const [output, size] of written.entries()) {
    const cut = [from, from += size].map((each) => lowering.whole([each]));
    lowering.give(output, "Slice", [input, ...cut, lowering.whole([along])]);
  }
}

const equalParts: Lower = (lowering) => {
  const input = lowering.inputs[1] ?? "";
  const shape = lowering.shape(input);
  const along = lowering.axis(lowering.list(0, "axis")[0] ?? 0, shape.length);
  const parts = lowering.node.int("num_split", 1);
  const size = shape[along]! / parts;
  if (!Number.isInteger(size)) {
    throw lowering.wrong(`it makes ${parts} parts of ${shape[along]} places`);
  }
  split(lowering, input, along, Array.from({ length: parts }, () => size));
};

const listedParts: Lower = (lowering) => {
  const [input = ""] = lowering.inputs;
  const rank = lowering.shape(input).length;
  const along = lowering.axis(lowering.list(2, "axis")[0] ?? 0, rank);
  split(lowering, input, along, lowering.list(1, "sizes"));
};

/** Each place of an axis by itself, without the axis. */
const unpack: Lower = (lowering) => {
  const { node, inputs: [input = ""] } = lowering;
  const shape = lowering.shape(input);
  const axis = lowering.axis(node.int("axis", 0), shape.length);
  const count = node.int("num", shape[axis]!);
  if (count !== shape[axis]) throw lowering.wrong(`it takes ${count} places of ${shape[axis]}`);
  for (let place = 0; place < count && place < lowering.outputs.length; place++) {
    const cut = [place, place + 1].map((each) => lowering.whole([each]));
    const one = lowering.put("Slice", [input, ...cut, lowering.whole([axis])]);
    lowering.give(place, "Squeeze", [one, lowering.whole([axis])]);
  }
};

/** Values beside one another along an axis that comes. */
const pack: Lower = (lowering) => {
  const { node, inputs } = lowering;
  const axis = lowering.axis(node.int("axis", 0), lowering.shape(inputs[0] ?? "").length + 1);
  const axes = lowering.whole([axis]);
  const wide = inputs.map((input) => lowering.put("Unsqueeze", [input, axes]));
  lowering.end("Concat", wide, { axis });
};

/** `ConcatV2`, whose axis comes last. */
const concat: Lower = (lowering) => {
  const { inputs } = lowering;
  const [axis = 0] = lowering.list(inputs.length - 1, "axis");
  lowering.end("Concat", inputs.slice(0, -1), { axis });
};

/** Operators by name. */
export const shapes: Readonly<Record<string, Lower>> = {
  Identity: passed,
  StopGradient: passed,
  PreventGradient: passed,
  Snapshot: passed,
  CheckNumerics: passed,
  EnsureShape: passed,
  PlaceholderWithDefault: passed,
  IdentityN: ({ inputs, give }) =>
    inputs.forEach((input, output) => give(output, "Identity", [input])),
  Shape: ({ end, inputs }) => end("Shape", inputs),
  Reshape: ({ end, inputs }) => end("Reshape", inputs, { allowzero: 1 }),
  Transpose: (lowering) =>
    lowering.end("Transpose", lowering.inputs.slice(0, 1), {
      perm: lowering.list(1, "order of axes"),
    }),
  ExpandDims: (lowering) =>
    lowering.end("Unsqueeze", [
      lowering.inputs[0] ?? "",
      lowering.whole(lowering.list(1, "axis").slice(0, 1)),
    ]),
  Squeeze(lowering) {
    const { node, inputs: [input = ""] } = lowering;
    const axes = node.ints("squeeze_dims") ?? node.ints("axis") ?? [];
    lowering.end("Squeeze", axes.length > 0 ? [input, lowering.whole(axes)] : [input]);
  },
  Pad: pad("constant"),
  PadV2: pad("constant"),
  MirrorPad: pad("mirrored"),
  Slice: slice,
  StridedSlice: stridedSlice,
  Split: equalParts,
  SplitV: listedParts,
  Pack: pack,
  Unpack: unpack,
  ConcatV2: concat,
  Fill: ({ end, inputs: [dims = "", value = ""] }) => end("Expand", [value, dims]),
  Range: ({ end, inputs }) => end("Range", inputs),
  Tile: ({ end, inputs }) => end("Tile", inputs),
  BroadcastTo: ({ end, inputs }) => end("Expand", inputs),
  Gather: ({ end, inputs }) => end("Gather", inputs, { axis: 0 }),
  GatherV2(lowering) {
    const { node, inputs, end } = lowering;
    if (node.int("batch_dims", 0) !== 0) {
      throw lowering.wrong("it takes other places of each sample, which cannot be read");
    }
    end("Gather", inputs.slice(0, 2), { axis: lowering.list(2, "axis")[0] ?? 0 });
  },
};
