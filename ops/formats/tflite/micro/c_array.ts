/** A TensorFlow Lite file as a C array, for programs of microcontrollers that have no files. */
import type { Files } from "../../../../engine/kind.ts";
import { ARENA_ALIGNMENT, arenaBytes, plannedArena } from "./arena.ts";
import { decodeFile } from "../flatbuffer.ts";
import { operatorCoded } from "../operators.ts";

/** Bytes in a line. */
const ROW = 16;

/**
 * `model.h` and `model.cc`: the bytes, aligned as readers of flatbuffers need them; the arena that they run in; and the
 * operators to register.
 */
export function cArray(bytes: Uint8Array, name: string): Files {
  const file = decodeFile(bytes, name);
  const tensors = plannedArena(file).bytes;
  const operators = file.codes.map(({ code }) => operatorCoded(code)!);
  const header = `// ${name} as a C array, written by Decant.
#ifndef DECANT_MODEL_H_
#define DECANT_MODEL_H_

// The model as TensorFlow Lite reads it: tflite::GetModel(model_tflite).
extern const unsigned char model_tflite[];
extern const unsigned int model_tflite_len;

// Bytes of an arena in which the model runs on the reference kernels: the tensors that are needed at once, placed greedily
// by size and lifetime as TensorFlow Lite Micro places them, and the interpreter's records with pointers of 8 bytes. Kernels
// of a chip's maker may want scratch buffers on top: interpreter.arena_used_bytes() tells.
#define MODEL_TENSOR_BYTES ${tensors}
#define MODEL_ARENA_BYTES ${arenaBytes(file)}

// Its operators, for a tflite::MicroMutableOpResolver<MODEL_OPERATORS>: ${operators.join(", ")}.
#define MODEL_OPERATORS ${operators.length}

#endif
`;
  const rows = Array.from({ length: Math.ceil(bytes.length / ROW) }, (_, row) => {
    const part = bytes.subarray(row * ROW, (row + 1) * ROW);
    return `  ${Array.from(part, (byte) => `0x${byte.toString(16).padStart(2, "0")},`).join(" ")}`;
  });
  const source = `#include "model.h"

alignas(${ARENA_ALIGNMENT}) const unsigned char model_tflite[] = {
${rows.join("\n")}
};
const unsigned int model_tflite_len = ${bytes.length};
`;
  const utf8 = new TextEncoder();
  return { "model.h": utf8.encode(header), "model.cc": utf8.encode(source) };
}
