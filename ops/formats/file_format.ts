/** Files of models and what is taken for them, told apart by their first bytes, whatever they are called. */

/** What a file is, and a way to what can be read. */
export interface FileFormat {
  /** As a predicate: `is empty`. */
  readonly what: string;
  readonly help: string;
}

/** What `load` reads. */
export const READABLE =
  "what can be read is a tfjs layers-model: the folder of a model.json, or the model.json in it";

/** How a Keras model becomes one. */
export const FROM_KERAS =
  'save the Keras model as a tfjs layers-model: tensorflowjs.converters.save_keras_model(model, "net"), then from: ./net/';

const FROM_TORCH = "of PyTorch, weights of a network of the zoo can be read from safetensors: " +
  'safetensors.torch.save_file(model.state_dict(), "net.safetensors"), then { use: …, weights: ./net.safetensors }';

/** As far as a file is looked at: names in a zip archive stand at its end, everything else at its beginning. */
const HEAD = 512;
const TAIL = 1 << 16;

/** The format of a file that is none of ours to read, or undefined where nothing tells it. */
export function fileFormat(bytes: Uint8Array): FileFormat | undefined {
  return formats.find(({ has }) => has(bytes));
}

type Known = FileFormat & { has(bytes: Uint8Array): boolean };

const begins = (signature: string | readonly number[], at = 0) => (bytes: Uint8Array): boolean =>
  [...signature].every((each, i) =>
    bytes[at + i] === (typeof each === "string" ? each.charCodeAt(0) : each)
  );

/** Bytes as characters of one byte each. */
const text = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);
const reads = (pattern: RegExp) => (bytes: Uint8Array) =>
  pattern.test(text(bytes.subarray(0, HEAD)));

const isZip = begins("PK\x03\x04");
const zipped = (names: RegExp) => (bytes: Uint8Array): boolean =>
  isZip(bytes) &&
  (names.test(text(bytes.subarray(0, HEAD))) || names.test(text(bytes.subarray(-TAIL))));

/** Protocol buffers have no signature: what tells them is the number and type of their first two fields. */
const protobuf =
  (version: (value: number) => boolean, second: readonly number[]) =>
  (bytes: Uint8Array): boolean =>
    bytes[0] === 0x08 && version(bytes[1]!) && second.includes(bytes[2]!);

/** Of ONNX's ModelProto: producer_name to model_version, doc_string, graph, opset_import. */
const ONNX_FIELDS = [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42];
/** Of TensorFlow's SavedModel: meta_graphs. */
const SAVED_MODEL_FIELDS = [0x12];

const formats: readonly Known[] = [
  { what: "is empty", help: READABLE, has: ({ length }) => length === 0 },
  {
    what: "is an HDF5 file, as Keras saves models (.h5)",
    help: FROM_KERAS,
    has: begins("\x89HDF\r\n\x1a\n"),
  },
  {
    what: "is a Keras 3 archive (.keras)",
    help: FROM_KERAS,
    has: zipped(/metadata\.json|model\.weights\.h5/),
  },
  {
    what: "is a PyTorch file (.pt, .pth)",
    help: FROM_TORCH,
    has: zipped(/[^/]\/(?:data\.pkl|byteorder|constants\.pkl)/),
  },
  {
    what: "is a NumPy archive (.npz)",
    help: `${READABLE}; data sets are read from npz`,
    has: zipped(/\.npy/),
  },
  { what: "is a zip archive", help: `unpack it; ${READABLE}`, has: isZip },
  {
    what: "is a Python pickle, as older PyTorch saves models (.pt, .pth)",
    help: FROM_TORCH,
    has: (bytes) => bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5,
  },
  {
    what: "is a TensorFlow Lite model (.tflite)",
    help: `a .tflite has lost what training needs; ${FROM_KERAS}`,
    has: begins("TFL3", 4),
  },
  {
    what: "is a safetensors file, which holds weights and no network",
    help: "name the network that they are of: { use: …, weights: ./net.safetensors }",
    has: isSafetensors,
  },
  {
    what: "is a model in Decant's packed format",
    help:
      "export: [tfjs, packed] writes the same model in a form that can be read, from: ./out/…/tfjs/",
    has: begins("DCPK"),
  },
  {
    what: "is a TensorFlow SavedModel",
    help: FROM_KERAS,
    has: protobuf((version) => version === 1, SAVED_MODEL_FIELDS),
  },
  {
    what: "is an ONNX model",
    help: `ONNX is written and not read; ${READABLE}`,
    has: protobuf((version) => version >= 1 && version < 0x80, ONNX_FIELDS),
  },
  {
    what: "is a Parquet file, which holds rows and no network",
    help: `${READABLE}; data sets are read from Parquet`,
    has: begins("PAR1"),
  },
  { what: "is a GGUF file", help: READABLE, has: begins("GGUF") },
  {
    what: "is gzipped",
    help: "unpack it first, with gunzip; shards of weights are not gzipped either",
    has: begins([0x1f, 0x8b]),
  },
  {
    what: "is an HTML page",
    help:
      "a server answers with a page where a file is not, or shows it in one: name the file itself",
    has: reads(/^(?:\xef\xbb\xbf)?\s*(?:<!--[^]*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b/i),
  },
  {
    what: "is an XML document",
    help:
      "a store of files answers so where a file is not, or may not be read: name the file itself",
    has: reads(/^(?:\xef\xbb\xbf)?\s*<\?xml\b/i),
  },
  {
    what: "is a pointer of Git LFS, not the file that it stands for",
    help: "git lfs pull fetches the file",
    has: begins("version https://git-lfs."),
  },
  {
    what: "is no text, of no format that is known here",
    help: READABLE,
    has: (bytes) => bytes.subarray(0, HEAD).includes(0),
  },
];

/** Whether a file begins as safetensors: eight bytes with the length of a JSON object, and that object. */
export function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 10 || bytes[8] !== "{".charCodeAt(0)) return false;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  return 8n + length <= BigInt(bytes.length);
}
