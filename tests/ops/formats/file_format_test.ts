import assert from "node:assert/strict";
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
  assert.match(what(zip("", "metadata.json"))!, /Keras 3/);
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
    "what can be read is a tfjs layers-model: the folder of a model.json, or the model.json in it",
  );
  const onnx = fileFormat(latin("\x08\x08\x12\x07"))!;
  assert.equal(onnx.help, `ONNX is written and not read; ${READABLE}`);
});

Deno.test("a format of ours tells its own files and no other's", () => {
  const files: Readonly<Record<string, Uint8Array>> = {
    onnx: latin("\x08\x08\x12\x07pytorch"),
    packed: latin("DCPK\x01"),
    safetensors: writeSafetensors({ tensors: new Map(), metadata: {} }),
  };
  for (const format of formats) {
    if (!("magic" in format)) continue;
    const told = Object.keys(files).filter((name) => format.magic!(files[name]!));
    assert.deepEqual(told, [format.name]);
  }
});
