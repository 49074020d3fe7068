/** A model that is put together from the operators of a file: what its readers see, and how they add to it. */
import { quoted, quotedJson } from "../../../engine/quote.ts";
import { sameShape, show, sizeOf } from "../../../engine/shape.ts";
import type { Activation } from "../../../engine/tensor/mod.ts";
import { isExtent, unsoundAttribute } from "../../model/kinds/check.ts";
import { kindOf } from "../../model/kinds/mod.ts";
import type { Shape } from "../../model/layers.ts";
import {
  type Architecture,
  type Layer,
  type Preprocess,
  type Role,
  type Weight,
  weightName,
} from "../../model/model.ts";
import { floatWeight } from "../../model/weights.ts";
import { UnreadableModelError } from "../format.ts";
import { type Constant, constantOf } from "./constants.ts";
import type { OperatorName } from "./operators.ts";
import type { Options, TfliteFile } from "./schema.ts";

/** An operator as its reader sees it. */
export interface OperatorReading {
  /** What its layer is called. */
  readonly name: string;
  readonly options: Options;
  /** How many tensors it reads that are there. */
  readonly count: number;
  /** Whether the tensor it reads, by position, is a constant. */
  isConstant(index: number): boolean;
  constant(index: number): Constant;
  /** Whole numbers of a constant. */
  whole(index: number): readonly number[];
  /** The layer or input that stands for a tensor it reads, and its shape without the batch. */
  value(index: number): string;
  shape(index: number): Shape;
  /** The shape of what it makes, as the file says, without the batch. */
  readonly output: Shape;
  /** Nothing else reads what it reads first. */
  readonly sole: boolean;
  /** It makes what leaves the model. */
  readonly leaves: boolean;
  /** Adds a layer, with its weights; the last one stands for what the operator makes. */
  add(layer: Layer, weights?: Readonly<Partial<Record<Role, Constant>>>): string;
  /** Gives the layer it reads this activation, if that has none and nothing else reads it. */
  fuse(activation: Activation): boolean;
  /** The layer it reads first, if nothing else reads it. */
  before(): Layer | undefined;
  /** Changes a weight of a layer that was added. */
  change(layer: string, role: Role, by: (value: number, index: number) => number): void;
  /** Changes what the model makes of its input, if that is what it reads and nothing else does. */
  prepare(by: (preprocess: Preprocess) => Preprocess): boolean;
  head(head: "softmax" | "sigmoid"): void;
  /** What was added last stands for what it makes; of a size as the file says. */
  finish(): void;
  /** An error that says what is wrong with it. */
  wrong(why: string): UnreadableModelError;
}

/** Bytes of weights that a file may unfold to, for each of its own: int8 becomes four, and little is shared. */
const UNFOLDED = 16;

