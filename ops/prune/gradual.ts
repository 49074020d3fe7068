/**
 * Gradual pruning (Zhu & Gupta 2017, arXiv 1710.01878): while a model trains, its masks are renewed at set times so
 * that the share of zeros follows a curve. What has gone stays gone. The last renewal, at the end of the training at
 * the latest, reaches what the curve then says.
 */
import { given } from "../../engine/given.ts";
import type { Curve } from "../../engine/field.ts";
import type { Room } from "../../engine/tensor/mod.ts";
import { selectLayers } from "../../engine/selector.ts";
import { layerFacts } from "../model/layers.ts";
import { storesKernel } from "../model/kinds/mod.ts";
import { type Model, weightName } from "../model/model.ts";
import { floatWeight } from "../model/weights.ts";
import type { ActiveConstraint, Arrays, Constraint } from "../learn/constraint.ts";
import { curveAt } from "../learn/curve.ts";
import type { Moment } from "../learn/optimizer.ts";
import { chosenMasks, type WeightParams } from "./mask_weights.ts";
import { type Gathered, readsGradients } from "./weight_criteria.ts";

/** How masks grow. */
export interface Growth {
  /** `ratio` and those of `per_layer` where the curve ends. */
  readonly params: Omit<WeightParams, "ratio">;
  readonly ratio: Curve;
  /** Updates between two renewals. */
  readonly every: number;
  readonly seed: number;
}

/** The curve of an entry of `per_layer`: that of all, with another end. */
function ownCurve(curve: Curve, ratio: number): Curve {
  return typeof curve === "number" || curve.use === "step" ? ratio : { ...curve, end: ratio };
}

/** The parameters of the cut at a moment. */
function ratiosAt({ params, ratio }: Growth, { epoch, epochs }: Moment): WeightParams {
  const at = (curve: Curve) => curveAt(curve, epoch, epochs);
  const own = params.per_layer?.map((entry) => ({
    ...entry,
    ratio: at(ownCurve(ratio, entry.ratio)),
  }));
  return { ...params, ratio: at(ratio), ...given({ per_layer: own }) };
}

/** The constraint. */
export function growingMasks(model: Model, growth: Growth): Constraint {
  return {
    open: (room, arrays) => held(room, model, growth, arrays ?? {}),
    finish: (learned) => ({ ...learned, established: { ...learned.established, zeros: true } }),
  };
}

const PREFIX = "score:";

function held(room: Room, model: Model, growth: Growth, saved: Arrays): ActiveConstraint {
  const { params } = growth;
  const { criterion } = params;
  const stored = layerFacts(model).filter(storesKernel);
  const pruned = selectLayers(stored, params.layers, params.exclude);
  const kernels = pruned.map((name) => weightName(name, "kernel"));
  const gathered: Record<string, Float32Array> = Object.fromEntries(
    readsGradients(criterion)
      ? kernels.map((name) => [
        name,
        saved[PREFIX + name]?.slice() ?? new Float32Array(model.weights[name]!.data.length),
      ])
      : [],
  );
  let settled = false;

  return {
    gradients(of, weights) {
      for (const [name, scores] of Object.entries(gathered)) {
        const gradient = of(name);
        if (gradient === null) continue;
        const [g, w] = [room.values(gradient), room.values(weights[name]!)];
        if (criterion === "movement") g.forEach((each, i) => scores[i]! -= each * w[i]!);
        else g.forEach((each, i) => scores[i]! += each * w[i]! * each * w[i]!);
      }
    },
    between(moment, weights) {
      const end = moment.epoch >= moment.epochs;
      const renewed = moment.update - moment.update % growth.every;
      const last = lastEpoch(growth.ratio, moment.epochs);
      settled = end || moment.epoch * renewed >= last * moment.update && moment.update > 0;
      if (moment.update !== renewed && !end) return;
      const now = Object.fromEntries(kernels.flatMap((name) => {
        const { shape } = model.weights[name]!;
        return [[name, floatWeight(shape, weights.values(name), weights.mask(name))] as const];
      }));
      const current = { ...model, weights: { ...model.weights, ...now } };
      const cut = ratiosAt(growth, moment);
      for (const [name, mask] of chosenMasks(current, cut, growth.seed, gathered as Gathered)) {
        if (mask.includes(0)) weights.hold(name, mask);
      }
      // Costs are those of the weights as they are; movements add up over the whole training.
      if (criterion === "taylor") { for (const scores of Object.values(gathered)) scores.fill(0); }
    },
    settled: () => settled,
    sparsity(weights) {
      let [zeros, all] = [0, 0];
      for (const name of kernels) {
        const mask = weights.mask(name);
        zeros += mask?.reduce((sum, keep) => sum + 1 - keep, 0) ?? 0;
        all += model.weights[name]!.data.length;
      }
      return zeros / all;
    },
    capture: () =>
      Object.fromEntries(
        Object.entries(gathered).map(([name, scores]) => [PREFIX + name, scores.slice()]),
      ),
  };
}

/** The epoch from which a curve stands still. */
function lastEpoch(curve: Curve, epochs: number): number {
  if (typeof curve === "number") return 0;
  return curve.use === "step" ? Math.max(0, ...curve.at) : curve.epochs?.[1] ?? epochs;
}
