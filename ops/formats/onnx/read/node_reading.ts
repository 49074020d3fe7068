/** One operator of a graph as its reader sees it. */
import { given } from "../../../../engine/given.ts";
import { quoted } from "../../../../engine/quote.ts";
import { UnreadableModelError } from "../../format.ts";
import type { Known } from "./constants.ts";
import type { LayerAttributes, OnnxDraft, RoleWeights } from "./draft.ts";
import type { LayerView } from "./layer_view.ts";
import type { GraphNode, Operator, OperatorAttributes } from "./operator_graph.ts";
import type { GraphValue } from "./values.ts";

/** An operator, what it reads, and what it adds to. */
export interface NodeReading extends OperatorAttributes {
  readonly op: string;
  readonly opset: number;
  readonly draft: OnnxDraft;
  /** What it reads; undefined where an input is left out. */
  readonly inputs: readonly (GraphValue | undefined)[];
  /** How many outputs the node has, and whether anything reads one. */
  readonly outputs: number;
  used(output: number): boolean;
  /** Its first output leaves the model, and nothing else reads it. */
  readonly leaves: boolean;
  /** A value that depends on samples. */
  view(input: number): LayerView;
  /** Known numbers; undefined where the input is left out. */
  constant(input: number): Known | undefined;
  /** Known numbers that must be there. */
  needed(input: number, what: string): Known;
  /** Whole numbers that newer operator sets have as an input, older ones as an attribute. */
  listed(input: number, attribute: string): readonly number[] | undefined;
  /** An axis, counted from 0. */
  axis(axis: number, rank: number): number;
  /** Adds a layer called as the operator says, with a suffix; returns its name. */
  add(
    suffix: string,
    attributes: LayerAttributes,
    inputs: readonly string[],
    weights?: RoleWeights,
  ): string;
  /** An error that names the node. */
  wrong(what: string, help?: string): UnreadableModelError;
}

/** What is known around a node. */
interface NodeContext {
  readonly draft: OnnxDraft;
  readonly opset: number;
  readonly values: ReadonlyMap<string, GraphValue>;
  /** How many nodes and outputs read a name. */
  readonly readers: ReadonlyMap<string, number>;
  readonly leaving: ReadonlySet<string>;
}

/** The error of a node that cannot be read. */
export function nodeError(
  { name, op, outputs }: Pick<GraphNode, "name" | "op" | "outputs">,
  what: string,
  help?: string,
): UnreadableModelError {
  const called = quoted(name || outputs[0] || "");
  return new UnreadableModelError(
    `Cannot read node ${called} (${quoted(op).slice(1, -1)}): ${what}`,
    given({ help }),
  );
}

/** An operator of a node as its reader sees it; errors name the node. */
export function readingOf(operator: Operator, node: GraphNode, around: NodeContext): NodeReading {
  const { draft, opset, values, readers, leaving } = around;
  const wrong: NodeReading["wrong"] = (what, help) => nodeError(node, what, help);
  const { layer: name, inputs: read, outputs, ...attributes } = operator;
  const inputs = read.map((input) => input === "" ? undefined : values.get(input));
  const [first = ""] = outputs;
  const constant = (input: number): Known | undefined => {
    const value = inputs[input];
    if (value === undefined || value.use === "constant") return value;
    throw wrong(`its input ${input + 1} depends on the sample, and only known numbers can be read`);
  };
  return {
    ...attributes,
    opset,
    draft,
    inputs,
    outputs: outputs.length,
    used: (output) => outputs[output] ? (readers.get(outputs[output]) ?? 0) > 0 : false,
    leaves: leaving.has(first) && readers.get(first) === 1,
    view(input) {
      const value = inputs[input];
      if (value === undefined) throw wrong(`it has no input ${input + 1}`);
      if (value.use === "view") {
        return { ...value, sole: value.sole && readers.get(read[input]!) === 1 };
      }
      throw wrong(
        value.use === "constant"
          ? `its input ${input + 1} is a constant, and should depend on the sample`
          : `it reads a value inside ${patternName(value.of)}, which is read as a whole alone`,
      );
    },
    constant,
    needed(input, what) {
      const found = constant(input);
      if (found === undefined) throw wrong(`it has no ${what}`);
      return found;
    },
    listed: (input, attribute) => {
      const found = constant(input);
      return found === undefined ? attributes.ints(attribute) : [...found.values];
    },
    axis(axis, rank) {
      const along = axis < 0 ? rank + axis : axis;
      if (Number.isInteger(along) && along >= 0 && along < rank) return along;
      throw wrong(`its axis is ${axis}, of ${rank} axes`);
    },
    add: (suffix, attributes, reads, weights) =>
      draft.add(suffix === "" ? name : `${name}.${suffix}`, attributes, reads, weights),
    wrong,
  };
}

/** What a part of a pattern belongs to. */
export const patternName = (part: keyof typeof PATTERNS): string => PATTERNS[part];

const PATTERNS = {
  mean: "a normalisation",
  centred: "a normalisation",
  squares: "a normalisation",
  variance: "a normalisation",
  deviation: "a normalisation",
  "inverse-deviation": "a normalisation",
  "mean-square": "a normalisation",
  rms: "a normalisation",
  "inverse-rms": "a normalisation",
  length: "a normalisation",
  "negative-mean": "a normalisation",
  "norm-factor": "a normalisation",
  factored: "a normalisation",
  "factored-mean": "a normalisation",
  "norm-offset": "a normalisation",
  function: "a function that no layer computes",
  scores: "an attention",
  shares: "an attention",
  mask: "a mask of tokens",
  "mask-count": "a mean over tokens",
  "masked-rows": "a mean over tokens",
  "masked-sum": "a mean over tokens",
  merged: "a batch that is one axis with others",
  places: "the numbers of tokens",
} as const;
