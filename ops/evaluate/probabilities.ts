/** Figures of how sure a model is of its answers: the area under the ROC curve, and the calibration error. */
import type { Chosen, Labelled } from "./answered.ts";

/** The bins of confidence, as Guo et al. 2017 have them. */
const BINS = 15;

/** How an answer's figure is computed of samples, each counted so often; undefined where they do not tell it. */
type WeightedFigure = (weights?: Uint32Array) => number | undefined;

/** What a curve is drawn of: whether each of so many samples is of a class, and how likely it is answered so. */
interface ScoredSamples {
  readonly count: number;
  isOf(row: number): boolean;
  scoreOf(row: number): number;
}

/**
 * The area under the ROC curve: how often a sample of a class has a larger probability of it than one of another class,
 * half of the ties counted. Of two classes that of the second; of more the mean of all, each against the rest
 * (scikit-learn's `roc_auc_score` with `multi_class="ovr"`, `average="macro"`). Classes that all samples or none have are
 * left out; undefined where that leaves none. The samples are sorted once, whatever the weights.
 */
export function areaUnderCurve({ y, width }: Chosen, probabilities: Float64Array): WeightedFigure {
  const classes = width === 2 ? [1] : Array.from({ length: width }, (_, c) => c);
  return meanArea(classes.map((c) => ({
    count: y.length,
    isOf: (row) => y[row] === c,
    scoreOf: (row) => probabilities[row * width + c]!,
  })));
}

/** The same of labels, each on its own: the mean of their areas. */
export function areaOfLabels(answered: Labelled): WeightedFigure {
  return meanArea(ranksOfLabels(answered));
}

/** The area of each label by name; those that all samples or none have are left out. */
export function areaByLabel(answered: Labelled): Readonly<Record<string, number>> {
  return Object.fromEntries(
    ranksOfLabels(answered).flatMap((ranked, label) => {
      const area = areaOf(ranked)();
      return area === undefined ? [] : [[answered.classes[label]!, area] as const];
    }),
  );
}

function ranksOfLabels({ y, logits, width }: Labelled): readonly ScoredSamples[] {
  return Array.from({ length: width }, (_, label) => ({
    count: y.length / width,
    isOf: (row) => y[row * width + label] === 1,
    scoreOf: (row) => logits[row * width + label]!,
  }));
}

function meanArea(ranked: readonly ScoredSamples[]): WeightedFigure {
  const each = ranked.map(areaOf);
  return (weights) => {
    const areas = each.map((area) => area(weights)).filter((area) => area !== undefined);
    return areas.length === 0
      ? undefined
      : areas.reduce((sum, area) => sum + area, 0) / areas.length;
  };
}

function areaOf({ count, isOf, scoreOf }: ScoredSamples): WeightedFigure {
  const rows = Int32Array.from({ length: count }, (_, row) => row)
    .sort((a, b) => scoreOf(a) - scoreOf(b) || a - b);
  return (weights) => {
    let [pairs, below, tied, positives, tiedPositives] = [0, 0, 0, 0, 0];
    for (const [place, row] of rows.entries()) {
      const weight = weights?.[row] ?? 1;
      if (isOf(row)) tiedPositives += weight;
      else tied += weight;
      if (place + 1 < rows.length && scoreOf(rows[place + 1]!) === scoreOf(row)) continue;
      pairs += tiedPositives * (below + tied / 2);
      positives += tiedPositives;
      below += tied;
      [tied, tiedPositives] = [0, 0];
    }
    return positives === 0 || below === 0 ? undefined : pairs / (positives * below);
  };
}

/**
 * The expected calibration error (Guo et al. 2017, eq. 3): answers are put into 15 bins of equal width by the probability
 * of the answered class, and the distances of mean probability and accuracy are averaged by the answers in each bin.
 */
export function calibrationError(
  { y, width, answers }: Chosen,
  probabilities: Float64Array,
): WeightedFigure {
  return (weights) => {
    const [count, sure, right] = [0, 1, 2].map(() => new Float64Array(BINS)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    for (let row = 0; row < y.length; row++) {
      const confidence = probabilities[row * width + answers[row]!]!;
      // The upper edge belongs to a bin.
      const bin = Math.max(0, Math.ceil(confidence * BINS) - 1);
      const weight = weights?.[row] ?? 1;
      count[bin]! += weight;
      sure[bin]! += weight * confidence;
      if (y[row] === answers[row]) right[bin]! += weight;
    }
    const all = count.reduce((sum, each) => sum + each, 0);
    return sure.reduce((sum, each, bin) => sum + Math.abs(each - right[bin]!), 0) / all;
  };
}
