/** A graph as the bytes of an ONNX file, and the names by which the outside knows it. */
import {
  AttributeProto_AttributeType as AttributeType,
  type AttributeProtoSchema,
  createMessage,
  DataType,
  type MessageInitShape,
  ModelProtoSchema,
  type TensorProtoSchema,
  toBinary,
  type ValueInfoProtoSchema,
} from "../../../engine/deps/onnx_buf.ts";
import type { Architecture } from "../../model/model.ts";
import type { Attribute, Constant, Elements, OnnxGraph } from "./graph.ts";

/** The file. */
export const ONNX_FILE = "model.onnx";

/** Names of the values that leave the graph for one output layer; `probabilities` where the model has a head. */
export function outputNames(
  { outputs, head }: Pick<Architecture, "outputs" | "head">,
  layer: string,
): { readonly logits: string; readonly probabilities?: string } {
  const suffix = outputs.length === 1 ? "" : `.${layer}`;
  const logits = `logits${suffix}`;
  return head === "none" ? { logits } : { logits, probabilities: `probabilities${suffix}` };
}

/** Version of the file format that came with each operator set (ONNX, `docs/Versioning.md`). */
const IR_VERSIONS: Readonly<Record<number, bigint>> = {
  13: 7n,
  14: 7n,
  15: 8n,
  16: 8n,
  17: 8n,
  18: 8n,
  19: 9n,
  20: 9n,
  21: 10n,
  22: 10n,
};

/** A value at the graph's edge; `shape` is that of one sample, the batch stays open, and so does what has a name. */
export interface Edge {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  /** Default: float32. */
  readonly type?: DataType;
}

/** What a file says besides its graph. */
interface Description {
  readonly name: string;
  readonly opset: number;
  readonly inputs: readonly Edge[];
  readonly outputs: readonly Edge[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The bytes of a model file. Throws a RangeError for an operator set that is not known. */
export function modelProto(
  graph: OnnxGraph,
  { name, opset, inputs, outputs, metadata }: Description,
): Uint8Array {
  const irVersion = IR_VERSIONS[opset];
  if (irVersion === undefined) {
    const known = Object.keys(IR_VERSIONS);
    throw new RangeError(
      `Cannot write operator set ${opset} of ONNX: ${known[0]} to ${known.at(-1)} are known`,
    );
  }
  const model = createMessage(ModelProtoSchema, {
    irVersion,
    producerName: "Decant",
    opsetImport: [{ domain: "", version: BigInt(opset) }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name,
      input: inputs.map(edge),
      output: outputs.map(edge),
      initializer: graph.constants.map(tensor),
      node: graph.nodes.map(({ op, inputs, output, attributes }) => ({
        opType: op,
        input: [...inputs],
        output: [output],
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      })),
    },
  });
  return toBinary(ModelProtoSchema, model);
}

function edge(
  { name, shape, type = DataType.FLOAT }: Edge,
): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = ["batch", ...shape].map((extent) => ({
    value: typeof extent === "string"
      ? { case: "dimParam" as const, value: extent }
      : { case: "dimValue" as const, value: BigInt(extent) },
  }));
  const value = { elemType: type, shape: { dim } };
  return { name, type: { value: { case: "tensorType", value } } };
}

function tensor(
  { name, values, shape }: Constant,
): MessageInitShape<typeof TensorProtoSchema> {
  const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  return { name, dataType: typeOf(values), dims: shape.map(BigInt), rawData };
}

function typeOf(values: Elements): DataType {
  if (values instanceof Float32Array) return DataType.FLOAT;
  if (values instanceof Uint16Array) return DataType.FLOAT16;
  if (values instanceof Int8Array) return DataType.INT8;
  if (values instanceof Uint8Array) return DataType.UINT8;
  if (values instanceof Int32Array) return DataType.INT32;
  return DataType.INT64;
}

function attribute(
  name: string,
  value: Attribute,
): MessageInitShape<typeof AttributeProtoSchema> {
  if ("int" in value) return { name, type: AttributeType.INT, i: BigInt(value.int) };
  if ("float" in value) return { name, type: AttributeType.FLOAT, f: value.float };
  if ("floats" in value) return { name, type: AttributeType.FLOATS, floats: [...value.floats] };
  if ("string" in value) {
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value.string) };
  }
  if ("strings" in value) {
    const strings = value.strings.map((each) => new TextEncoder().encode(each));
    return { name, type: AttributeType.STRINGS, strings };
  }
  return { name, type: AttributeType.INTS, ints: value.ints.map(BigInt) };
}
