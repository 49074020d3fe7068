/** An operator as its reader sees it, and how it adds to the draft. */
import { quoted, quotedJson } from "../../../engine/quote.ts";
import { sameShape, show, sizeOf } from "../../../engine/shape.ts";
import type { Activation } from "../../../engine/tensor/mod.ts";
import { isExtent, unsoundAttribute } from "../../model/kinds/check.ts";
import { kindOf } from "../../model/kinds/mod.ts";
import type { Shape } from "../../model/layers.ts";
import { type Layer, type Preprocess, type Role, weightName } from "../../model/model.ts";
import { floatWeight } from "../../model/weights.ts";
import { UnreadableModelError } from "../format.ts";
import type { FileConstant } from "./constants.ts";
import type { TfliteDraft } from "./draft.ts";
import type { OperatorName } from "./operators.ts";
import type { OperatorTable, Options } from "./schema.ts";

/** One operator. */
export class OperatorReading {
  /** What its layer is called. */
  readonly name: string;
  readonly options: Options;
  /** How many tensors it reads that are there. */
  readonly count: number;
  /** The shape of what it makes, as the file says, without the batch. */
  readonly output: Shape;
  /** Nothing else reads what it reads first. */
  readonly sole: boolean;
  /** It makes what leaves the model. */
  readonly leaves: boolean;
  #last: string | undefined;
  /** What it makes is a layer of its own. */
  #added = false;

  constructor(
    readonly draft: TfliteDraft,
    readonly op: OperatorName,
    readonly operator: OperatorTable,
    number: number,
  ) {
    const { shapes, graph, alone } = draft;
    const { inputs, outputs: [made = -1], options = {} } = operator;
    const { name, shape } = draft.tensor(made);
    const plain = /^[\w.-]{1,80}$/.test(name) && !shapes.has(name);
    const wished = plain ? name : `${op.toLowerCase().replaceAll("_", "-")}${number}`;
    this.name = shapes.has(wished) ? `${wished}.${number}` : wished;
    this.options = options;
    this.count = inputs.filter((tensor) => tensor >= 0).length;
    this.output = shape.slice(1);
    const [first] = inputs;
    this.sole = first !== undefined && alone.get(first) === true;
    this.leaves = graph.outputs.includes(made);
  }

  /** An error that says what is wrong with it. */
  wrong(why: string): UnreadableModelError {
    return new UnreadableModelError(`Cannot read ${quoted(this.name)} (${this.op}): ${why}`);
  }

  #place(index: number): number {
    const found = this.operator.inputs[index];
    if (found !== undefined && found >= 0) return found;
    throw this.wrong(`it reads nothing in place ${index + 1}`);
  }

  /** Whether the tensor it reads, by position, is a constant. */
  isConstant(index: number): boolean {
    return !this.draft.standing.has(this.#place(index));
  }

  constant(index: number): FileConstant {
    if (this.isConstant(index)) return this.draft.constant(this.#place(index));
    throw this.wrong(`what it reads in place ${index + 1} is no constant`);
  }

  /** Whole numbers of a constant. */
  whole(index: number): readonly number[] {
    return Array.from(this.constant(index).values);
  }

  /** The layer or input that stands for a tensor it reads. */
  value(index: number): string {
    const found = this.draft.standing.get(this.#place(index));
    if (found !== undefined) return found;
    throw this.wrong("it reads a constant, or what nothing made before it");
  }

  /** Its shape without the batch. */
  shape(index: number): Shape {
    return this.draft.shapes.get(this.value(index))!;
  }

  /** Adds a layer, with its weights; the last one stands for what the operator makes. */
  add(layer: Layer, roles: Readonly<Partial<Record<Role, FileConstant>>> = {}): string {
    const { shapes, layers, weights } = this.draft;
    const odd = unsoundAttribute(layer);
    if (odd !== undefined) {
      const found = (layer as unknown as Readonly<Record<string, unknown>>)[odd];
      throw this.wrong(`its ${odd} cannot be ${quotedJson(found as never)}`);
    }
    if (shapes.has(layer.name)) throw this.wrong(`there are two layers ${quoted(layer.name)}`);
    const entering = layer.inputs.map((each) => shapes.get(each)!);
    const shape = kindOf(layer).shape(layer, entering);
    if (!shape.every(isExtent)) throw this.wrong(`what it gives would be ${show(shape)}`);
    for (const [role, needed] of Object.entries(kindOf(layer).weights(layer, entering))) {
      const given = roles[role as Role];
      if (given === undefined || !sameShape(given.shape, needed)) {
        const found = given ? show(given.shape) : "missing";
        throw this.wrong(`its ${role} is ${found}, not ${show(needed)}`);
      }
      const { values } = this.draft.spend(given);
      const { stored } = given;
      weights[weightName(layer.name, role as Role)] = stored !== undefined && role === "kernel" &&
          this.draft.keepsIntegers
        ? stored
        : floatWeight(needed, values);
    }
    shapes.set(layer.name, shape);
    layers.set(layer.name, layer);
    this.#last = layer.name;
    this.#added = true;
    return layer.name;
  }

  /** Its value is what it reads, in integers of other steps. */
  rescale(): void {
    this.add({
      name: this.name,
      kind: "activation",
      inputs: [this.value(0)],
      activation: "linear",
    });
  }

  /** The layer it reads first, if nothing else reads it: neither another layer nor integers that it has to become. */
  before(): Layer | undefined {
    return this.#joins() ? this.draft.layers.get(this.value(0)) : undefined;
  }

  #joins(): boolean {
    return this.sole && !this.draft.formats.has(this.value(0));
  }

  /** Gives the layer it reads this activation, if that has none and nothing else reads it. */
  fuse(activation: Activation): boolean {
    const layer = this.before();
    if (layer === undefined || !("activation" in layer) || layer.activation !== "linear") {
      return false;
    }
    this.draft.layers.set(layer.name, { ...layer, activation } as Layer);
    this.#last = layer.name;
    return true;
  }

  /** Changes a weight of a layer that was added. */
  change(layer: string, role: Role, by: (value: number, index: number) => number): void {
    const key = weightName(layer, role);
    const { shape, data } = this.draft.weights[key]!;
    this.draft.weights[key] = floatWeight(shape, (data as Float32Array).map(by));
    this.#last = layer;
  }

  /** Changes what the model makes of its input, if that is what it reads and nothing else does. */
  prepare(by: (preprocess: Preprocess) => Preprocess): boolean {
    const { draft } = this;
    if (!this.#joins() || this.value(0) !== draft.inputs[0]?.name) return false;
    draft.preprocess = by(draft.preprocess ?? { scale: [1], offset: [0] });
    this.#last = this.value(0);
    return true;
  }

  /** What a consumer applies to the logits. */
  head(head: "softmax" | "sigmoid"): void {
    this.draft.heads.push(head);
    this.#last = this.value(0);
  }

  /** What was added last stands for what it makes; of a size as the file says. */
  finish(): void {
    const { shapes, standing, resized } = this.draft;
    const found = this.#last ?? this.value(0);
    const shape = shapes.get(found)!;
    if (!resized && sizeOf(shape) !== sizeOf(this.output)) {
      throw this.wrong(`it gives ${show(shape)}, the file says ${show(this.output)}`);
    }
    const { inputs: [read = -1], outputs: [made = -1] } = this.operator;
    this.draft.stand(made, found, found !== standing.get(read) || this.sole);
    if (this.#added) this.draft.hold(made, found);
  }
}
