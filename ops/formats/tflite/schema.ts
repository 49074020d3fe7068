/**
 * The tables of TensorFlow Lite's schema (`tensorflow/lite/schema/schema.fbs`, version 3) as data: the slot of each field
 * and what stands in it. Fields that nothing here writes or reads are left out.
 */

/** A number of a fixed width, or true and false. */
export type Scalar = "bool" | "int8" | "uint8" | "int32" | "uint32" | "float32" | "int64";

/** What a field holds. `bytes` are a view of the file. */
type FieldType =
  | Scalar
  | "string"
  | "bytes"
  | { readonly table: TableSchema }
  | { readonly vector: Scalar }
  | { readonly tables: TableSchema };

/** A field: its slot, its type, and what is meant where it is absent if that is not 0. */
type Field = readonly [slot: number, type: FieldType, absent?: number];

/** A table: its fields by name. */
export type TableSchema = Readonly<Record<string, Field>>;

const ints = { vector: "int32" } as const;
const floats = { vector: "float32" } as const;

const quantization: TableSchema = {
  minimum: [0, floats],
  maximum: [1, floats],
  scale: [2, floats],
  zero: [3, { vector: "int64" }],
  details: [4, "uint8"],
  axis: [6, "int32"],
};

const tensor: TableSchema = {
  shape: [0, ints],
  type: [1, "int8"],
  buffer: [2, "uint32"],
  name: [3, "string"],
  quantization: [4, { table: quantization }],
  isVariable: [5, "bool"],
  signature: [7, ints],
};

/** Options of an operator are told apart by a number beside them: they are read once it is known (`operators.ts`). */
const operator: TableSchema = {
  code: [0, "uint32"],
  inputs: [1, ints],
  outputs: [2, ints],
  optionsType: [3, "uint8"],
};

/** The slot of an operator's options. */
export const OPTIONS_SLOT = 4;

/** The slots of all that an operator may hold. */
export const OPERATOR_SLOTS = 5;

export { operator as operatorTable };

const subgraph: TableSchema = {
  tensors: [0, { tables: tensor }],
  inputs: [1, ints],
  outputs: [2, ints],
  operators: [3, { tables: operator }],
  name: [4, "string"],
};

const named: TableSchema = { name: [0, "string"], tensor: [1, "uint32"] };

/** The root of a file. */
export const modelTable: TableSchema = {
  version: [0, "uint32"],
  codes: [1, {
    tables: {
      /** For operators below 127, which older readers look for here. */
      short: [0, "int8"],
      custom: [1, "string"],
      version: [2, "int32", 1],
      code: [3, "int32"],
    },
  }],
  subgraphs: [2, { tables: subgraph }],
  description: [3, "string"],
  buffers: [4, { tables: { data: [0, "bytes"] } }],
  signatures: [7, { tables: { inputs: [0, { tables: named }], outputs: [1, { tables: named }] } }],
};

/** The numbers of a tensor. */
export const TYPES = {
  float32: 0,
  float16: 1,
  int32: 2,
  uint8: 3,
  int64: 4,
  bool: 6,
  int8: 9,
} as const;

/** Their name. */
export type TensorType = keyof typeof TYPES;

/** How the numbers of a tensor stand for reals: scale · (q − zero), one pair or one for each index of `axis`. */
export interface TensorQuantization {
  readonly scale: readonly number[];
  readonly zero: readonly number[];
  readonly axis: number;
}

/** A tensor. */
export interface TensorTable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  /** Of the file; buffer 0 is empty. */
  readonly buffer: number;
  readonly quantization?: TensorQuantization & { readonly details?: number };
  readonly isVariable?: boolean;
  /** The shape, −1 where an extent is open. */
  readonly signature?: readonly number[];
}

/** A name that a file gives to a tensor. */
interface TensorName {
  readonly name: string;
  readonly tensor: number;
}

/** Options of an operator, by field. */
export type Options = Readonly<Record<string, number | boolean | readonly number[]>>;

/** One operator at work. */
export interface OperatorTable {
  /** Its place among the codes. */
  readonly code: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly optionsType: number;
  readonly options?: Options;
}

/** A file as a tree. */
export interface TfliteFile {
  readonly version: number;
  readonly codes: readonly {
    readonly short: number;
    readonly custom?: string;
    readonly version: number;
    readonly code: number;
  }[];
  readonly subgraphs: readonly {
    readonly tensors: readonly TensorTable[];
    readonly inputs: readonly number[];
    readonly outputs: readonly number[];
    readonly operators: readonly OperatorTable[];
    readonly name: string;
  }[];
  readonly description: string;
  readonly buffers: readonly { readonly data?: Uint8Array }[];
  /** What the network's author calls what enters and leaves. */
  readonly signatures?: readonly {
    readonly inputs?: readonly TensorName[];
    readonly outputs?: readonly TensorName[];
  }[];
}
