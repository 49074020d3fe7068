/**
 * Readers of operators on masks: what tells which tokens of a text are padding. A mask takes two values, one where a token
 * is seen and one where it is hidden; operators compute with both, until scores or rows meet them.
 */
import { soleNumber } from "../constants.ts";
import { arranged, type LayerView, plain, sampleAxes } from "../layer_view.ts";
import type { NodeReading } from "../node_reading.ts";
import { powerOf } from "../pointwise.ts";
import { type GraphValue, type PatternOf, patternOf } from "../values.ts";

type Mask = PatternOf<"mask">;

const truth = (value: boolean) => value ? 1 : 0;

/** What operators make of one number, or of two. */
const unary: Readonly<Record<string, (value: number) => number>> = {
  Not: (value) => truth(value === 0),
  Neg: (value) => -value,
  Identity: (value) => value,
};
const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Max: (a, b) => Math.max(a, b),
  Min: (a, b) => Math.min(a, b),
  Pow: powerOf,
  Equal: (a, b) => truth(a === b),
  Greater: (a, b) => truth(a > b),
  Less: (a, b) => truth(a < b),
  GreaterOrEqual: (a, b) => truth(a >= b),
  LessOrEqual: (a, b) => truth(a <= b),
  And: (a, b) => truth(a !== 0 && b !== 0),
  Or: (a, b) => truth(a !== 0 || b !== 0),
};

/** Operators that say where axes stand alone. */
const NOTES: ReadonlySet<string> = new Set(["Unsqueeze", "Squeeze", "Transpose", "Reshape"])
  .union(new Set(["Slice", "Flatten"]));

/** Added to scores, it leaves nothing of them. */
const LOW = -1e4;

/** What an operator makes of a mask; undefined where it reads none. */
export function maskStep(
  reading: NodeReading,
  read: (reading: NodeReading) => GraphValue,
): GraphValue | undefined {
  const { op, inputs } = reading;
  if (op === "Equal") {
    const found = paddingOf(reading);
    if (found !== undefined) return found;
  }
  const masks = inputs.map((value) => patternOf(value, "mask"));
  const mask = masks.find((value) => value !== undefined);
  if (mask === undefined) return undefined;
  if (op === "Cast") {
    // To truth values: all but 0 is true.
    return reading.int("to", 1) === 9 ? mapped(mask, (value) => truth(value !== 0)) : mask;
  }
  if (Object.hasOwn(unary, op)) return mapped(mask, unary[op]!);
  if (op === "Shape") return read({ ...reading, inputs: [mask.x], view: () => mask.x });
  if (op === "Expand") return expanded(reading, mask);
  if (NOTES.has(op)) return noted(reading, mask, read);
  if (op === "Where") return chosen(reading, masks);
  if (op === "ReduceSum") return counted(reading, mask);
  if (!Object.hasOwn(binary, op)) return undefined;
  return together(reading, binary[op]!) ?? meeting(reading, mask);
}

const mapped = (mask: Mask, change: (value: number) => number): Mask => ({
  ...mask,
  seen: change(mask.seen),
  hidden: change(mask.hidden),
});

/** Tokens of the model's input that are a certain one: compared with it, or by their distance, as our own files have it. */
function paddingOf({ inputs: [left, right], draft }: NodeReading): Mask | undefined {
  const number = right?.use === "constant" ? soleNumber(right) : undefined;
  if (left?.use !== "view" || number === undefined) return undefined;
  const isInput = (layer: string) => draft.inputs.some(({ name }) => name === layer);
  const [tokens, pad] = isInput(left.layer)
    ? [left.layer, number]
    : number === 0
    ? comparedTokens(draft, left.layer)
    : [];
  if (tokens === undefined || !isInput(tokens)) return undefined;
  if (pad === undefined || !(Number.isInteger(pad) && pad >= 0)) return undefined;
  return { use: "pattern", of: "mask", x: { ...left, layer: tokens }, seen: 0, hidden: 1, pad };
}

