/** Which parameters of a pruning need a training, and which cannot stand beside one. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { factsOf } from "../../../ops/data/dataset.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { assertTrains } from "../../../ops/prune/assert_trains.ts";
import type { RatioPruning } from "../../../ops/prune/fields.ts";
import { labelled } from "../labelled.ts";
import { training } from "../learn/small_trainings.ts";
import { livelyModel } from "../lively_model.ts";
import { zooNetworks } from "../zoo_networks.ts";

const model = livelyModel(zooNetworks["mlp"]!);
const facts = modelFacts(model, model);
const data = factsOf(labelled(model, 8).meta);
const finetune = training({});
const cubic = { use: "cubic", start: 0, end: 0.9 } as const;
const step = { use: "step", start: 0.5, every: 1, factor: 0.5 } as const;

/** What is refused of a pruning: code, parameter; undefined where nothing is. */
function refused(changed: object, established: readonly string[] = []): string | undefined {
  const params = {
    granularity: "weight",
    criterion: "magnitude",
    scope: "global",
    ratio: 0.5,
    ...changed,
  } as unknown as RatioPruning;
  try {
    assertTrains({ model: { ...facts, established }, data }, params);
  } catch (error) {
    assert.ok(error instanceof ParameterError, String(error));
    return `${error.code} ${error.path}`;
  }
}

Deno.test("a cut at once needs no training, and may have any", () => {
  assert.equal(refused({}), undefined);
  assert.equal(refused({ rounds: 1 }), undefined);
  assert.equal(refused({ finetune }), undefined);
  assert.equal(refused({ granularity: "channel", criterion: "l1", finetune }), undefined);
  // Layers that stand still may lose weights where that happens before the training.
  assert.equal(refused({ finetune: { ...finetune, freeze: ["dense1"] } }), undefined);
});

Deno.test("a ratio that moves, and rounds, need the training between their cuts", () => {
  assert.equal(refused({ ratio: cubic }), "missing-field finetune");
  assert.equal(refused({ rounds: 2 }), "missing-field finetune");
  assert.equal(refused({ ratio: cubic, finetune }), undefined);
  assert.equal(refused({ rounds: 2, finetune }), undefined);
});

Deno.test("`refresh` and `movement` are of a ratio that moves", () => {
  assert.equal(refused({ refresh: 1, finetune }), "unknown-value refresh");
  assert.equal(refused({ criterion: "movement", finetune }), "unknown-value criterion");
  assert.equal(refused({ ratio: cubic, refresh: 1, criterion: "movement", finetune }), undefined);
});

Deno.test("whole channels go at once, so neither a curve nor rounds are theirs", () => {
  const channel = { granularity: "channel", criterion: "l1", finetune };
  assert.equal(refused({ ...channel, ratio: cubic }), "unknown-value ratio");
  assert.equal(refused({ ...channel, rounds: 2 }), "unknown-value rounds");
});

Deno.test("beside a curve there are no rounds, no rewinding and no recalibration", () => {
  const moving = { ratio: cubic, finetune };
  assert.equal(refused({ ...moving, rounds: 2 }), "unknown-value rounds");
  assert.equal(refused({ ...moving, rewind: "early" }), "unknown-value rewind");
  assert.equal(refused({ ...moving, recalibrate: 1 }), "unknown-value recalibrate");
  assert.equal(refused({ rounds: 2, finetune, rewind: "early", recalibrate: 1 }), undefined);
});

Deno.test("an entry replaces a curve's end, so a curve without one has no entries", () => {
  const own = [{ layers: ["dense1"], ratio: 0.2 }];
  assert.equal(refused({ ratio: cubic, finetune, per_layer: own }), undefined);
  assert.equal(refused({ ratio: step, finetune, per_layer: own }), "unknown-value per_layer");
  assert.equal(refused({ ratio: step, finetune }), undefined);
});

Deno.test("criteria that read the training's gradients begin at 0, the others anywhere", () => {
  const later = { ratio: { ...cubic, start: 0.2 }, finetune };
  for (const criterion of ["taylor", "movement"]) {
    assert.equal(refused({ ...later, criterion }), "unknown-value ratio");
    assert.equal(refused({ ...later, ratio: cubic, criterion }), undefined);
  }
  assert.equal(refused(later), undefined);
});

Deno.test("weights that share values are not pruned while they train, but may be at once", () => {
  assert.equal(refused({ ratio: cubic, finetune }, ["clusters"]), "order ratio");
  assert.equal(refused({ rounds: 2, finetune }, ["clusters"]), "order rounds");
  assert.equal(refused({}, ["clusters"]), undefined);
});

Deno.test("a frozen layer does not lose weights while the others train, unless it is excluded", () => {
  const held = { finetune: { ...finetune, freeze: ["dense1"] } };
  assert.equal(refused({ ...held, ratio: cubic }), "unknown-value finetune.freeze");
  assert.equal(refused({ ...held, rounds: 2 }), "unknown-value finetune.freeze");
  assert.equal(refused({ ...held, ratio: cubic, exclude: ["dense1"] }), undefined);
  assert.equal(refused({ ...held, ratio: cubic, layers: ["dense2"] }), undefined);
});

Deno.test("the training of a pruning that moves is looked at like any other", () => {
  const loss = [{ use: "soft-targets", weight: 1, temperature: 4 }];
  const deaf = { ...finetune, loss };
  assert.equal(refused({ ratio: cubic, finetune: deaf }), "missing-input finetune.loss.0");
});
