/**
 * Everything of a model but its weights as JSON: `{ classes, family, format, head, inputs, layers, outputs, preprocess,
 * quantization }`. A layer is a row `[kind, name, [input …], attribute …]`, attributes in the order of its kind's schema;
 * the name of a tied layer `[name, owner]`, an input `[name, [extent …]]`. `format` is the established number format or
 * null. What else had been established is left to whoever loads the file.
 */
import { given } from "../../engine/given.ts";
import { quoted } from "../../engine/quote.ts";
import type { Json } from "../../engine/digest.ts";
import { isExtent, unsoundAttribute } from "../model/kinds/check.ts";
import { kindNamed, kindOf } from "../model/kinds/mod.ts";
import type { Layer, Model, ModelInput } from "../model/model.ts";

/** Whether a value of JSON can be what it stands for. */
type Test = (value: unknown) => boolean;

/** A model without its weights. */
export type Frame = Omit<Model, "weights">;

/** The JSON of a model. */
export function headerOf(model: Model): Json {
  const { classes, family, head, outputs, preprocess, quantization } = model;
  const header = {
    classes,
    family,
    head,
    outputs,
    preprocess,
    quantization,
    format: model.established.format ?? null,
    inputs: model.inputs.map(({ name, shape }) => [name, shape]),
    layers: model.layers.map(rowOf),
  };
  return header as unknown as Json;
}

/** The frame that JSON describes. Throws a RangeError that says what is wrong with it. */
export function frameOf(header: unknown): Frame {
  if (!isMap(header)) throw new RangeError("its header is no map");
  for (const [name, test] of Object.entries(fields)) {
    if (!test(header[name])) throw new RangeError(`its header has no sound \`${name}\``);
  }
  const { classes, family, head, outputs, preprocess, quantization, format, ...rows } =
    header as unknown as Pick<Model, "classes" | "family" | "head" | "outputs" | "preprocess"> & {
      readonly quantization: Model["quantization"];
      readonly format: string | null;
      readonly inputs: readonly [name: string, shape: readonly number[]][];
      readonly layers: readonly (readonly unknown[])[];
    };
  return {
    classes,
    family,
    head,
    outputs,
    preprocess,
    quantization,
    inputs: rows.inputs.map(([name, shape]): ModelInput => ({ name, shape })),
    layers: rows.layers.map(layerOf),
    established: given({ format: format ?? undefined }),
    learned: true,
  };
}

function rowOf(layer: Layer): Json {
  const { kind, name, inputs, tied } = layer;
  const values = attributesOf(layer).map((attribute) => (layer as Loose)[attribute]);
  const named = tied === undefined ? name : [name, tied];
  return [kind, named, inputs, ...values] as unknown as Json;
}

function layerOf(row: readonly unknown[]): Layer {
  const [kind, named, inputs, ...values] = row;
  const [name, tied] = Array.isArray(named) && named.length === 2 ? named : [named];
  if (typeof kind !== "string" || kindNamed(kind) === undefined) {
    throw new RangeError("it has a layer of no known kind");
  }
  if (!isText(name) || !listOf(isText)(inputs) || tied !== undefined && !isText(tied)) {
    throw new RangeError("a layer has no name or inputs");
  }
  const expected = attributesOf({ kind });
  if (values.length !== expected.length) {
    throw new RangeError(
      `layer ${quoted(String(name))} has ${values.length} attributes, not ${expected.length}`,
    );
  }
  const own = Object.fromEntries(expected.map((attribute, i) => [attribute, values[i]]));
  const layer = { name, kind, ...given({ tied }), inputs, ...own } as unknown as Layer;
  const odd = unsoundAttribute(layer);
  if (odd === undefined) return layer;
  throw new RangeError(`layer ${quoted(String(name))} has no sound attribute "${odd}"`);
}

type Loose = Readonly<Record<string, unknown>>;

const attributesOf = (layer: { readonly kind: string }): readonly string[] =>
  Object.keys(kindOf(layer).attributes.properties);

const isMap = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber: Test = (value) => typeof value === "number" && Number.isFinite(value);
const listOf = (item: Test): Test => (value) => Array.isArray(value) && value.every(item);
const isText: Test = (value) => typeof value === "string";

/** A text that is printed as it is. */
const isName: Test = (value) => isText(value) && /^[^\p{Cc}]{0,200}$/u.test(value as string);
const some = (item: Test): Test => (value) =>
  listOf(item)(value) && (value as unknown[]).length > 0;
const orNull = (test: Test): Test => (value) => value === null || test(value);
const oneOf = (...words: readonly string[]): Test => (value) => words.includes(value as string);

const isInput: Test = (value) =>
  Array.isArray(value) && value.length === 2 && isText(value[0]) && listOf(isExtent)(value[1]);

const isPreprocess: Test = (value) =>
  isMap(value) && Object.keys(value).length === 2 && some(isNumber)(value.scale) &&
  some(isNumber)(value.offset) &&
  (value.scale as unknown[]).length === (value.offset as unknown[]).length;

const FORMAT = ["bits", "maximum", "minimum", "scale", "zero"];

const isFormat: Test = (value) => {
  if (!isMap(value) || Object.keys(value).sort().join() !== FORMAT.join()) return false;
  if (!Object.values(value).every(isNumber)) return false;
  const { scale, zero, minimum, maximum } = value as Record<string, number>;
  // Zero is among the integers: that is what a rectifier cuts off at.
  return scale! >= 0 && minimum! <= zero! && zero! <= maximum!;
};

const isDynamic: Test = (value) =>
  isMap(value) && Object.keys(value).length === 2 && isExtent(value.bits) &&
  oneOf("asymmetric", "symmetric")(value.symmetry);

const isQuantization: Test = (value) =>
  isMap(value) && Object.keys(value).every(oneOf("rules", "activations", "dynamic")) &&
  (value.dynamic === undefined || isDynamic(value.dynamic)) &&
  oneOf("onnx", "tflite", "tensorflow")(value.rules) && isMap(value.activations) &&
  Object.values(value.activations).every(isFormat);

const fields: Readonly<Record<string, Test>> = {
  classes: listOf(isText),
  family: isName,
  format: orNull(isText),
  head: oneOf("softmax", "sigmoid", "none"),
  inputs: some(isInput),
  layers: listOf(Array.isArray),
  outputs: some(isText),
  preprocess: orNull(isPreprocess),
  quantization: orNull(isQuantization),
};