/** Of min(|tokens − pad|, 1): the tokens, and which of them is padding. */
function comparedTokens(
  draft: NodeReading["draft"],
  name: string,
): readonly [tokens: string, pad: number] | readonly [] {
  const bounded = draft.layer(name);
  if (bounded?.kind !== "function" || bounded.function !== "clip") return [];
  const distance = draft.layer(bounded.inputs[0]!);
  if (distance?.kind !== "combine" || distance.by !== "maximum") return [];
  const [gap, negative] = distance.inputs.map((input) => draft.layer(input));
  const turned = negative?.kind === "function" && negative.parameters.join() === "-1,0" &&
    negative.inputs[0] === gap?.name;
  if (gap?.kind !== "function" || gap.function !== "scale" || !turned) return [];
  const [factor, offset] = gap.parameters as [number, number];
  return factor === 1 && bounded.parameters[1] === 1 ? [gap.inputs[0]!, -offset] : [];
}

/** Where its axes stand then; no layer is made. */
function noted(
  reading: NodeReading,
  mask: Mask,
  read: (reading: NodeReading) => GraphValue,
): GraphValue {
  const moved = read({
    ...reading,
    inputs: [mask.x, ...reading.inputs.slice(1)],
    view: () => mask.x,
  });
  if (moved.use === "view" && moved.layer === mask.x.layer) return { ...mask, x: moved };
  throw reading.wrong("it takes a mask of tokens apart");
}

/** The same for each place of more axes. */
function expanded(reading: NodeReading, mask: Mask): Mask {
  const asked = [...reading.needed(1, "shape").values];
  const { dims, axes } = mask.x;
  const rank = Math.max(asked.length, dims.length);
  const wide = (shape: readonly number[]) => [
    ...Array.from({ length: rank - shape.length }, () => 1),
    ...shape,
  ];
  const [own, to] = [wide(dims), wide(asked)];
  return {
    ...mask,
    x: {
      ...mask.x,
      dims: own.map((extent, axis) => extent === 1 ? to[axis]! : extent),
      axes: [...Array.from({ length: rank - axes.length }, () => null), ...axes],
    },
  };
}

/** What a value is where a token is seen, and where it is hidden: of a mask like the others, or a number. */
function both(value: GraphValue | undefined, x: LayerView): readonly [number, number] | undefined {
  const mask = patternOf(value, "mask");
  const alike = mask?.x.layer === x.layer &&
    mask.x.axes.filter((own) => own !== null).join() ===
      x.axes.filter((own) => own !== null).join();
  if (mask !== undefined) return alike ? [mask.seen, mask.hidden] : undefined;
  const number = value?.use === "constant" ? soleNumber(value) : undefined;
  return number === undefined ? undefined : [number, number];
}

/** Two masks, or a mask and a number. */
function together(
  { inputs: [left, right] }: NodeReading,
  compute: (a: number, b: number) => number,
): Mask | undefined {
  const [first, second] = [patternOf(left, "mask"), patternOf(right, "mask")];
  const rank = (mask: Mask | undefined) => mask?.x.dims.length ?? 0;
  const mask = rank(first) >= rank(second) ? first ?? second : second ?? first;
  const [a, b] = [both(left, mask!.x), both(right, mask!.x)];
  if (a === undefined || b === undefined) return undefined;
  return { ...mask!, seen: compute(a[0], b[0]), hidden: compute(a[1], b[1]) };
}

/** `Where`: of numbers and masks another mask; of scores, or of tokens that are padding, what is left. */
function chosen(reading: NodeReading, masks: readonly (Mask | undefined)[]): GraphValue {
  const [test, yes, no] = reading.inputs;
  const known = test?.use === "constant" ? soleNumber(test) : undefined;
  if (known !== undefined) return (known === 0 ? no : yes)!;
  const mask = masks.find((value) => value !== undefined)!;
  const [t, a, b] = [test, yes, no].map((value) => both(value, mask.x));
  const pick = (state: 0 | 1) => (t![state] !== 0 ? a : b)![state];
  if (t !== undefined && a !== undefined && b !== undefined) {
    return { ...mask, seen: pick(0), hidden: pick(1) };
  }
  if (t !== undefined && masks[0] !== undefined) {
    const [seen, hidden] = t[0] !== 0 ? [yes, b] : [no, a];
    const other = t[0] !== 0 ? no : yes;
    const opposite = (t[0] !== 0) !== (t[1] !== 0);
    const scores = patternOf(seen, "scores");
    if (opposite && scores !== undefined && hidden !== undefined && hidden[1] <= LOW) {
      return { ...scores, tokens: tokensOf(reading, mask) };
    }
    const pad = other?.use === "constant" ? soleNumber(other) : undefined;
    const tokens = seen?.use === "view" && seen.layer === mask.x.layer;
    if (opposite && tokens && pad !== undefined) {
      // Tokens that a mask hides are padding already, as all that comes in.
      reading.draft.padding = pad;
      return seen;
    }
  }
  throw reading.wrong("it chooses by a mask of tokens what no layer does");
}

