/**
 * Random numbers that choose trials: SHA-256 of what is drawn for. The k-th number of a trial depends on the seed, the
 * trial and k alone, so a search that goes on later draws what it would have drawn.
 */
import { canonicalBytes, digestOf } from "../../digest.ts";

/** Hexadecimal digits that a double holds, and the numbers that they can be: 16¹³ = 2⁵². */
const DIGITS = 13;
const NUMBERS = 0x10_0000_0000_0000;

/** The numbers of one trial, each evenly in 0 up to 1: multiples of 2⁻⁵². */
export function drawsOf(seed: number, trial: number): () => number {
  let count = 0;
  return () => {
    const digest = digestOf(canonicalBytes(["search", seed, trial, count++]));
    return Number.parseInt(digest.slice(0, DIGITS), 16) / NUMBERS;
  };
}
