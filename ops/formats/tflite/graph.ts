/** A graph of TensorFlow Lite's operators under construction: tensors, the numbers of those that are constant, operators. */
import { given } from "../../../engine/given.ts";
import type { ActivationFormat } from "../../model/model.ts";
import { type OperatorName, operatorNamed } from "./operators.ts";
import {
  type OperatorTable,
  type Options,
  type TensorQuantization,
  type TensorTable,
  type TensorType,
  type TfliteFile,
  TYPES,
} from "./schema.ts";

/** Numbers of a constant; their type is the tensor's (Uint16Array: half precision). */
type TensorNumbers = Float32Array | Uint16Array | Int8Array | Int32Array;

/** A tensor by its place in the graph. */
export type TensorIndex = number;

/** What a tensor is. */
interface TensorForm {
  readonly shape: readonly number[];
  readonly type: TensorType;
  readonly quantization?: TensorQuantization | undefined;
}

/** A constant as the file holds it. */
interface ConstantTensor {
  readonly data: Uint8Array;
  readonly form: TensorForm;
  readonly index: TensorIndex;
}

/** The graph. What is added is named as wished, or like it where that name is taken. */
export interface TfliteGraph {
  /** A tensor that an operator computes, or that enters. */
  tensor(name: string, form: TensorForm): TensorIndex;
  /** Adds a constant, once where the same numbers are asked for again under a name. */
  constant(
    name: string,
    values: TensorNumbers,
    shape: readonly number[],
    quantization?: TensorQuantization,
  ): TensorIndex;
  /** A constant that several read: what is asked for again under a name is there already. */
  shared(name: string, values: TensorNumbers, shape: readonly number[]): TensorIndex;
  /** Appends an operator. */
  node(
    op: OperatorName,
    inputs: readonly TensorIndex[],
    outputs: readonly TensorIndex[],
    options?: Options,
  ): void;
  nameOf(tensor: TensorIndex): string;
  /** The file of the graph. */
  file(of: {
    readonly name: string;
    readonly inputs: readonly TensorIndex[];
    readonly outputs: readonly TensorIndex[];
    readonly description: string;
  }): TfliteFile;
}

/** The quantization of a tensor that holds a value in an integer format. */
export const quantizationOf = ({ scale, zero }: ActivationFormat): TensorQuantization => ({
  scale: [scale],
  zero: [zero],
  axis: 0,
});

/** The version of the schema. */
const SCHEMA = 3;

/** The largest number that the older field of an operator's code can hold: it then says "look at the other one". */
const LARGEST_SHORT = 127;

/** An operator in a version, as files list those that they use. */
interface OperatorCode {
  readonly name: OperatorName;
  readonly version: number;
}

/** The place of an operator among the codes, where it is put if it is not there. */
function codeOf(codes: OperatorCode[], name: OperatorName, integers: boolean): number {
  const { version: plain = 1, int8 = plain } = operatorNamed(name);
  const version = integers ? int8 : plain;
  const at = codes.findIndex((each) => each.name === name && each.version === version);
  return at >= 0 ? at : codes.push({ name, version }) - 1;
}

function codeTable({ name, version }: OperatorCode): TfliteFile["codes"][number] {
  const { code } = operatorNamed(name);
  return { short: Math.min(code, LARGEST_SHORT), version, code };
}

/** An empty graph. */
export function emptyGraph(): TfliteGraph {
  const tensors: TensorTable[] = [];
  const operators: OperatorTable[] = [];
  const codes: OperatorCode[] = [];
  // Buffer 0 is that of tensors without one.
  const buffers: { data?: Uint8Array }[] = [{}];
  const taken = new Set<string>();
  const constants = new Map<string, ConstantTensor>();

  const add = (wish: string, { type, ...form }: TensorForm, buffer: number): TensorIndex => {
    const { quantization, shape } = form;
    const name = free(wish);
    tensors.push({ name, shape, type: TYPES[type], buffer, ...given({ quantization }) });
    return tensors.length - 1;
  };
  const constant: TfliteGraph["constant"] = (wish, values, shape, quantization) => {
    const data = littleEndian(values);
    const form = { shape, type: typeOf(values), quantization };
    const before = constants.get(wish);
    // Layers that share a weight ask for it each.
    if (before !== undefined && alike(before, { data, form })) return before.index;
    buffers.push({ data });
    const index = add(wish, form, buffers.length - 1);
    constants.set(wish, { data, form, index });
    return index;
  };
  return {
    tensor: (wish, form) => add(wish, form, 0),
    constant,
    shared: constant,
    node(name, inputs, outputs, options) {
      const { optionsType } = operatorNamed(name);
      const integers = [...inputs, ...outputs].some((each) => tensors[each]?.type === TYPES.int8);
      const code = codeOf(codes, name, integers);
      const fields = optionsType === 0 ? undefined : options ?? {};
      operators.push({ code, inputs, outputs, optionsType, ...given({ options: fields }) });
    },
    nameOf: (tensor) => tensors[tensor]!.name,
    file: ({ name, inputs, outputs, description }) => ({
      version: SCHEMA,
      codes: codes.map(codeTable),
      subgraphs: [{ tensors, inputs, outputs, operators, name }],
      description,
      buffers,
    }),
  };

  function free(wish: string): string {
    if (taken.has(wish)) return free(`${wish}_`);
    taken.add(wish);
    return wish;
  }
}

function typeOf(values: TensorNumbers): TensorType {
  if (values instanceof Float32Array) return "float32";
  if (values instanceof Uint16Array) return "float16";
  return values instanceof Int8Array ? "int8" : "int32";
}

function alike(
  one: Omit<ConstantTensor, "index">,
  other: Omit<ConstantTensor, "index">,
): boolean {
  return JSON.stringify(one.form) === JSON.stringify(other.form) &&
    one.data.length === other.data.length &&
    one.data.every((byte, i) => byte === other.data[i]);
}

/** Numbers low byte first on every machine. */
function littleEndian(values: TensorNumbers): Uint8Array {
  const width = values.BYTES_PER_ELEMENT;
  const view = new DataView(new ArrayBuffer(values.byteLength));
  values.forEach((value, i) => {
    if (values instanceof Float32Array) view.setFloat32(width * i, value, true);
    else if (width === 1) view.setInt8(i, value);
    else if (width === 2) view.setUint16(2 * i, value, true);
    else view.setInt32(4 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}
