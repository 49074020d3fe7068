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
  const error = refusal(changed, established);
  return error && `${error.code} ${error.path}`;
}

/** What a user reads of it: the sentence, and the way out where there is one. */
function told(changed: object, established: readonly string[] = []) {
  const { message, help } = refusal(changed, established)!;
  return help === undefined ? [message] : [message, help];
}

function refusal(changed: object, established: readonly string[] = []): ParameterError | undefined {
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
    return error;
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
  const normed = livelyModel(zooNetworks["resnet"]!);
  const block = { ...finetune, freeze: ["type:batchnorm"] };
  const params = { granularity: "weight", criterion: "lamp", scope: "global", ratio: cubic };
  const inputs = { model: modelFacts(normed, normed), data: factsOf(labelled(normed, 8).meta) };
  assert.doesNotThrow(() => assertTrains(inputs, { ...params, finetune: block } as never));
});

Deno.test("the training of a pruning that moves is looked at like any other", () => {
  const loss = [{ use: "soft-targets", weight: 1, temperature: 4 }];
  const teacherless = { ...finetune, loss };
  assert.equal(refused({ ratio: cubic, finetune: teacherless }), "missing-input finetune.loss.0");
});

Deno.test("each refusal says why in a sentence, and what to write instead", () => {
  const moving = { ratio: cubic, finetune };
  const channel = { granularity: "channel", criterion: "l1", finetune };
  const whole = [
    "whole channels go at once: a network cannot change its shape while it trains",
    "write steps: prune by a part of the ratio with finetune, then by the next",
  ];
  assert.deepEqual(told({ ...channel, ratio: cubic }), whole);
  assert.deepEqual(told({ ...channel, rounds: 2 }), whole);
  assert.deepEqual(told({ refresh: 1, finetune }), [
    "`refresh` says how often masks follow a `ratio` that moves; this one stands still",
  ]);
  assert.deepEqual(told({ criterion: "movement", finetune }), [
    "`movement` ranks weights by how they move in a training, so `ratio` has to move with it",
    "ratio: { use: cubic, start: 0, end: 0.9 }",
  ]);
  const missing = "finetune: { epochs: … }";
  assert.deepEqual(told({ ratio: cubic }), [
    "a `ratio` that moves needs the training that it moves over",
    missing,
  ]);
  assert.deepEqual(told({ rounds: 2 }), ["`rounds` need the training between two cuts", missing]);
  assert.deepEqual(told(moving, ["clusters"]), [
    "weights that share values cannot be pruned while they train",
    "prune before cluster",
  ]);
  assert.deepEqual(told({ ...moving, rounds: 2 }), [
    "a `ratio` that moves already cuts again and again",
  ]);
  assert.deepEqual(told({ ...moving, rewind: "early" }), [
    "while `ratio` moves nothing is rewound",
    "rounds: 5, and a ratio that is a number",
  ]);
  assert.deepEqual(told({ ...moving, recalibrate: 1 }), [
    "while `ratio` moves BatchNorm follows by itself",
    "leave recalibrate out",
  ]);
  assert.deepEqual(told({ ...moving, ratio: step, per_layer: [{ layers: ["*"], ratio: 0.1 }] }), [
    "an entry replaces a curve's end, and `step` has none",
    "ratio: { use: cubic, … }",
  ]);
  for (const criterion of ["taylor", "movement"]) {
    assert.deepEqual(told({ finetune, criterion, ratio: { ...cubic, start: 0.01 } }), [
      `\`${criterion}\` reads the training's gradients, and at its start there are none`,
      "start: 0",
    ]);
  }
  const held = { finetune: { ...finetune, freeze: ["dense2"] } };
  for (
    const [changes, changed] of [["ratio", { ratio: cubic }], ["rounds", { rounds: 2 }]] as const
  ) {
    assert.deepEqual(told({ ...held, ...changed }), [
      `dense2 is frozen, and a \`${changes}\` that changes while the model trains needs weights that move`,
      "exclude: dense2, or prune at once",
    ]);
  }
});

Deno.test("what layers a model will have may be unknown before a run: then none is known to be frozen", () => {
  const { layers: _, ...open } = facts;
  const params = { granularity: "weight", criterion: "magnitude", scope: "global", ratio: cubic };
  const frozen = { ...params, finetune: { ...finetune, freeze: ["dense1"] } };
  assert.doesNotThrow(() => assertTrains({ model: open, data }, frozen as never));
});
