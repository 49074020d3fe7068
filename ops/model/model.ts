/**
 * A model is plain data: a topological list of layers, weights by name, and what later steps must know. Layer names
 * are given by whoever built the model (`stage1.block1.conv1`), never by tfjs, never by a counter.
 */
import type { Digest } from "../../engine/digest.ts";
import type { Layer, LayerKind, LayerOf } from "./kinds/mod.ts";

export type { Layer, LayerKind, LayerOf };
export { ownerOf, type Role, ROLES, weightName } from "./kinds/weights.ts";
export type { WindowAttributes } from "./kinds/window.ts";

/** One input of the model; its name may stand among a layer's `inputs`. */
export interface ModelInput {
  readonly name: string;
  /** Without the batch. */
  readonly shape: readonly number[];
}

/** Structure without weights: enough for shapes, parameters, MACs, selectors, dependency groups. */
export interface Architecture {
  /** The zoo's family, or `loaded`. */
  readonly family: string;
  readonly inputs: readonly ModelInput[];
  readonly layers: readonly Layer[];
  /** Layers whose values leave the model: logits. */
  readonly outputs: readonly string[];
  /** What a consumer applies to the logits; exports write it as the last layer. */
  readonly head: "softmax" | "sigmoid" | "none";
}

/** How a weight is stored. Decoded value of affine: scale[c] · (q − zero[c]), c along `axis` (or one for all). */
export type Encoding =
  | { readonly use: "f32" }
  | { readonly use: "f16" }
  | {
    readonly use: "affine";
    readonly bits: number;
    /** The axis with one scale per index; null: one scale. */
    readonly axis: number | null;
    readonly symmetry: "symmetric" | "asymmetric";
    readonly scale: Float32Array;
    readonly zero: Int32Array;
  }
  | { readonly use: "codebook"; readonly bits: number; readonly centroids: Float32Array };

/**
 * One weight array. `data`: float32 (f32), half bits (f16: uint16), integers (affine: int8), codes (codebook: uint8).
 */
export interface Weight {
  readonly shape: readonly number[];
  readonly encoding: Encoding;
  readonly data: Float32Array | Uint16Array | Int8Array | Uint8Array;
  /** 0 where the weight is pruned and must stay 0; absent: nothing is. */
  readonly mask?: Uint8Array;
}

/** Input as the layers see it: value · scale + offset, per channel (last axis) or one for all. */
export interface Preprocess {
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** How a layer's output (or an input, by its name) is represented in integers: real = scale · (q − zero). */
export interface ActivationFormat {
  readonly bits: number;
  readonly scale: number;
  readonly zero: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** What earlier steps established; later steps must keep it. */
export interface Established {
  /** Masks that hold zeros are present. */
  readonly zeros?: true;
  readonly clusters?: true;
  /** Channels were removed: layer name → channels left. */
  readonly channels?: Readonly<Record<string, number>>;
  /** Number format of the weights (`int8`). */
  readonly format?: string;
  /** Layers that gave way to a group with their name. */
  readonly replaced?: readonly string[];
}

/** Integer arithmetic of a quantized model. */
export interface Quantization {
  readonly rules: "onnx" | "tflite" | "tensorflow";
  readonly activations: Readonly<Record<string, ActivationFormat>>;
  /** Each row that a dense layer reads gets integers by its own range; there are no other integers then. */
  readonly dynamic?: {
    readonly bits: number;
    readonly symmetry: "asymmetric" | "symmetric";
  };
}

/** What the files weigh that a model was loaded from. */
export interface OwnFiles {
  /** All of them together, as they lie. */
  readonly encoded: number;
  /** Each gzipped, together. */
  readonly gzip: number;
  readonly format: string;
  /** Digest of the model that was in them: of another one they say nothing. */
  readonly of: Digest;
}

/** A model. */
export interface Model extends Architecture {
  /** Every weight by `layer/role`. */
  readonly weights: Readonly<Record<string, Weight>>;
  /** Null until it is first trained, unless it was loaded with its own. */
  readonly preprocess: Preprocess | null;
  /** Names of the classes in index order. */
  readonly classes: readonly string[];
  /** What later steps must keep. */
  readonly established: Established;
  /** Loaded, trained, or made from a model that has learned. */
  readonly learned: boolean;
  /** Null: float activations; weights may still be encoded. */
  readonly quantization: Quantization | null;
  /**
   * Of a model that was loaded. What is made of it may still have them: `ownFiles` tells whether they are its own.
   */
  readonly files?: OwnFiles;
}

/** The structure of a model alone, without its weights and state. */
export function structureOf(model: Architecture): Architecture {
  const { family, inputs, layers, outputs, head } = model;
  return { family, inputs, layers, outputs, head };
}
