/**
 * Decant compresses neural networks by recipe: a short typed document names a teacher, a student, how to distil, how
 * much to prune and how to quantize. It is compiled into a graph of ops and run; every intermediate model is cached
 * by content. The result is a small model, a report that compares it, and the same bits on every machine.
 *
 * ```ts ignore
 * import { main, recipe } from "./mod.ts";
 *
 * const digits = recipe(import.meta, {
 *   name: "digits",
 *   data: "digits",
 *   model: { use: "lenet5", train: { epochs: 3 } },
 *   quantize: { scheme: "int8" },
 * });
 * if (import.meta.main) await main(digits);
 * ```
 *
 * @module
 */
import { commandProcess } from "./engine/cli/command_line.ts";
import { loadWholeYaml } from "./engine/recipe/parse/parse_yaml.ts";
import type * as face from "./engine/api/language.ts";

export type { LoadOptions } from "./engine/library/open_recipe.ts";
export { TrustError } from "./engine/graph/sources/source_error.ts";
export type { SourceOptions } from "./engine/graph/sources/source.ts";
export type { Changes, Recipe, RecipeOptions, RunOptions } from "./engine/library/runnable.ts";
export type { About, ExpandedRecipe, Point, Step } from "./engine/recipe/recipe.ts";
export type { Claim, ClaimTerm, ClaimValue, PlacedClaim } from "./engine/recipe/claims/claim.ts";
export type { RecipeOf } from "./engine/recipe/words/typed.ts";
export {
  type Code,
  DecantError,
  type Diagnostic,
  type Ending,
  type ErrorCode,
  type Problem,
  RecipeError,
  type TextPlace as Place,
} from "./engine/error.ts";
export type { Graph, Node } from "./engine/graph/graph.ts";
export type { Preimage } from "./engine/graph/key.ts";
export type { Plan, PlannedStep, PlanState } from "./engine/graph/plan.ts";
export type { Cause, RunEvent, RunListener } from "./engine/run/event.ts";
export type { Run, RunModel, RunSettings } from "./engine/library/run.ts";
export type {
  ExportDocument,
  ModelDocument,
  PointDocument,
  RunDocument,
  StepDocument,
} from "./engine/report/document.ts";
export type { Executor } from "./engine/run/executor.ts";
export type { OpReference, StepTask, TaskProgress, TaskSettings } from "./engine/run/task.ts";
export type { ExecuteOptions } from "./engine/run/run_state.ts";
export type { Expectation } from "./engine/report/expectations.ts";
export type { Environment } from "./engine/run/host.ts";
export type { Lock, LockedSearch, LockedStep, LockedTrial } from "./engine/run/lock.ts";
export type {
  RecalledSearch,
  RecipePlan,
  SearchDocument,
  SearchEnd,
  TrialDocument,
} from "./engine/report/search/search_document.ts";
export type { Search, SearchPlan } from "./engine/recipe/recipe.ts";
export type { StrategyName } from "./engine/recipe/search/strategy.ts";
export type { Axis, Space, SpacePoint } from "./engine/recipe/search/space.ts";
export type { Status } from "./engine/run/step_state.ts";
export type { Table } from "./engine/report/table.ts";
export type { Written } from "./engine/library/write_out.ts";
export { type MemoryContents, memoryStore } from "./engine/store/memory_store.ts";
export { CorruptBlobError, StoreError } from "./engine/store/store.ts";
export type {
  CheckpointFile,
  Journal,
  LockOptions,
  Outcome,
  Provenance,
  Recorded,
  Store,
} from "./engine/store/store.ts";
export { defineOp, input, ParameterError } from "./engine/op.ts";
export type {
  AnyOp,
  Checkpoints,
  DatasetFacts,
  Digest,
  Facts,
  Input,
  InputOptions,
  Inputs,
  Json,
  Key,
  LayerFacts,
  ModelFacts,
  Need,
  Op,
  OpDefinition,
  OtherFacts,
  RunContext,
  Static,
  Task,
  TSchema,
  ValuesOf,
} from "./engine/op.ts";
export type { Artifact, Batch, BlobReader, Encoded, Files, Kind } from "./engine/kind.ts";
export { type FileRow, filesKind } from "./engine/files.ts";
export {
  type Dimension,
  type Metric,
  type Metrics,
  metricsKind,
  type ModelBytes,
} from "./engine/metrics.ts";
export type {
  FigureComparison,
  RunComparison,
  RunHead,
  StepComparison,
} from "./engine/report/compare.ts";
export type { QualityChart } from "./engine/report/html/quality_chart.ts";
export type { ChartPoint } from "./engine/report/html/chart/scatter.ts";
export type { Model } from "./ops/model/model.ts";
export type { NamedLayer } from "./engine/selector.ts";
export type { Dataset } from "./ops/data/dataset.ts";
export type { Outputs } from "./ops/learn/outputs.ts";
export type { Language, LanguageParts, RecipeValue } from "./engine/api/language.ts";
export type { Chosen, Estimated, Layer, OwnCode, Scalar } from "./engine/api/define.ts";

