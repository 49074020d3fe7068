/** Divergence between softened outputs of teacher and student (Hinton et al. 2015, arXiv 1503.02531). */
import {
  type Curve,
  CurveField,
  OneOf,
  type Static,
  type TObject,
  Type,
} from "../../../engine/field.ts";
import type { DatasetFacts } from "../../../engine/op.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { pow } from "../../../engine/tensor/scalar_math.ts";
import { divergenceOf } from "./parts/divergence.ts";
import { centred } from "./parts/features.ts";
import { defineTerm, type TermRefusal } from "./term.ts";

const base = Type.Number({
  exclusiveMinimum: 0,
  description: "The mean temperature of a batch",
});
const beta = Type.Number({ description: "The spread of temperatures about the mean" });

/** A temperature for each sample instead of a curve (TextBrewer, arXiv 2002.12620, `presets.py`). */
const sampleTemperatures = {
  flsw: Type.Object({
    base,
    beta,
    gamma: Type.Number({ minimum: 0, description: "The power of the disagreement" }),
  }, { description: "Lower where student and teacher disagree" }),
  cwsm: Type.Object({ base, beta }, { description: "Lower where the student is unsure" }),
} satisfies Readonly<Record<string, TObject>>;

type Flsw = { readonly use: "flsw" } & Static<typeof sampleTemperatures.flsw>;
type Cwsm = { readonly use: "cwsm" } & Static<typeof sampleTemperatures.cwsm>;

/** One of them, chosen. */
type SampleTemperature = Flsw | Cwsm;

/**
 * With p = softmax(z / T) of teacher (t) and student (s): `forward` KL(pₜ ‖ pₛ), `reverse` KL(pₛ ‖ pₜ), summed over
 * classes, meaned over the batch, times T² unless `scale` is `none`. The gradient of the forward form is T (pₛ − pₜ),
 * so the teacher's share keeps its size when T changes. `teacher_errors: swap` gives the true class the teacher's
 * largest logit (TextBrewer's probability shift); `standardize: sample` divides each sample's centred logits by their
 * deviation, on both sides (Sun et al. 2024, arXiv 2403.01265). Of several labels p = σ(z / T), and the divergence is that
 * of two Bernoulli distributions, meaned over labels and batch; swapping, standardizing and temperatures of samples are of
 * classes alone.
 */
export const softTargets = defineTerm({
  summary: "Divergence from the teacher's softened probabilities (Hinton)",
  fields: {
    temperature: CurveField({
      exclusiveMinimum: 0,
      default: 4,
      description:
        "The divisor of both sides' logits; a higher one makes the probabilities more even",
      also: sampleTemperatures,
    }),
    scale: OneOf(["t-squared", "none"], {
      default: "t-squared",
      description: "The factor before the divergence: the squared temperature, or none",
    }),
    divergence: OneOf(["forward", "reverse"], {
      default: "forward",
      description:
        "The direction of KL: forward covers every class that the teacher gives weight, reverse its likeliest one",
    }),
    teacher_errors: OneOf(["keep", "swap"], {
      default: "keep",
      description:
        "The answers in which the teacher is wrong: kept, or its best guess swapped with the truth",
    }),
    standardize: OneOf(["none", "sample"], {
      default: "none",
      description: "The scale of logits: as they are, or each sample's to mean 0 and deviation 1",
    }),
  },
  reads: { teacher: true, labels: { where: "teacher_errors", is: "swap" } },
  compares: "probabilities",
  refusesData: refusalOfLabels,
  value({ room, task, logits, teacher: logitsOfTeacher, targets, at }, params) {
    const { temperature, scale, divergence, teacher_errors, standardize } = params;
    const { tf } = room;
    if (task === "multi-label") {
      const degrees = at(temperature as Curve);
      const [ours, theirs] = [logits, logitsOfTeacher!].map((each) => thereOrNot(room, each));
      const rows = divergences[divergence](room, ours!, theirs!, degrees);
      return tf.mul(tf.mean(rows), scale === "none" ? 1 : degrees * degrees) as Scalar;
    }
    const right = teacher_errors === "swap"
      ? corrected(room, logitsOfTeacher!, targets!)
      : logitsOfTeacher!;
    const [student, teacher] = standardize === "sample"
      ? [standardized(room, logits), standardized(room, right)]
      : [logits, right];
    if (!isPerSample(temperature)) {
      const degrees = at(temperature as Curve);
      const rows = divergences[divergence](room, student, teacher, degrees);
      return tf.mul(tf.mean(rows), scale === "none" ? 1 : degrees * degrees) as Scalar;
    }
    const degrees = temperaturesOf(room, student, teacher, temperature);
    const [ours, theirs] = [student, teacher].map((z) => tf.div(z, degrees));
    const rows = divergences[divergence](room, ours!, theirs!, 1);
    const factors = tf.reshape(tf.square(degrees), rows.shape);
    return tf.mean(scale === "none" ? rows : tf.mul(rows, factors)) as Scalar;
  },
});

