/** Answers whose figures scikit-learn computed (`tests/fixtures/metrics/write.py`). */
import {
  type Chosen,
  collectAnswers,
  type Estimated,
  type Labelled,
} from "../../../ops/evaluate/answered.ts";
import { assertClose } from "../../close.ts";
import scores from "../../fixtures/metrics/scores.json" with { type: "json" };

/** The classes of a recorded case, collected in batches of 7. */
export function recordedClasses(name: "four" | "two") {
  const { logits, y, width, weights, plain, weighted } = scores[name];
  const { answered, add } = collectAnswers(Int32Array.from(y), width, {
    classes: ["a", "b", "c", "d"].slice(0, width),
    sure: true,
    surpriseOf: (_logits, truths) => new Float32Array(truths.length),
  });
  const rows = Float32Array.from(logits);
  for (let first = 0; first < y.length; first += 7) {
    add(rows.subarray(first * width, (first + 7) * width), first);
  }
  return { answered: answered as Chosen, weights: Uint32Array.from(weights), plain, weighted };
}

/** The numbers of a recorded case. */
export function recordedNumbers(name: "number" | "pairs") {
  const { logits, y, width, weights, plain, weighted } = scores[name];
  const answered: Estimated = {
    width,
    y: Float32Array.from(y),
    logits: Float32Array.from(logits),
  };
  return { answered, weights: Uint32Array.from(weights), plain, weighted };
}

/** The labels of a recorded case. */
export function recordedLabels() {
  const { logits, y, width, weights, ...recorded } = scores.labels;
  const answered: Labelled = {
    several: true,
    classes: ["a", "b", "c"],
    width,
    y: Float32Array.from(y),
    logits: Float32Array.from(logits),
  };
  return { answered, weights: Uint32Array.from(weights), ...recorded };
}

/** Several targets of a recorded case, and the figures of each. */
export function recordedTargets() {
  const { logits, y, width, each } = scores.targets;
  const answered: Estimated = {
    width,
    targets: ["t", "u"],
    y: Float32Array.from(y),
    logits: Float32Array.from(logits),
  };
  return { answered, each };
}

/** Asserts that two numbers are equal but for the order in which they were summed. */
export const near = (found: number, expected: number): void => assertClose(found, expected, 1e-12);