/** A draft; nothing is in it but the inputs. */
export function draftOf(file: TfliteFile, fileBytes: number) {
  const graph = file.subgraphs[0]!;
  const { tensors } = graph;
  const layers = new Map<string, Layer>();
  const weights: Record<string, Weight> = {};
  const shapes = new Map<string, Shape>();
  /** Tensor → what stands for it. */
  const standing = new Map<number, string>();
  const constants = new Map<number, Constant>();
  const readers = new Map<number, number>();
  const alone = new Map<number, boolean>();
  const heads: Architecture["head"][] = [];
  let preprocess: Preprocess | null = null;
  let left = UNFOLDED * fileBytes;

  const reads = [...graph.operators.flatMap(({ inputs }) => inputs), ...graph.outputs];
  for (const tensor of reads) readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
  const inputs = graph.inputs.map((tensor, index) => {
    const shape = tensorAt(tensor).shape.slice(1);
    const name = index === 0 ? "input" : `input${index + 1}`;
    if (shape.length === 0 || !shape.every(isExtent)) {
      throw new UnreadableModelError(
        `Cannot read the model: the shape of an input is ${show(shape)}`,
      );
    }
    shapes.set(name, shape);
    stand(tensor, name, true);
    return { name, shape };
  });

  return {
    graph,
    passed,
    reading,
    /** The model as far as the file tells. */
    model() {
      const outputs = graph.outputs.map((tensor) => {
        const found = standing.get(tensor);
        if (found === undefined || !layers.has(found)) {
          throw new UnreadableModelError("Cannot read the model: nothing makes its output");
        }
        return found;
      });
      if (heads.length > 0 && heads.length < outputs.length || new Set(heads).size > 1) {
        throw new UnreadableModelError("Cannot read the model: its outputs end in different ways");
      }
      const head: Architecture["head"] = heads[0] ?? "none";
      return {
        ...{ family: "loaded", inputs, layers: [...layers.values()], outputs, head },
        ...{ weights, preprocess },
      };
    },
  };

  function tensorAt(index: number) {
    const tensor = tensors[index];
    if (tensor !== undefined) return tensor;
    throw new UnreadableModelError(
      `Cannot read the model: it names tensor ${index} of ${tensors.length}`,
    );
  }

  function stand(tensor: number, name: string, sole: boolean): void {
    if (standing.has(tensor)) {
      throw new UnreadableModelError("Cannot read the model: two operators make one tensor");
    }
    standing.set(tensor, name);
    alone.set(tensor, sole && readers.get(tensor) === 1);
  }

  /** Takes what an operator makes for what it reads. */
  function passed(from: number, to: number): void {
    const name = standing.get(from);
    if (name !== undefined) return stand(to, name, alone.get(from)!);
    constants.set(to, constantAt(from));
  }

  function constantAt(tensor: number): Constant {
    const known = constants.get(tensor);
    if (known !== undefined) return known;
    const { buffer } = tensorAt(tensor);
    const data = file.buffers[buffer]?.data;
    if (data === undefined) {
      throw new UnreadableModelError(
        `Cannot read the model: ${quoted(tensorAt(tensor).name)} is read before it is made`,
      );
    }
    const found = constantOf(tensorAt(tensor), data);
    constants.set(tensor, found);
    return spend(found);
  }

  function spend(constant: Constant): Constant {
    left -= constant.values.byteLength;
    if (left >= 0) return constant;
    throw new UnreadableModelError(
      "Cannot read the model: its operators share one weight again and again",
    );
  }

  function reading(
    op: OperatorName,
    { inputs: read, outputs, options = {} }: typeof graph.operators[number],
    count: number,
  ): OperatorReading {
    const [made] = outputs;
    const tensor = tensorAt(made ?? -1);
    const plain = /^[\w.-]{1,80}$/.test(tensor.name) && !shapes.has(tensor.name);
    const wished = plain ? tensor.name : `${op.toLowerCase().replaceAll("_", "-")}${count}`;
    const name = shapes.has(wished) ? `${wished}.${count}` : wished;
    const wrong = (why: string) =>
      new UnreadableModelError(`Cannot read ${quoted(name)} (${op}): ${why}`);
    const place = (index: number): number => {
      const found = read[index];
      if (found === undefined || found < 0) throw wrong(`it reads nothing in place ${index + 1}`);
      return found;
    };
    const value = (index: number): string => {
      const found = standing.get(place(index));
      if (found === undefined) throw wrong("it reads a constant, or what nothing made before it");
      return found;
    };
    const sole = read.length > 0 && alone.get(read[0]!) === true;
    const before = () => sole ? layers.get(value(0)) : undefined;
    const constant = (index: number) => {
      if (standing.has(place(index))) {
        throw wrong(`what it reads in place ${index + 1} is no constant`);
      }
      return constantAt(place(index));
    };
    let last: string | undefined;
    return {
      name,
      options,
      count: read.filter((tensor) => tensor >= 0).length,
      isConstant: (index) => !standing.has(place(index)),
      constant,
      whole: (index) => Array.from(constant(index).values),
      value,
      shape: (index) => shapes.get(value(index))!,
      output: tensor.shape.slice(1),
      sole,
      leaves: graph.outputs.includes(made!),
      add(layer, roles = {}) {
        const odd = unsoundAttribute(layer);
        if (odd !== undefined) {
          const found = (layer as unknown as Readonly<Record<string, unknown>>)[odd];
          throw wrong(`its ${odd} cannot be ${quotedJson(found as never)}`);
        }
        if (shapes.has(layer.name)) throw wrong(`there are two layers ${quoted(layer.name)}`);
        const entering = layer.inputs.map((each) => shapes.get(each)!);
        const shape = kindOf(layer).shape(layer, entering);
        if (!shape.every(isExtent)) throw wrong(`what it gives would be ${show(shape)}`);
        for (const [role, needed] of Object.entries(kindOf(layer).weights(layer, entering))) {
          const given = roles[role as Role];
          if (given === undefined || !sameShape(given.shape, needed)) {
            throw wrong(
              `its ${role} is ${given ? show(given.shape) : "missing"}, not ${show(needed)}`,
            );
          }
          weights[weightName(layer.name, role as Role)] = floatWeight(needed, spend(given).values);
        }
        shapes.set(layer.name, shape);
        layers.set(layer.name, layer);
        last = layer.name;
        return layer.name;
      },
      fuse(activation) {
        const layer = before();
        if (layer === undefined || !("activation" in layer) || layer.activation !== "linear") {
          return false;
        }
        layers.set(layer.name, { ...layer, activation } as Layer);
        last = layer.name;
        return true;
      },
      before,
      change(layer, role, by) {
        const key = weightName(layer, role);
        const { shape, data } = weights[key]!;
        weights[key] = floatWeight(shape, (data as Float32Array).map(by));
        last = layer;
      },
      prepare(by) {
        if (!sole || value(0) !== inputs[0]?.name) return false;
        preprocess = by(preprocess ?? { scale: [1], offset: [0] });
        last = value(0);
        return true;
      },
      head(head) {
        heads.push(head);
        last = value(0);
      },
      finish() {
        const found = last ?? value(0);
        const shape = shapes.get(found)!;
        const output = tensor.shape.slice(1);
        if (sizeOf(shape) !== sizeOf(output)) {
          throw wrong(`it gives ${show(shape)}, the file says ${show(output)}`);
        }
        const own = last !== undefined && found !== standing.get(read[0]!);
        stand(made!, found, own || sole);
      },
      wrong,
    };
  }
}
