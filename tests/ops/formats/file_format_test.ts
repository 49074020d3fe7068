import assert from "node:assert/strict";
import { FROM_KERAS } from "../../../ops/formats/format.ts";
import { fileFormat, READABLE } from "../../../ops/formats/file_format.ts";
import { formats } from "../../../ops/formats/formats.ts";
import { writeSafetensors } from "../../../ops/formats/safetensors/safetensors_file.ts";

const latin = (text: string) => Uint8Array.from(text, (each) => each.charCodeAt(0));
const what = (bytes: Uint8Array) => fileFormat(bytes)?.what;

Deno.test("a safetensors file is told by its header, whatever its length looks like", () => {
  // The name is as long as makes the header 0x280 bytes: the file begins as a pickle does.
  for (let length = 1; length < 700; length++) {
    const tensor = { dtype: "U8", shape: [1], bytes: Uint8Array.of(1) } as const;
    const tensors = new Map([["w".repeat(length), tensor]]);
    const bytes = writeSafetensors({ tensors, metadata: {} });
    if (bytes[0] !== 0x80 || bytes[1] !== 2) continue;
    assert.match(what(bytes)!, /^is a safetensors file/);
    return;
  }
  assert.fail("no name makes such a header");
});

Deno.test("of protocol buffers the first two fields tell an ONNX model from a SavedModel", () => {
  assert.match(what(latin("\x08\x01\x12\x80"))!, /SavedModel/);
  assert.match(what(latin("\x08\x08\x12\x07"))!, /ONNX/);
  assert.match(what(latin("\x08\x01\x3a\x07"))!, /ONNX/);
  assert.equal(what(latin("\x08\x80\x12\x07")), undefined);
  assert.equal(what(latin("\x08\x08\x13\x07")), undefined);
});

Deno.test("a zip archive is told by the names in it, at its beginning or its end", () => {
  const zip = (before: string, names: string) => latin(`PK\x03\x04${before}${names}`);
  assert.match(what(zip("", "metadata.json"))!, /Keras saved/);
  assert.match(what(zip("-".repeat(70_000), "net/data.pkl"))!, /PyTorch/);
  assert.match(what(zip("", "x.npy"))!, /NumPy/);
  assert.match(what(zip("", "model.json"))!, /zip archive/);
});

Deno.test("bytes that nothing tells, but for a zero among the first, have no format", () => {
  assert.equal(what(latin("{}")), undefined);
  assert.match(what(latin("a\0"))!, /no format that is known/);
  assert.equal(what(latin(`${" ".repeat(512)}\0`)), undefined);
  assert.equal(what(new Uint8Array()), "is empty");
});

Deno.test("what can be read is said from the formats that are", () => {
  assert.equal(
    READABLE,
    "what can be read is a tfjs layers-model or graph-model (model.json, or its folder); " +
      "a model that Keras saved (.keras or .h5); an ONNX model (.onnx); packed files; " +
      "safetensors of torchvision, of a BERT with config.json, or ours; " +
      "a TensorFlow Lite model (.tflite)",
  );
  const onnx = fileFormat(latin("\x08\x08\x12\x07"))!;
  assert.equal(onnx.help, "it is read where a recipe names it: from: ./model.onnx");
});

Deno.test("a format of ours tells its own files and no other's", () => {
  const files: Readonly<Record<string, Uint8Array>> = {
    keras: latin("\x89HDF\r\n\x1a\n"),
    onnx: latin("\x08\x08\x12\x07pytorch"),
    packed: latin("DCPK\x01"),
    safetensors: writeSafetensors({ tensors: new Map(), metadata: {} }),
    tflite: latin("\x1c\0\0\0TFL3"),
  };
  for (const format of formats) {
    if (!("magic" in format)) continue;
    const told = Object.keys(files).filter((name) => format.magic!(files[name]!));
    assert.deepEqual(told, [format.name]);
  }
});

