/**
 * What holds while a model trains and changes as it does: weights and values rounded in the forward pass
 * (quantization-aware training), masks that grow (gradual pruning). The loop knows this shape and no technique.
 */
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import type { Model } from "../model/model.ts";
import type { Moment } from "./optimizer.ts";

/** Arrays by name: those of a constraint are part of a training's state. */
export type Arrays = Readonly<Record<string, Float32Array>>;

/** A constraint, before and after a training. Nothing in it moves. */
export interface Constraint {
  /** Numbers of its own that learn with the weights, without decay. */
  readonly parameters?: Readonly<Record<string, Parameter>>;
  /** Opens it for a training; `arrays` are those of an earlier `capture` where a training goes on. */
  open(room: Room, arrays: Arrays | undefined): ActiveConstraint;
  /**
   * Whether it computes with BatchNorm's moving averages while the model trains: they are then not estimated anew.
   */
  readonly averages?: "used";
  /** What the learned model becomes; `arrays` are those kept with its weights. Default: the model itself. */
  finish?(model: Model, arrays: Arrays): Model;
}

/** An array that learns. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A constraint while it holds. */
export interface ActiveConstraint {
  /** How a pass runs under it; called inside the pass, so gradients flow through what it does. */
  pass?(pass: PlannedPass): ConstrainedPass;
  /** Sees an update's gradients by name, null where nothing reached a weight, before the weights move. */
  gradients?(of: (name: string) => Tensor | null, weights: Readonly<Record<string, Tensor>>): void;
  /** Called between two updates: at the start of a training and after each of its updates. */
  between?(moment: Moment, weights: ConstrainedWeights): void;
  /** False where models of this moment are not yet what was asked for, so no epoch is chosen. Default: true. */
  settled?(): boolean;
  /** The share of the weights it prunes that are held at zero now; written down at the end of each epoch. */
  sparsity?(weights: ConstrainedWeights): number;
  /** Copies of its arrays that move. */
  capture?(): Arrays;
}

/** A pass through the model that is about to run. */
interface PlannedPass {
  /** All weights by name, batch normalisation's averages as they are now, and the constraint's own parameters. */
  readonly weights: Readonly<Record<string, Tensor>>;
  /** When it runs; undefined: in inference. */
  readonly moment: Moment | undefined;
}

/** How it runs instead. */
export interface ConstrainedPass {
  readonly weights: Readonly<Record<string, Tensor>>;
  /** What others read of a layer's (or input's) value. */
  readonly transform?: (name: string, value: Tensor) => Tensor;
  /** Layers that run as in inference. */
  readonly frozen?: ReadonlySet<string>;
}

/** The weights between two updates. */
export interface ConstrainedWeights {
  /** A copy of a weight that moves. */
  values(name: string): Float32Array;
  /** What holds it at zero. */
  mask(name: string): Uint8Array | undefined;
  /** Sets a weight, and what the optimizer remembers of it, to 0 where the mask is 0, and keeps it there. */
  hold(name: string, mask: Uint8Array): void;
}