/** Each label as two classes, there and not: softmax([z, 0]) = [σ(z), 1 − σ(z)]. [B, K] → [B · K, 2]. */
function thereOrNot({ tf, tensor }: Room, logits: Tensor): Tensor {
  const column = tf.reshape(logits, [-1, 1]);
  return tf.concat([column, tensor(new Float32Array(column.size), column.shape)], 1);
}

/** What of the term is of classes alone. */
function refusalOfLabels(
  params: {
    readonly temperature: unknown;
    readonly teacher_errors: string;
    readonly standardize: string;
  },
  { task }: DatasetFacts,
): TermRefusal | undefined {
  if (task !== "multi-label") return undefined;
  const [field, help] = params.teacher_errors !== "keep"
    ? ["teacher_errors", "teacher_errors: keep"]
    : params.standardize !== "none"
    ? ["standardize", "standardize: none"]
    : isPerSample(params.temperature)
    ? ["temperature", "temperature: 4"]
    : [];
  if (field === undefined) return undefined;
  return {
    field,
    message: `this \`${field}\` is of samples that have one class, and the task is ${task}`,
    help: help!,
  };
}

type Divergence = (room: Room, student: Tensor, teacher: Tensor, temperature: number) => Tensor;

const divergences: { readonly [D in "forward" | "reverse"]: Divergence } = {
  forward: (room, student, teacher, temperature) =>
    divergenceOf(room, teacher, student, temperature),
  reverse: (room, student, teacher, temperature) =>
    divergenceOf(room, student, teacher, temperature),
};

/**
 * The teacher's logits with the largest and the true class's swapped where they are two (TextBrewer's
 * `probability_shift`); targets one-hot, [B, K].
 */
function corrected(room: Room, teacher: Tensor, targets: Tensor): Tensor {
  const [values, labels] = [room.values(teacher), room.values(targets)];
  const width = teacher.shape[1]!;
  for (let row = 0; row < values.length; row += width) {
    let [best, right] = [row, row];
    for (let i = row; i < row + width; i++) {
      if (values[i]! > values[best]!) best = i;
      if (labels[i]! > labels[right]!) right = i;
    }
    [values[best], values[right]] = [values[right]!, values[best]!];
  }
  return room.tensor(values, teacher.shape);
}

/**
 * (z − mean) / (deviation + 10⁻⁷) of each row; the deviation divides by K − 1, as the authors' code has it (Sun et
 * al. 2024, eq. 11).
 */
function standardized(room: Room, logits: Tensor): Tensor {
  const { tf } = room;
  const offset = centred(room, logits, -1);
  const variance = tf.div(tf.sum(tf.square(offset), -1, true), Math.max(1, logits.shape[1]! - 1));
  // The root of zero has no gradient.
  const deviation = tf.sqrt(tf.maximum(variance, 1e-14));
  return tf.div(offset, tf.add(deviation, 1e-7));
}

/** Whether a temperature is one per sample. */
function isPerSample(temperature: unknown): temperature is SampleTemperature {
  const { use } = Object(temperature) as { use?: string };
  return use !== undefined && use in sampleTemperatures;
}

/**
 * τ = base + (mean w − w) β, [B, 1], never below a tenth of `base`. `flsw`: w = (1 − cos(zₛ, zₜ))^γ with 10⁻⁴ added
 * to each length; `cwsm`: w = 1 / (the student's largest probability + 10⁻³). A constant: no gradient flows through
 * it.
 */
function temperaturesOf(
  room: Room,
  student: Tensor,
  teacher: Tensor,
  chosen: SampleTemperature,
): Tensor {
  const [rows, width] = student.shape as [number, number];
  const weights = chosen.use === "flsw"
    ? disagreements(room.values(student), room.values(teacher), width, chosen.gamma)
    : doubts(room.values(room.nn.softmax(student, 1)), width);
  const mean = weights.reduce((sum, each) => sum + each, 0) / rows;
  const lowest = chosen.base / 10;
  const values = weights.map((each) => Math.max(lowest, chosen.base + (mean - each) * chosen.beta));
  return room.tensor(Float32Array.from(values), [rows, 1]);
}

function disagreements(a: Float32Array, b: Float32Array, width: number, gamma: number): number[] {
  return Array.from({ length: a.length / width }, (_, row) => {
    let [dot, ours, theirs] = [0, 0, 0];
    for (let i = row * width; i < (row + 1) * width; i++) {
      dot += a[i]! * b[i]!;
      ours += a[i]! * a[i]!;
      theirs += b[i]! * b[i]!;
    }
    const cosine = dot / ((Math.sqrt(ours) + 1e-4) * (Math.sqrt(theirs) + 1e-4));
    return pow(1 - cosine, gamma);
  });
}

function doubts(probabilities: Float32Array, width: number): number[] {
  return Array.from({ length: probabilities.length / width }, (_, row) => {
    let largest = 0;
    for (let i = row * width; i < (row + 1) * width; i++) {
      largest = Math.max(largest, probabilities[i]!);
    }
    return 1 / (largest + 1e-3);
  });
}
