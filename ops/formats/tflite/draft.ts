/** A model that is put together from the operators of a file. */
import { quoted } from "../../../engine/quote.ts";
import type { Shape } from "../../model/layers.ts";
import type {
  ActivationFormat,
  Architecture,
  Layer,
  ModelInput,
  Preprocess,
  Weight,
} from "../../model/model.ts";
import type { AskedModel } from "../asked.ts";
import { UnreadableModelError } from "../format.ts";
import { type ChosenGraph, chosenGraph } from "./chosen_graph.ts";
import { constantOf, type FileConstant } from "./constants.ts";
import { formatOfTensor, sameFormat } from "./kept_integers.ts";
import type { TensorTable, TfliteFile } from "./schema.ts";

/** No tensor has more axes: TensorFlow Lite itself knows eight at most. */
const MOST_AXES = 16;

/** Bytes of weights that a file may unfold to, for each of its own: int8 becomes four, and little is shared. */
const UNFOLDED = 16;

/** A draft; nothing is in it but the inputs. */
export class TfliteDraft {
  readonly graph: ChosenGraph["graph"];
  readonly inputs: readonly ModelInput[];
  readonly layers = new Map<string, Layer>();
  readonly weights: Record<string, Weight> = {};
  readonly shapes = new Map<string, Shape>();
  /** Tensor → what stands for it. */
  readonly standing = new Map<number, string>();
  /** Tensors that one operator alone reads, with all that they are taken for. */
  readonly alone = new Map<number, boolean>();
  readonly heads: ("softmax" | "sigmoid")[] = [];
  preprocess: Preprocess | null = null;
  /** The integers of inputs and layers, by name; empty where they are not kept. */
  readonly formats = new Map<string, ActivationFormat>();
  readonly #constants = new Map<number, FileConstant>();
  readonly #readers = new Map<number, number>();
  #left: number;

  /** Whether kernels stay integers, and values between layers what the file says. */
  readonly keepsIntegers: boolean;
  /** What the file says of sizes does not hold: others are asked for. */
  readonly resized: boolean;

  constructor(readonly file: TfliteFile, fileBytes: number, asked: AskedModel = {}) {
    const chosen = chosenGraph(file, asked);
    this.graph = chosen.graph;
    this.resized = chosen.resized;
    this.keepsIntegers = asked.integers ?? false;
    this.#left = UNFOLDED * fileBytes;
    const { operators, outputs } = this.graph;
    for (const tensor of [...operators.flatMap(({ inputs }) => inputs), ...outputs]) {
      this.#readers.set(tensor, (this.#readers.get(tensor) ?? 0) + 1);
    }
    this.inputs = chosen.inputs.map(({ tensor, name, shape }) => {
      this.shapes.set(name, shape);
      this.stand(tensor, name, true);
      this.hold(tensor, name);
      return { name, shape };
    });
  }

  /** The model as far as the file tells. */
  model() {
    const { inputs, layers, weights, preprocess, heads } = this;
    const outputs = this.graph.outputs.map((tensor) => {
      const found = this.standing.get(tensor);
      if (found !== undefined && layers.has(found)) return found;
      throw new UnreadableModelError("Cannot read the model: nothing makes its output");
    });
    if (heads.length > 0 && heads.length < outputs.length || new Set(heads).size > 1) {
      throw new UnreadableModelError("Cannot read the model: its outputs end in different ways");
    }
    const head: Architecture["head"] = heads[0] ?? "none";
    return {
      family: "loaded",
      inputs,
      layers: [...layers.values()],
      outputs,
      head,
      weights,
      preprocess,
    };
  }

  tensor(index: number): TensorTable {
    const { tensors } = this.graph;
    const tensor = tensors[index];
    if (tensor !== undefined && tensor.shape.length > MOST_AXES) {
      throw new UnreadableModelError(
        `Cannot read the model: ${
          quoted(tensor.name)
        } has ${tensor.shape.length} axes, more than ${MOST_AXES}`,
      );
    }
    if (tensor !== undefined) return tensor;
    throw new UnreadableModelError(
      `Cannot read the model: it names tensor ${index} of ${tensors.length}`,
    );
  }

  stand(tensor: number, name: string, sole: boolean): void {
    if (this.standing.has(tensor)) {
      throw new UnreadableModelError("Cannot read the model: two operators make one tensor");
    }
    this.standing.set(tensor, name);
    this.alone.set(tensor, sole && this.#readers.get(tensor) === 1);
  }

  /** The value of an input or layer has the integers of a tensor, if that has some and they are kept. */
  hold(tensor: number, name: string): void {
    const format = this.keepsIntegers ? formatOfTensor(this.tensor(tensor)) : undefined;
    if (format !== undefined) this.formats.set(name, format);
  }

  /** Whether what stands for a tensor has integers already, and they are to become those of another. */
  rescales(from: number, to: number): boolean {
    const known = this.formats.get(this.standing.get(from) ?? "");
    const wanted = known && formatOfTensor(this.tensor(to));
    return wanted !== undefined && !sameFormat(known!, wanted);
  }

  /** Takes what an operator makes for what it reads. */
  passed(from: number, to: number): void {
    const name = this.standing.get(from);
    if (name !== undefined) {
      this.stand(to, name, this.alone.get(from)!);
      this.hold(to, name);
    } else this.#constants.set(to, this.constant(from));
  }

  constant(index: number): FileConstant {
    const known = this.#constants.get(index);
    if (known !== undefined) return known;
    const tensor = this.tensor(index);
    const data = this.file.buffers[tensor.buffer]?.data;
    if (data === undefined) {
      throw new UnreadableModelError(
        `Cannot read the model: ${quoted(tensor.name)} is read before it is made`,
      );
    }
    const found = constantOf(tensor, data);
    this.#constants.set(index, found);
    return this.spend(found);
  }

  spend(constant: FileConstant): FileConstant {
    this.#left -= constant.values.byteLength;
    if (this.#left >= 0) return constant;
    throw new UnreadableModelError(
      "Cannot read the model: its operators share one weight again and again",
    );
  }
}
