/** Answers whose figures scikit-learn computed (`tests/fixtures/metrics/write.py`). */
import { type Chosen, collectAnswers, type Estimated } from "../../../ops/evaluate/answered.ts";
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

/** Asserts that two numbers are equal but for the order in which they were summed. */
export const near = (found: number, expected: number): void => assertClose(found, expected, 1e-12);