Deno.test("of every file that is no network of ours it is said what it is, and what to do", () => {
  const torch = "of PyTorch, weights of a network of the zoo can be read from safetensors: " +
    'safetensors.torch.save_file(model.state_dict(), "net.safetensors"), then { use: …, weights: ./net.safetensors }';
  const itself = "name the file itself";
  const page = `a server answers with a page where a file is not, or shows it in one: ${itself}`;
  const store = `a store of files answers so where a file is not, or may not be read: ${itself}`;
  const named = "it is read where a recipe names it: from: ./net.keras";
  const zip = (names: string) => `PK\x03\x04${names}`;
  const rows: readonly (readonly [bytes: string, what: string, help: string])[] = [
    ["", "is empty", READABLE],
    ["\x89HDF\r\n\x1a\n", "is a model that Keras saved (.keras or .h5)", named],
    [zip("model.weights.h5"), "is a model that Keras saved (.keras or .h5)", named],
    [zip("a/byteorder"), "is a PyTorch file (.pt, .pth)", torch],
    [zip("a/constants.pkl"), "is a PyTorch file (.pt, .pth)", torch],
    [zip("x.npy"), "is a NumPy archive (.npz)", `${READABLE}; data sets are read from npz`],
    [zip("x"), "is a zip archive", `unpack it; ${READABLE}`],
    ["\x80\x02", "is a Python pickle, as older PyTorch saves models (.pt, .pth)", torch],
    ["\x80\x05", "is a Python pickle, as older PyTorch saves models (.pt, .pth)", torch],
    [
      "\x1c\0\0\0TFL3",
      "is a TensorFlow Lite model (.tflite)",
      "it is read where a recipe names it: from: ./net.tflite",
    ],
    ["\x08\x01\x12", "is a TensorFlow SavedModel", FROM_KERAS],
    [
      "PAR1",
      "is a Parquet file, which holds rows and no network",
      `${READABLE}; data sets are read from Parquet`,
    ],
    ["GGUF", "is a GGUF file", READABLE],
    [
      "\x1f\x8b",
      "is gzipped",
      "unpack it first, with gunzip; shards of weights are not gzipped either",
    ],
    ["\xef\xbb\xbf <!-- so --> <!DOCTYPE html>", "is an HTML page", page],
    ["<head>", "is an HTML page", page],
    ["<body>", "is an HTML page", page],
    [" <?xml version='1.0'?>", "is an XML document", store],
    [
      "version https://git-lfs.github.com/spec/v1",
      "is a pointer of Git LFS, not the file that it stands for",
      "git lfs pull fetches the file",
    ],
    [`${" ".repeat(511)}\0`, "is no text, of no format that is known here", READABLE],
  ];
  for (const [bytes, what, help] of rows) {
    const told = fileFormat(latin(bytes))!;
    assert.deepEqual([told.what, told.help], [what, help]);
  }
  for (const other of ["\x80\x01", "\x80\x06", "\x81\x02", "<table>", "hello", " ".repeat(600)]) {
    assert.equal(fileFormat(latin(other)), undefined, other);
  }
});

Deno.test("a name in a zip archive counts within its first 512 bytes and its last 64 KiB", () => {
  const zip = (before: number, name: string, after: number) =>
    latin(`PK\x03\x04${"-".repeat(before - 4)}${name}${"-".repeat(after)}`);
  const name = "a/data.pkl";
  const archive = "is a zip archive";
  const torch = "is a PyTorch file (.pt, .pth)";
  const far = 1 << 17;
  assert.equal(what(zip(512 - name.length, name, far)), torch);
  assert.equal(what(zip(513 - name.length, name, far)), archive);
  assert.equal(what(zip(far, name, 65_536 - name.length)), torch);
  assert.equal(what(zip(far, name, 65_537 - name.length)), archive);
  assert.equal(what(latin("a/data.pkl")), undefined);
});
