/**
 * The ops that are words of the language itself, and those that a recipe means by what they declare. Every other op is
 * known to the language by its declarations alone.
 */
import type { AnyOp, Input, OpSet } from "../../op.ts";

/** The op behind the field `data`. */
export const DATA = "data";
/** The op behind a role whose model is built. */
export const MODEL = "model";
/** The op behind a role whose model is read from files. */
export const LOAD = "load";
/** The op behind `train` inside a role, and behind a `finetune` without a teacher. */
export const TRAIN = "train";
/** The op behind `head` inside a role whose model is read from files. */
export const HEAD = "head";
/** The op behind `assistant: auto`. */
export const CHOOSE = "choose";
/** The op that measures every model that has learned. */
export const EVALUATE = "evaluate";
/** The op behind `latency` inside `evaluate`. */
export const MEASURE = "measure";
/** The op behind the field `export`. */
export const EXPORT = "export";

/** Roles that a model may play, in the order in which their models are made. */
export const ROLES = ["teacher", "student", "model"] as const;

const sorted = new WeakMap<OpSet, readonly AnyOp[]>();

/**
 * The stages in the order in which they change a model: each directly behind the one that it names, of several that name
 * the same the one listed last. Throws a TypeError where stages name one another in a circle.
 */
export function stagesOf(ops: OpSet): readonly AnyOp[] {
  let stages = sorted.get(ops);
  if (stages === undefined) sorted.set(ops, stages = inOrder(ops));
  return stages;
}

function inOrder(ops: OpSet): readonly AnyOp[] {
  const all = [...ops.values()].filter(({ stage }) => stage !== undefined);
  const names = new Set(all.map(({ name }) => name));
  const withFollowers = (op: AnyOp): AnyOp[] => {
    const followers = all.filter(({ stage }) => stage.after === op.name);
    return [op, ...followers.toReversed().flatMap(withFollowers)];
  };
  const stages = all.filter(({ stage }) => !names.has(stage.after)).flatMap(withFollowers);
  const lost = all.find((op) => !stages.includes(op));
  if (lost === undefined) return stages;
  throw new TypeError(`Cannot order the stages: "${lost.name}" stands behind itself`);
}

/** The stage in which a student learns from a teacher: what assistants and finetunings with a teacher are trained by. */
export function taughtStage(ops: OpSet): AnyOp | undefined {
  return stagesOf(ops).find(({ learns, inputs }) => learns && "teacher" in inputs);
}

/** The op that records what a teacher says, so that trainings share it. */
export function recordingOp(ops: OpSet): AnyOp | undefined {
  const { outputs }: Readonly<Record<string, Input>> = taughtStage(ops)?.inputs ?? {};
  return outputs && [...ops.values()].find(({ output }) => output.name === outputs.kind.name);
}

/** The stages that make several models, of which one is taken out. */
export function makesSeveral({ stage }: AnyOp): boolean {
  return stage?.takenBy !== undefined;
}
