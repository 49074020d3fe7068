/** Files of models and what is taken for them, told apart by their first bytes, whatever they are called. */
import { begins, type FormatRefusal, FROM_KERAS, type ModelFormat } from "./format.ts";
import { formats, readable } from "./formats.ts";

/** What `load` reads. */
export const READABLE: string = `what can be read is ${
  readable.map(({ read }) => read.what).join("; ")
}`;

const FROM_TORCH = "of PyTorch, weights of a network of the zoo can be read from safetensors: " +
  'safetensors.torch.save_file(model.state_dict(), "net.safetensors"), then { use: …, weights: ./net.safetensors }';

/** As far as a file is looked at: names in a zip archive stand at its end, everything else at its beginning. */
const HEAD = 512;
const TAIL = 1 << 16;

/** The format of a file that is none to load, or undefined where nothing tells it. */
export function fileFormat(bytes: Uint8Array): Pick<FormatRefusal, "what" | "help"> | undefined {
  const own: ModelFormat | undefined = formats.find(({ magic, refusal }: ModelFormat) =>
    refusal !== undefined && magic?.(bytes)
  );
  if (own === undefined) return foreign.find(({ has }) => has(bytes));
  const { what, help, readable } = own.refusal!;
  return { what, help: readable ? `${help}; ${READABLE}` : help };
}

type ForeignFormat = FormatRefusal & { has(bytes: Uint8Array): boolean };

/** Bytes as characters of one byte each. */
const text = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);
const reads = (pattern: RegExp) => (bytes: Uint8Array) =>
  pattern.test(text(bytes.subarray(0, HEAD)));

const isZip = begins("PK\x03\x04");
const zipped = (names: RegExp) => (bytes: Uint8Array): boolean =>
  isZip(bytes) &&
  (names.test(text(bytes.subarray(0, HEAD))) || names.test(text(bytes.subarray(-TAIL))));

/** Formats that are neither read nor written; the first that fits is meant. */
const foreign: readonly ForeignFormat[] = [
  { what: "is empty", help: READABLE, has: ({ length }) => length === 0 },
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
    what: "is a TensorFlow SavedModel",
    help: FROM_KERAS,
    // A protocol buffer of version 1 whose second field is meta_graphs.
    has: begins([0x08, 1, 0x12]),
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
