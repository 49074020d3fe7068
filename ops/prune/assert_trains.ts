/** Which parameters of a pruning need a training, and which cannot stand beside one. */
import { type Curve, type ModelFacts, ParameterError } from "../../engine/op.ts";
import { selectLayers } from "../../engine/selector.ts";
import { storesKernel } from "../model/kinds/mod.ts";
import type { SelectionParams } from "../model/selection.ts";
import type { TrainingInputs } from "../learn/training_fields.ts";
import { finetuneFacts } from "../learn/finetune_facts.ts";
import type { RatioPruning } from "./fields.ts";

/** Throws a ParameterError where a pruning that changes while it trains cannot work. */
export function assertTrains(inputs: TrainingInputs, params: RatioPruning): void {
  const { finetune, rounds = 1, refresh } = params;
  const { ratio }: { readonly ratio: Curve } = params;
  const moves = typeof ratio !== "number";
  const changes = moves ? "ratio" : rounds > 1 ? "rounds" : undefined;
  if (refresh !== undefined && !moves) {
    refuse(
      "refresh",
      "`refresh` says how often masks follow a `ratio` that moves; this one stands still",
    );
  }
  if (params.criterion === "movement" && !moves) {
    refuse(
      "criterion",
      "`movement` ranks weights by how they move in a training, so `ratio` has to move with it",
      "ratio: { use: cubic, start: 0, end: 0.9 }",
    );
  }
  if (changes !== undefined && params.granularity === "channel") {
    refuse(
      changes,
      "whole channels go at once: a network cannot change its shape while it trains",
      "write steps: prune by a part of the ratio with finetune, then by the next",
    );
  }
  if (finetune === undefined) {
    if (changes === undefined) return;
    throw new ParameterError(
      "missing-field",
      "finetune",
      moves
        ? "a `ratio` that moves needs the training that it moves over"
        : "`rounds` need the training between two cuts",
      "finetune: { epochs: … }",
    );
  }
  if (changes === undefined) return;
  if (moves) assertMoves(params, ratio);
  const model = inputs.model as ModelFacts;
  if (model.established.includes("clusters")) {
    throw new ParameterError(
      "order",
      changes,
      "weights that share values cannot be pruned while they train",
      "prune before cluster",
    );
  }
  assertFree(model, finetune.freeze, params, changes);
  finetuneFacts(inputs, finetune);
}

function assertMoves(params: RatioPruning, ratio: Exclude<Curve, number>): void {
  const { rounds = 1, rewind, recalibrate, criterion, per_layer: own } = params;
  if (rounds > 1) refuse("rounds", "a `ratio` that moves already cuts again and again");
  if (rewind !== undefined) {
    refuse(
      "rewind",
      "while `ratio` moves nothing is rewound",
      "rounds: 5, and a ratio that is a number",
    );
  }
  if (recalibrate !== undefined) {
    refuse(
      "recalibrate",
      "while `ratio` moves BatchNorm follows by itself",
      "leave recalibrate out",
    );
  }
  if (own !== undefined && ratio.use === "step") {
    refuse(
      "per_layer",
      "an entry replaces a curve's end, and `step` has none",
      "ratio: { use: cubic, … }",
    );
  }
  if ((criterion === "taylor" || criterion === "movement") && ratio.start > 0) {
    refuse(
      "ratio",
      `\`${criterion}\` reads the training's gradients, and at its start there are none`,
      "start: 0",
    );
  }
}

/** Layers that stay as they are cannot lose weights. */
function assertFree(
  { layers }: ModelFacts,
  freeze: readonly string[],
  params: SelectionParams<unknown>,
  changes: string,
): void {
  if (layers === undefined || freeze.length === 0) return;
  const frozen = selectLayers(layers, freeze);
  const pruned = selectLayers(layers.filter(storesKernel), params.layers, params.exclude);
  const held = pruned.find((name) => frozen.includes(name));
  if (held === undefined) return;
  refuse(
    "finetune.freeze",
    `${held} is frozen, and a \`${changes}\` that changes while the model trains needs weights that move`,
    `exclude: ${held}, or prune at once`,
  );
}

function refuse(path: string, message: string, help?: string): never {
  throw new ParameterError("unknown-value", path, message, help);
}
