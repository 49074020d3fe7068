/** The integer format of a value between layers, from the range that it takes. */
import type { ActivationFormat, Quantization } from "../model.ts";
import { type Affine, type Integers, RULES } from "./rules.ts";

/** The range of a value. */
export interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

/** How activations become integers. */
export interface ActivationScheme {
  readonly bits: number;
  readonly symmetry: "asymmetric" | "symmetric";
  readonly rules: Quantization["rules"];
}

/** All integers of so many bits, signed. */
export function allIntegers(bits: number): Integers {
  const half = 1 << (bits - 1);
  return { low: -half, high: half - 1 };
}

/** Scale and zero point of a range, widened to hold 0; a range of 0 alone gets scale 1. */
export function affineOfRange({ minimum, maximum }: Range, scheme: ActivationScheme): Affine {
  const [low, high] = [Math.min(0, minimum), Math.max(0, maximum)];
  const integers = allIntegers(scheme.bits);
  if (low === 0 && high === 0) return { scale: 1, zero: 0 };
  if (scheme.symmetry === "symmetric") {
    return { scale: Math.fround(Math.max(-low, high) / integers.high), zero: 0 };
  }
  const { scale, zero } = RULES[scheme.rules].choose(low, high, integers);
  return { scale, zero: zero + 0 }; // no −0 in an artifact
}

/** The format of a range; `minimum` and `maximum` are the smallest and the largest integer. */
export function activationFormat(range: Range, scheme: ActivationScheme): ActivationFormat {
  const { low, high } = allIntegers(scheme.bits);
  return { bits: scheme.bits, ...affineOfRange(range, scheme), minimum: low, maximum: high };
}
