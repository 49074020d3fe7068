/** The op `prune`: removes whole channels, or makes single weights zero. */
import { given } from "../../engine/given.ts";
import {
  type DatasetFacts,
  defineOp,
  input,
  type ModelFacts,
  type RunContext,
} from "../../engine/op.ts";
import { selectLayers } from "../../engine/selector.ts";
import { modelKind } from "../model/kind.ts";
import { architectureOf, changedFacts, layerFacts } from "../model/layers.ts";
import { type Model, weightName } from "../model/model.ts";
import { storesKernel } from "../model/kinds/mod.ts";
import { noteSkipped, withoutKernel } from "../model/skipped.ts";
import { datasetInput } from "../data/dataset.ts";
import { assertRecalibrates } from "../learn/recalibrate_field.ts";
import { neededParts, TRAINING_PARTS } from "../learn/training_fields.ts";
import { assertTrains } from "./assert_trains.ts";
import { channelPlan, cutArchitecture } from "./channel_plan.ts";
import {
  type OneShot,
  type PruneParams,
  pruneParams,
  type RatioPruning,
  readsSamples,
  unlabelledTaylor,
} from "./fields.ts";
import { channelMap } from "../model/channels.ts";
import { effectOfPruning } from "./lost.ts";
import { patternLayers, rowLength } from "./pattern.ts";
import { ratiosOf } from "./ranking.ts";

/** Removes channels or weights: at once, or single weights while the model trains. */
export const prune = defineOp({
  name: "prune",
  version: 2,
  summary: "Removes whole channels or single weights",
  inputs: {
    model: input(modelKind, "The model that loses channels or weights"),
    data: datasetInput(
      "The training samples for BatchNorm's estimates, for what criteria measure, and to learn from",
      ({ finetune, recalibrate, criterion }: PruneParams) => {
        if (finetune !== undefined) return TRAINING_PARTS;
        return recalibrate !== undefined || readsSamples(criterion) ? ["train"] : [];
      },
      { needed: ({ finetune }: PruneParams) => finetune ? neededParts(finetune) : ["train"] },
    ),
  },
  output: modelKind,
  stage: { after: "mutual" },
  makes: "pruned",
  trainsInside,
  unwiseAfter: [
    {
      after: "quantize",
      because: "the integers and their scales were chosen for the weights that now go",
      help: "prune first",
    },
    {
      after: "cluster",
      because: "the shared values were chosen for the weights that now go",
      help: "prune first",
    },
  ],
  alsoCalled: ["pruning"],
  summaryOf: (params) => {
    const ratio = "ratio" in params ? params.ratio : undefined;
    return `${params.granularity}${typeof ratio === "number" ? ` ${ratio}` : ""}`;
  },
  params: pruneParams,
  example: { granularity: "channel", ratio: 0.5 },
  random: ({ criterion, finetune }: PruneParams) =>
    criterion === "random" || finetune !== undefined,
  changes: "model",
  facts: (inputs, params) => {
    const before = inputs["model"] as ModelFacts;
    const { labels } = (inputs["data"] ?? {}) as Partial<DatasetFacts>;
    if ("criterion" in params && params.criterion === "taylor" && labels === "none") {
      throw unlabelledTaylor();
    }
    assertRecalibrates(before, params);
    if (params.granularity === "pattern") {
      if (before.layers !== undefined) patternLayers(before.layers, params);
      return { ...before, established: establishing(before, "zeros") };
    }
    assertTrains(inputs, params);
    const cut = oneShot(params);
    if (cut.granularity === "channel") return channelFacts(before, cut);
    if (before.layers !== undefined) ratiosOf(before.layers.filter(storesKernel), cut);
    return { ...before, established: establishing(before, "zeros") };
  },
  effect: ({ model }, output) => effectOfPruning(model, output),
  run: async ({ model, data }, params, context) => {
    const { pruned } = await import("./pruned.ts");
    noteUntouched(model, params, context);
    return await pruned(model, data, params, context);
  },
});

/** Whether it is cut while it trains: the ratio grows, there are rounds. */
function trainsInside(params: PruneParams): boolean {
  if (params.granularity === "pattern") return false;
  const { ratio, rounds = 1 } = params;
  return typeof ratio === "object" || rounds > 1;
}

function noteUntouched(model: Model, params: PruneParams, context: RunContext): void {
  const layers = layerFacts(model);
  if (params.granularity === "weight") {
    const treated = ratiosOf(layers.filter(storesKernel), oneShot(params));
    return noteSkipped(context, layers, params, { treated, why: withoutKernel });
  }
  if (params.granularity === "pattern") {
    const treated = [...patternLayers(layers, params)].filter((name) =>
      rowLength(model.weights[weightName(name, "kernel")]!.shape) >= params.of
    );
    return noteSkipped(context, layers, params, {
      treated: new Set(treated),
      why: (layer) =>
        storesKernel(layer) ? "no output of it reads that many inputs" : withoutKernel(layer),
    });
  }
  const carriers = new Set(channelMap(model, params).groups.flatMap((group) => group.carriers));
  const chosen = selectLayers(layers, params.layers, params.exclude);
  const treated = new Set(chosen.filter((name) => carriers.has(name)));
  noteSkipped(context, layers, params, {
    treated,
    why: (layer) =>
      storesKernel(layer)
        ? "its channels are those of the model's inputs or outputs, or must all stay"
        : "it has the channels of the layer before it",
  });
}

/** Only the ratio of single weights moves, and of them nothing but the layers is looked at here. */
const oneShot = <P extends RatioPruning>(params: P): OneShot<P> => params as unknown as OneShot<P>;

function channelFacts(
  before: ModelFacts,
  params: Extract<OneShot, { readonly granularity: "channel" }>,
): ModelFacts {
  const { learned, family } = before;
  const established = establishing(before, "channels");
  // Shapes stay open where the weights decide how many channels each layer loses.
  const open = { kind: "model", learned, established, ...given({ family }) } as const;
  const architecture = architectureOf(before);
  if (architecture === undefined || before.layers === undefined) return open;
  const plan = channelPlan(architecture, before.layers, params);
  const cut = cutArchitecture(architecture, plan);
  return cut === undefined ? open : changedFacts(before, cut, "channels");
}

const establishing = ({ established }: ModelFacts, what: string): string[] =>
  [...new Set([...established, what])].sort();
