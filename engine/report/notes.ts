/** Notes of steps, read with care: they may come from another version, another op, another machine. */
import type { Json } from "../digest.ts";
import { given } from "../given.ts";

/** One term of a loss in one epoch; `value` and `gradient` are before the weight. */
export interface TermNote {
  readonly use: string;
  readonly value: number;
  readonly weight: number;
  readonly gradient?: number;
}

/** One epoch of a training. */
export interface EpochNote {
  readonly epoch: number;
  readonly loss: number;
  readonly rate?: number;
  readonly validation?: number;
  /** The share of zeros at its end, where masks grow. */
  readonly sparsity?: number;
  readonly terms: readonly TermNote[];
}

/** A training. */
export interface TrainingNote {
  readonly history: readonly EpochNote[];
  readonly planned?: number;
  readonly updates?: number;
  readonly checkpoint?: string;
  readonly kept?: number;
  /** The batchnorms whose averages were estimated anew after it, and the score on validation with them. */
  readonly recalibrated?: { readonly layers: number; readonly validation?: number };
}

/** A map; empty where the value is none. */
export function mapOf(value: Json | undefined): Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Readonly<Record<string, Json>>
    : {};
}

/** A training's note; undefined where there is none, or none with an epoch. */
export function trainingNote(note: Json | undefined): TrainingNote | undefined {
  const { history, planned, updates, checkpoint, kept, recalibrated } = mapOf(note);
  const { layers, validation } = mapOf(recalibrated);
  const epochs = Array.isArray(history) ? (history as Json[]).flatMap(epochNote) : [];
  if (epochs.length === 0) return undefined;
  return {
    history: epochs,
    ...numbers({ planned, updates, kept }),
    ...given({
      checkpoint: typeof checkpoint === "string" ? checkpoint : undefined,
      recalibrated: Array.isArray(layers)
        ? { layers: layers.length, ...numbers({ validation }) }
        : undefined,
    }),
  };
}

function epochNote(note: Json): EpochNote[] {
  const { epoch, loss, rate, validation, sparsity, terms } = mapOf(note);
  if (typeof epoch !== "number" || typeof loss !== "number") return [];
  const known = Array.isArray(terms) ? (terms as Json[]).flatMap(termNote) : [];
  return [{ epoch, loss, ...numbers({ rate, validation, sparsity }), terms: known }];
}

function termNote(note: Json): TermNote[] {
  const { use, value, weight, gradient } = mapOf(note);
  if (typeof use !== "string" || typeof value !== "number") return [];
  const factor = typeof weight === "number" ? weight : 1;
  return [{ use, value, weight: factor, ...numbers({ gradient }) }];
}

/** The fields that are numbers. */
function numbers<Name extends string>(
  fields: Readonly<Record<Name, Json | undefined>>,
): Partial<Record<Name, number>> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => typeof value === "number"),
  ) as Partial<Record<Name, number>>;
}
