/** Which samples an epoch draws, and in what order: each once, or every class equally often. */
import { OneOf } from "../../engine/field.ts";
import { type DatasetFacts, ParameterError } from "../../engine/op.ts";
import { stream } from "../../engine/tensor/random.ts";
import { type Dataset, part } from "../data/dataset.ts";
import type { LossTerm } from "./terms/terms.ts";

/** The field. */
export const samplingField = OneOf(["once", "balanced"], {
  description:
    "How an epoch draws its samples: each once, as where absent; or balanced, every class equally often: of a rare one " +
    "samples come several times, of a frequent one some do not, and an epoch has as many updates as without it",
});

/** How samples are drawn. */
export type Sampling = "once" | "balanced";

/**
 * A function from an epoch to the training samples that it draws, in order; as many as there are, from `seed` and
 * labels alone. Balanced, each class that has samples gets n / K of n draws. Within a class no sample comes more than
 * once more often than another. Where n / K is no whole number, the epoch draws which classes get one more. Throws a
 * RangeError where samples have no class.
 */
export function epochDraws(
  data: Dataset,
  { seed, sampling }: { readonly seed: number; readonly sampling?: Sampling | undefined },
): (epoch: number) => Uint32Array {
  const { count, y } = part(data, "train");
  const order = stream(seed, "order");
  if (sampling !== "balanced") return (epoch) => order.permutation(epoch, count);
  if (!(y instanceof Int32Array) || y.length !== count) {
    throw new RangeError(
      "Cannot draw every class equally often: the training samples have no classes; leave `sampling` out",
    );
  }
  const groups = samplesByClass(y).map(({ label, samples }) => ({
    samples,
    draws: stream(seed, `sampling:${label}`),
  }));
  const more = stream(seed, "sampling");
  const [each, rest] = [Math.floor(count / groups.length), count % groups.length];
  return (epoch) => {
    const turns = more.permutation(epoch, groups.length);
    const drawn = groups.flatMap(({ samples, draws }, k) => {
      const wanted = each + (turns[k]! < rest ? 1 : 0);
      const own = draws.permutation(epoch, samples.length);
      return Array.from({ length: wanted }, (_, i) => samples[own[i % own.length]!]!);
    });
    return order.permutation(epoch, count).map((place) => drawn[place]!);
  };
}

/** The samples of each class that has some, in the order of the classes. */
function samplesByClass(y: Int32Array) {
  const found = new Map<number, number[]>();
  y.forEach((label, sample) => {
    const samples = found.get(label);
    if (samples === undefined) found.set(label, [sample]);
    else samples.push(sample);
  });
  return [...found].sort(([a], [b]) => a - b).map(([label, samples]) => ({ label, samples }));
}

/** Throws a ParameterError where samples have no one class each, or where the loss evens the classes out already. */
export function assertSampling(
  { sampling, loss }: { readonly sampling?: Sampling; readonly loss: readonly LossTerm[] },
  { task, labels }: DatasetFacts,
): void {
  if (sampling !== "balanced") return;
  if (labels === "none") {
    throw new ParameterError(
      "unknown-value",
      "sampling",
      "`sampling: balanced` draws by class, and nobody has labelled the data (labels: none)",
      "leave sampling out",
    );
  }
  if (task !== undefined && task !== "classification") {
    throw new ParameterError(
      "unknown-value",
      "sampling",
      `\`sampling: balanced\` is of samples that have one class each, and the task is ${task}`,
      "leave sampling out",
    );
  }
  const twice = loss.findIndex((term) =>
    term.use === "labels" && term["class_weights"] === "balanced"
  );
  if (twice < 0) return;
  throw new ParameterError(
    "unknown-value",
    "sampling",
    `rare classes would count twice: they are drawn as often as others, and \`class_weights: balanced\` of loss.${twice} ` +
      "weighs them up as well",
    "leave one of them out, or give class_weights in numbers",
  );
}
