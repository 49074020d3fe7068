/** FlatBuffers: how TensorFlow Lite lays out its files. */
import type * as flatbuffers from "npm:flatbuffers@25.9.23";

export type { Builder as FlatBuilder } from "npm:flatbuffers@25.9.23";

const specifier = "npm:flatbuffers@25.9.23";

export const { Builder }: typeof flatbuffers = await import(specifier);