// As a program it ends here: the command line loads what its command needs.
if (import.meta.main) {
  const ops = async () => (await import("./engine/api/language.ts")).shippedOps();
  const drafts = async () => (await import("./ops/drafts/drafts.ts")).drafts;
  await commandProcess(Deno.args, { ops, drafts });
}

// Recipes and settings of a program are read at once, whatever YAML they are written in.
await loadWholeYaml();
const library: typeof face = await import("./engine/api/language.ts");
const typebox = await import("./engine/deps/typebox_type.ts");

/** Every op that ships. */
export const ops: typeof face.ops = library.ops;

/** Builders of schemas of parameters: TypeBox's. */
export const Type: typeof typebox.Type = typebox.Type;

/** The kind of models. */
export const modelKind: typeof face.modelKind = library.modelKind;

/** The kind of data sets. */
export const datasetKind: typeof face.datasetKind = library.datasetKind;

/** The kind of what a model answers to samples. */
export const outputsKind: typeof face.outputsKind = library.outputsKind;

/**
 * The language of Decant with code of your own: ops, loss terms, augmentations, readers, families, formats, metrics. What
 * such code made is recalled while its `version` and the text of its functions are the same; for a change behind an import
 * raise the version. For steps side by side (`jobs`) it says `module: import.meta.url`, and that module exports it and does
 * nothing else when imported. `recipes/own_code.md` has an example of each.
 */
export const language: typeof face.language = library.language;

/** A loss term of your own. */
export const defineTerm: typeof face.defineTerm = library.defineTerm;

/** A way to vary samples of your own. */
export const defineAugmentation: typeof face.defineAugmentation = library.defineAugmentation;

/** A reader of data of your own. */
export const defineReader: typeof face.defineReader = library.defineReader;

/** A family of networks of your own. */
export const defineFamily: typeof face.defineFamily = library.defineFamily;

/** A format of models' files of your own. */
export const defineFormat: typeof face.defineFormat = library.defineFormat;

/** A metric of your own. */
export const defineMetric: typeof face.defineMetric = library.defineMetric;

/** The language of a list of ops: `[...ops, mine]` adds one of your own; see `language`, which adds other code too. */
export const withOps: typeof face.withOps = library.withOps;

/** A recipe written in TypeScript, with the ops that Decant has; see `Language.recipe`. */
export const recipe: typeof face.recipe = library.recipe;

/** A recipe from a YAML file, with the ops that Decant has. */
export const load: typeof face.load = library.load;

/**
 * Shows a value: in a notebook below the cell, resolving when the output has left; elsewhere as text on standard output.
 * Recipes, plans, runs, their tables, layers, charts and comparisons have forms of their own.
 */
export const show: typeof face.show = library.show;

/** The command line of one recipe. */
export const main: typeof face.main = library.main;
