/** Layers, parameters and multiply-accumulates of a network of the zoo. */
import { modelFacts } from "../../../../ops/model/layers.ts";
import type { Architecture } from "../../../../ops/model/model.ts";

/** Images of digits. */
export const DIGITS = [28, 28, 1];

/** What is known of a network that has learned nothing. */
export const facts = (architecture: Architecture) =>
  modelFacts(architecture, { learned: false, established: {} });

/** All its parameters. */
export const parameters = (architecture: Architecture) => facts(architecture).parameters;

/** Names of its layers, in order. */
export const names = ({ layers }: Architecture) => layers.map(({ name }) => name);

/** Parameters without BatchNorm's moving statistics, half of its four vectors, as most papers count. */
export function trained(architecture: Architecture): number {
  const { parameters, layers } = facts(architecture);
  const norms = layers!.filter((layer) => layer.type === "batchnorm");
  return parameters! - norms.reduce((sum, layer) => sum + layer.parameters / 2, 0);
}
