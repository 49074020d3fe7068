/** A temperature for each sample, from how student and teacher see it (TextBrewer, arXiv 2002.12620, `presets.py`). */
import { type Static, type TObject, Type } from "../../../../engine/field.ts";
import type { Room, Tensor } from "../../../../engine/tensor/mod.ts";
import { pow } from "../../../../engine/tensor/scalar_math.ts";

const base = Type.Number({
  exclusiveMinimum: 0,
  description: "The mean temperature of a batch",
});
const beta = Type.Number({ description: "The spread of temperatures about the mean" });

/** The alternatives to a curve. */
export const sampleTemperatures = {
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
export type SampleTemperature = Flsw | Cwsm;

/** Whether a temperature is one per sample. */
export function isPerSample(temperature: unknown): temperature is SampleTemperature {
  const { use } = Object(temperature) as { use?: string };
  return use !== undefined && use in sampleTemperatures;
}

/**
 * τ = base + (mean w − w) β, [B, 1], never below a tenth of `base`. `flsw`: w = (1 − cos(zₛ, zₜ))^γ with 10⁻⁴ added to
 * each length; `cwsm`: w = 1 / (the student's largest probability + 10⁻³). A constant: no gradient flows through it.
 */
export function temperaturesOf(
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
