/** Which tensors of a file are which weights of a network of the zoo. */
import { show, sizeOf, type WeightSlot } from "../../model/layers.ts";
import { sameShape } from "../../model/layers/shape.ts";
import { bertTensor } from "./bert_names.ts";
import { floatsOf, type SafetensorsFile, type StoredTensor } from "./safetensors_file.ts";

/** Where in a file a weight is, and what has to be done with it. */
export interface Source {
  readonly name: string;
  /** A matrix is [outputs, inputs] there. */
  readonly transposed?: boolean;
  /** Rows that are more than the network has are left out: positions behind the longest text. */
  readonly firstRows?: boolean;
  /** Another tensor whose first row is added to every row, if the file has it. */
  readonly plusFirstRowOf?: string;
}

/**
 * The values of a weight; undefined where the file has none. Tensors are found by our names, `layer/role`, else by those
 * of the family's published checkpoints. Throws a RangeError where one is of another shape.
 */
export function weightNamed(
  { tensors }: SafetensorsFile,
  family: string,
  slot: WeightSlot,
): Float32Array | undefined {
  const has = (name: string) => tensors.has(name);
  const published = family === "bert" ? bertTensor(slot.name, has) : undefined;
  const source: Source | undefined = has(slot.name) ? { name: slot.name } : published;
  const tensor = source && tensors.get(source.name);
  if (source === undefined || tensor === undefined) return undefined;
  const [rows = 1, columns = 1] = tensor.shape;
  const fits = source.transposed
    ? sameShape([columns, rows], slot.shape) && tensor.shape.length === 2
    : source.firstRows
    ? columns === slot.shape[1] && rows >= slot.shape[0]!
    : sameShape(tensor.shape, slot.shape);
  if (!fits) {
    throw new RangeError(
      `its \`${source.name}\` is ${show(tensor.shape)}, and \`${slot.name}\` is ${
        show(slot.shape)
      }` + (source.transposed ? " the other way round" : ""),
    );
  }
  const values = floatsOf(tensor);
  if (source.transposed) return turned(values, rows, columns);
  return plusFirstRow(
    values.slice(0, sizeOf(slot.shape)),
    columns,
    tensors.get(source.plusFirstRowOf ?? ""),
  );
}

function turned(values: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(
    values,
    (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!,
  );
}

function plusFirstRow(values: Float32Array, columns: number, other?: StoredTensor): Float32Array {
  if (other === undefined) return values;
  const row = floatsOf(other).subarray(0, columns);
  return values.map((value, at) => value + row[at % columns]!);
}
