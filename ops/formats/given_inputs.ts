/** Inputs of a model that no data feed: each is given a constant, or something that is made of the sample. */
import { excerpt, listed, quoted } from "../../engine/quote.ts";
import { sameShape, show, sizeOf } from "../../engine/shape.ts";
import type { Layer, Model, ModelInput, Weight } from "../model/model.ts";
import { weightName } from "../model/model.ts";
import { floatWeight } from "../model/weights.ts";
import { type AskedModel, type InputValue, sampleInput } from "./asked.ts";
import { UnreadableModelError } from "./format.ts";

/** The input of a model whose inputs are columns of one row. */
const ROW = "row";

/** What stands for an input. */
interface Stand {
  readonly layers: readonly Layer[];
  readonly weights?: Readonly<Record<string, Weight>>;
}

/**
 * The model with one input left, which reads the samples: layers named as the others stand for them. Throws an
 * UnreadableModelError for a name that no input has, and for values that do not fit an input.
 */
export function withGivenInputs(model: Model, { inputs = {} }: AskedModel): Model {
  const names = model.inputs.map(({ name }) => name);
  const unknown = Object.keys(inputs).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw wrong(`The model has no input ${quoted(unknown)}`, `it has ${listed(names)}`);
  }
  assertFed(model, inputs);
  const given = model.inputs.filter(({ name }) =>
    Object.hasOwn(inputs, name) && inputs[name] !== "class"
  );
  if (given.length === 0) return model;
  const sample = samplesOf(model, inputs);
  if (sample.name !== names[0] && model.preprocess !== null) {
    throw wrong(
      `The model changes the values of its input ${quoted(names[0]!)} first, which is given others`,
      `name the other inputs instead: ${listed(names.slice(1))}`,
    );
  }
  let column = 0;
  const stands = given.map((input): Stand => {
    const value = inputs[input.name] as Exclude<InputValue, "class">;
    if (value !== "columns") return standFor(input, sample, value);
    const from = column;
    column += sizeOf(input.shape);
    return columnsOf(input, sample, from);
  });
  const rest = model.inputs.filter(({ name }) =>
    name !== sample.name && !given.some((each) => each.name === name)
  );
  const same = new Set(
    given.filter(({ name }) => inputs[name] === "sample").map(({ name }) => name),
  );
  const named = (name: string) => same.has(name) ? sample.name : name;
  return {
    ...model,
    inputs: [sample, ...rest],
    layers: [
      ...stands.flatMap(({ layers }) => layers),
      ...model.layers.map((layer) => ({ ...layer, inputs: layer.inputs.map(named) })),
    ],
    outputs: model.outputs.map(named),
    weights: Object.assign({ ...model.weights }, ...stands.map(({ weights }) => weights)),
  };
}

/** Throws where data cannot feed an input: they have a sample, and for one row of classes its class. */
function assertFed(model: Model, inputs: Readonly<Record<string, InputValue>>): void {
  const names = model.inputs.map(({ name }) => name);
  const sample = sampleInput(names, { inputs });
  const unsaid = model.inputs.filter(({ name }) => name !== sample && !Object.hasOwn(inputs, name));
  const classes = model.inputs.filter(({ name }) => inputs[name] === "class");
  const odd = [...unsaid, ...classes].find(({ shape }) => shape.length !== 1) ??
    (unsaid.length > 1 ? unsaid[0] : undefined);
  if (odd === undefined) return;
  throw wrong(
    `The model reads ${listed(names)}, and data feed one of them: ${quoted(odd.name)} reads ${
      show(odd.shape)
    }`,
    `say what each of the others is given: inputs: { ${
      excerpt(odd.name)
    }: … }: a number, positions, mask, sample or columns`,
  );
}

/** The input that reads the samples: the one that is given nothing, or a row where columns of it are given. */
function samplesOf(
  { inputs }: Model,
  values: Readonly<Record<string, InputValue>>,
): ModelInput {
  const left = sampleInput(inputs.map(({ name }) => name), { inputs: values });
  const columns = inputs.filter(({ name }) => values[name] === "columns");
  if (columns.length > 0 && left !== undefined) {
    throw wrong(
      `The sample is either divided into columns or read by ${quoted(left)}`,
      `${left}: columns`,
    );
  }
  if (columns.length > 0) {
    return { name: ROW, shape: [columns.reduce((sum, { shape }) => sum + sizeOf(shape), 0)] };
  }
  const found = inputs.find(({ name }) => name === left);
  if (found !== undefined) return found;
  throw wrong(
    "No input is left that reads the samples",
    `leave one of these out: ${listed(inputs.map(({ name }) => name))}`,
  );
}

function standFor(
  input: ModelInput,
  sample: ModelInput,
  value: Exclude<InputValue, "columns" | "class">,
): Stand {
  const { name, shape } = input;
  const inputs = [sample.name];
  switch (value) {
    case "sample":
      assertAlike(input, sample);
      return { layers: [] };
    case "mask":
      assertAlike(input, sample);
      // Tokens are whole: of each that is none of padding 1 is left.
      return { layers: [{ name, kind: "function", inputs, function: "clip", parameters: [0, 1] }] };
    default: {
      const values = Float32Array.from(
        { length: sizeOf(shape) },
        (_, i) => value === "positions" ? i % shape.at(-1)! : value,
      );
      return {
        layers: [{ name, kind: "constant", inputs, shape: [...shape] }],
        weights: { [weightName(name, "mean")]: floatWeight(shape, values) },
      };
    }
  }
}

/** Columns of a row, which is an image of one pixel for as long as it is cropped. */
function columnsOf({ name, shape }: ModelInput, row: ModelInput, from: number): Stand {
  const width = row.shape[0]!;
  const amounts = [[0, 0], [from, width - from - sizeOf(shape)]] as const;
  return {
    layers: [
      { name: `${name}.row`, kind: "reshape", inputs: [row.name], shape: [1, width, 1] },
      { name: `${name}.columns`, kind: "crop", inputs: [`${name}.row`], amounts },
      { name, kind: "reshape", inputs: [`${name}.columns`], shape: [...shape] },
    ],
  };
}

function assertAlike({ name, shape }: ModelInput, sample: ModelInput): void {
  if (sameShape(shape, sample.shape)) return;
  throw wrong(
    `Input ${quoted(name)} reads ${show(shape)}, and is made of the sample, which is ${
      show(sample.shape)
    }`,
    "give it a number: 0",
  );
}

function wrong(message: string, help: string): UnreadableModelError {
  return new UnreadableModelError(message, { help, field: "inputs" });
}