/** Scores plus a mask, or rows times one. */
function meeting(reading: NodeReading, mask: Mask): GraphValue {
  const { op, inputs } = reading;
  const at = inputs.findIndex((value) => patternOf(value, "mask") === undefined);
  const scores = patternOf(inputs[at], "scores");
  const alongKeys = mask.x.axes.at(-1) === 1 && mask.x.axes[0] === 0;
  if (op === "Add" && scores !== undefined && alongKeys && mask.seen === 0 && mask.hidden <= LOW) {
    return { ...scores, tokens: tokensOf(reading, mask) };
  }
  const rows = inputs[at];
  const hides = mask.seen === 1 && mask.hidden === 0 && mask.x.axes[1] === 1;
  if (op === "Mul" && rows?.use === "view" && rows.dims.length === 3 && hides) {
    return { use: "pattern", of: "masked-rows", rows: reading.view(at), mask };
  }
  throw reading.wrong("a mask of tokens is read in attention and in means over tokens alone");
}

/** The mask as attention reads it: 0 where a token is hidden. */
function tokensOf({ draft }: NodeReading, { x, pad }: Mask): LayerView {
  const axes = x.axes.flatMap((own, axis) => own === null ? [] : [axis]);
  const tokens: LayerView = {
    ...x,
    dims: axes.map((axis) => x.dims[axis]!),
    axes: axes.map((axis) => x.axes[axis]!),
  };
  const padding = pad ?? draft.padding;
  if (padding === 0) return tokens;
  const layer = arranged(draft, tokens, sampleAxes(tokens));
  const wanted = { kind: "function", function: "differs", parameters: [padding] } as const;
  const name = draft.layer(`${layer}.mask`) === undefined
    ? draft.add(`${layer}.mask`, wanted, [layer])
    : `${layer}.mask`;
  return plain(draft, name, tokens.dims[0]!);
}

/** How many tokens are seen. */
function counted(reading: NodeReading, mask: Mask): GraphValue {
  const rank = mask.x.dims.length;
  const axes = (reading.listed(1, "axes") ?? []).map((axis) => reading.axis(axis, rank));
  const whole = axes.length === 1 && mask.x.axes[axes[0]!] === 1;
  if (whole && mask.seen === 1 && mask.hidden === 0) {
    return { use: "pattern", of: "mask-count", mask };
  }
  throw reading.wrong("it sums a mask of tokens otherwise than to count them");
}

/** Steps of a mean over the tokens that are seen; undefined where it is none. */
export function tokenMeanStep(reading: NodeReading): GraphValue | undefined {
  const { op, inputs: [left, right], draft } = reading;
  const count = patternOf(left, "mask-count");
  if (count !== undefined && right?.use === "constant" && (op === "Clip" || op === "Max")) {
    return count;
  }
  if (count !== undefined && (op === "Cast" || op === "Expand" || op === "Unsqueeze")) return count;
  const rows = patternOf(left, "masked-rows");
  if (op === "ReduceSum" && rows !== undefined) {
    const axes = (reading.listed(1, "axes") ?? []).map((axis) => reading.axis(axis, 3));
    if (axes.join() === "1" && rows.rows.axes[0] === 0) {
      return { ...rows, of: "masked-sum", kept: reading.int("keepdims", 1) === 1 };
    }
  }
  const sum = patternOf(left, "masked-sum");
  if (op !== "Div" || sum === undefined || patternOf(right, "mask-count") === undefined) {
    return undefined;
  }
  const tokens = tokensOf(reading, sum.mask);
  const layers = [sum.rows, tokens].map((view) => arranged(draft, view, sampleAxes(view)));
  const mean = plain(draft, reading.add("", { kind: "token-mean" }, layers), sum.rows.dims[0]!);
  if (!sum.kept) return mean;
  return { ...mean, dims: [mean.dims[0]!, 1, mean.dims[1]!], axes: [0, null, 1] };
}
