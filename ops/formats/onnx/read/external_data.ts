/** Tensors of an ONNX file whose numbers lie in other files beside it: which files these are, and the bytes in them. */
import type { TensorProto } from "../../../../engine/deps/onnx_buf.ts";
import { quoted } from "../../../../engine/quote.ts";
import { UnreadableModelError } from "../../format.ts";

/** Files by the names that the model has for them. */
export type FilesBeside = ReadonlyMap<string, Uint8Array>;

/** ModelProto.graph, GraphProto.initializer, TensorProto.external_data, StringStringEntryProto. */
const [GRAPH, INITIALIZER, EXTERNAL, KEY, VALUE] = [7, 5, 13, 1, 2];

/**
 * The files that the tensors of a model name, each once. Of bytes that are no model none: whoever reads them says so. The
 * bytes are walked over without being decoded, as this is asked before anything is loaded that could.
 */
export function filesBeside(bytes: Uint8Array): readonly string[] {
  const names = new Set<string>();
  for (const graph of fieldsOf(bytes, GRAPH)) {
    for (const tensor of fieldsOf(graph, INITIALIZER)) {
      for (const entry of fieldsOf(tensor, EXTERNAL)) {
        const [key, value] = [KEY, VALUE].map((field) =>
          new TextDecoder().decode(fieldsOf(entry, field!)[0] ?? new Uint8Array())
        );
        if (key === "location" && value) names.add(value);
      }
    }
  }
  return [...names];
}

/** The fields of a message that have a length and this number; those before the first that is damaged. */
function fieldsOf(bytes: Uint8Array, wanted: number | undefined): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  let at = 0;
  const number = () => {
    let [value, scale] = [0, 1];
    while (at < bytes.length) {
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      scale *= 128;
      if (byte < 128) return value;
    }
    return Infinity;
  };
  while (at < bytes.length) {
    const tag = number();
    const [field, type] = [Math.floor(tag / 8), tag % 8];
    if (type === 0) number();
    else if (type === 1) at += 8;
    else if (type === 5) at += 4;
    else if (type === 2) {
      const length = number();
      if (!(length <= bytes.length - at)) break;
      if (field === wanted) found.push(bytes.subarray(at, at + length));
      at += length;
    } else break;
  }
  return found;
}

/** The bytes of a tensor in the file that it names. Throws an UnreadableModelError where they are not there. */
export function externalBytes(tensor: TensorProto, name: string, files: FilesBeside): Uint8Array {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const wrong = (what: string) =>
    new UnreadableModelError(`Cannot read tensor ${quoted(name)}: ${what}`, {
      help: "write the model as one file: onnx.save(onnx.load(path), path)",
    });
  const file = files.get(entries.get("location") ?? "");
  if (file === undefined) throw wrong("its numbers lie in another file, which is not there");
  const offset = Number(entries.get("offset") ?? 0);
  const length = Number(entries.get("length") ?? file.length - offset);
  const within = [offset, length].every((each) => Number.isSafeInteger(each) && each >= 0) &&
    offset + length <= file.length;
  if (!within) throw wrong("the file that has its numbers ends before them");
  return file.subarray(offset, offset + length);
}
