/** The bytes of an ONNX file as a graph of nodes, and what is asked of one before it is read. */
import { fromBinary, type ModelProto, ModelProtoSchema } from "../../../../engine/deps/onnx_buf.ts";
import { quoted, type Said, said } from "../../../../engine/quote.ts";
import { UnreadableModelError } from "../../format.ts";
import { QUANTIZED } from "./quantized_nodes.ts";

/** The graph of a file and what the file says beside it. */
export interface OnnxFile {
  readonly graph: NonNullable<ModelProto["graph"]>;
  /** The version of the operator set. */
  readonly opset: number;
  readonly producer: string;
  readonly metadata: ReadonlyMap<string, string>;
  /** What it says of itself. */
  readonly says: Said;
}

const MOST_NODES = 20_000;

/** Sets of operators that are known: ONNX's own, and those of classical learning. */
const DOMAINS: ReadonlySet<string> = new Set(["", "ai.onnx", "ai.onnx.ml"]);

/** That of ONNX Runtime, whose operators on integers are read. */
const RUNTIME = "com.microsoft";

/** The graph. Throws an UnreadableModelError that says what is wrong with the file. */
export function onnxFile(bytes: Uint8Array, name: string): OnnxFile {
  const model = parsed(bytes, name);
  const { graph } = model;
  if (graph === undefined || graph.node.length === 0) {
    throw new UnreadableModelError(`\`${name}\` is an ONNX file without a network`, DAMAGED);
  }
  if (graph.node.length > MOST_NODES) {
    throw new UnreadableModelError(
      `\`${name}\` has ${graph.node.length} nodes, more than ${MOST_NODES}`,
    );
  }
  const foreign = graph.node.find(({ domain, opType }) =>
    !DOMAINS.has(domain) && !(domain === RUNTIME && QUANTIZED.includes(opType))
  );
  if (foreign !== undefined) {
    throw new UnreadableModelError(
      `Cannot read node ${quoted(foreign.name || foreign.output[0] || "")}: ` +
        `${quoted(foreign.opType)} is an operator of ${quoted(foreign.domain)}, not of ONNX`,
      { help: "export the model with ONNX's own operators, unoptimized" },
    );
  }
  const metadata = new Map(model.metadataProps.map(({ key, value }) => [key, value]));
  const own = model.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx");
  return {
    graph,
    opset: Number(own?.version ?? 1),
    producer: model.producerName,
    metadata,
    says: saidIn(model, metadata),
  };
}

/** What a file says of itself; the names of its classes are read as such. */
function saidIn(model: ModelProto, metadata: ReadonlyMap<string, string>): Said {
  const { producerName, producerVersion, modelVersion, domain, docString } = model;
  const version = modelVersion === 0n ? undefined : String(modelVersion);
  return said([
    ...[...metadata].filter(([key]) => key !== CLASSES),
    ...Object.entries({
      "producer_name": producerName,
      "producer_version": producerVersion,
      domain,
      "model_version": version,
      "doc_string": docString,
    }),
  ]);
}

/** The name of the metadata in which Decant writes the names of classes. */
export const CLASSES = "classes";

const DAMAGED = { help: "it is damaged; get the file again" };

function parsed(bytes: Uint8Array, name: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch {
    // What the library says is of tags and wire types, which is nothing that a person can act on.
    throw new UnreadableModelError(
      `\`${name}\` begins as an ONNX file and goes on as none`,
      DAMAGED,
    );
  }
}
