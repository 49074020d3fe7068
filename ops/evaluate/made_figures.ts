/** Figures of what a model makes, where the answer is a sample and no label: which there are and what they need. */
import { usualMetrics } from "../../engine/metrics.ts";
import { type DatasetFacts, type ModelFacts, ParameterError, type Task } from "../../engine/op.ts";

/** By name. */
export const madeFigures = ["output-error", "frechet"] as const;

export type MadeFigure = (typeof madeFigures)[number];

/** Whether a figure is one of them. */
export function isMade(name: string): name is MadeFigure {
  return (madeFigures as readonly string[]).includes(name);
}

/** Whether answers of a task are samples. */
export function makes(task: Task | undefined): boolean {
  return task === "reconstruction" || task === "generation";
}

/** What is measured of them where a recipe does not say. */
export const USUAL: readonly MadeFigure[] = usualMetrics.generation;

/** Throws a ParameterError where a figure cannot be had; `through`: what is known of the model that looks, if there is one. */
export function assertMade(
  name: MadeFigure,
  path: string,
  { task }: DatasetFacts,
  through: ModelFacts | undefined,
  named: boolean,
): void {
  if (!makes(task)) {
    throw new ParameterError(
      "unknown-value",
      path,
      `\`${name}\` is of what a model makes, and says nothing about ${task}`,
      "data: { task: reconstruction }",
    );
  }
  if (name !== "frechet") return;
  if (!named) {
    throw new ParameterError(
      "missing-parameter",
      path,
      "`frechet` looks at what is made through a model, and none is named",
      "through: judge",
    );
  }
  if (through === undefined) return;
  if (!through.learned) {
    throw new ParameterError("untrained", "through", "nothing has trained the model that looks");
  }
  if (through.established.includes("format")) {
    throw new ParameterError(
      "order",
      "through",
      "`frechet` looks inside the model it asks, and between the layers of a quantized one there are integers",
      "name the model that was quantized",
    );
  }
}
