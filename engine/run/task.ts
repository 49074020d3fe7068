/**
 * A step that must run, as plain data: all that it takes to perform it anywhere the store can be reached, in another
 * thread, another process, on another machine. It holds no node and no function, and survives a structured clone.
 */
import type { Digest, Json, Key } from "../digest.ts";
import { given } from "../given.ts";
import { isMany, type Node } from "../graph/graph.ts";
import { boundParams, NUMERICS, type Preimage, referenceDigest } from "../graph/key.ts";
import type { ResolvedSource } from "../graph/sources/resolved_source.ts";
import type { SourceTrust } from "../graph/sources/source.ts";
import type { NativeLibrary } from "../run_context.ts";
import type { Located } from "../graph/walk.ts";
import type { Artifact } from "../kind.ts";
import type { AnyOp, OwnReference } from "../op.ts";
import type { Outcome, Store } from "../store/store.ts";
import type { Cause } from "./event.ts";

/** An op, and where it is found. */
export interface OpReference {
  /** As recipes write it. */
  readonly name: string;
  /** The op's version. */
  readonly version: number;
  /** Of an op that did not come with Decant: the digest of the text of its functions. */
  readonly code?: Digest;
  /** The URL of a module that exports it; absent where only this thread has it. */
  readonly module?: string;
  /** Entries of one's own that the step uses; absent where it uses none. */
  readonly own?: readonly OwnReference[];
}

/** What a parameter names: what was made, and the op that made it and knows how it is decoded. */
interface ReferencedArtifact {
  readonly op: OpReference;
  readonly artifact: Artifact;
}

/** A step that must run. */
export interface StepTask {
  /** The step's name, for sentences; it changes no result. */
  readonly step: string;
  /** What it runs. */
  readonly op: OpReference;
  /** The name of the computation: what is locked, and under which its outcome is recorded. */
  readonly key: Key;
  /** What was hashed into the key; the record keeps it. */
  readonly preimage: Preimage;
  /** Why it runs. */
  readonly cause: Cause;
  /** As the recipe has them, seeds among them. */
  readonly params: Readonly<Record<string, Json>>;
  /** The same with a digest in place of each name of a step. */
  readonly bound: Readonly<Record<string, Json>>;
  /** What was made of the steps that it reads, by the name of the input. */
  readonly inputs: Readonly<Record<string, Artifact | readonly Artifact[]>>;
  /** By the digest that stands in `bound`. */
  readonly references: Readonly<Record<string, ReferencedArtifact>>;
  /** What it may read, with the digests that the key holds. */
  readonly sources: readonly ResolvedSource[];
  /** Where the recipe stands, and what it may reach from there. */
  readonly trust: SourceTrust;
  /** What this run knows to have come of it before, where the store may know no longer. */
  readonly before?: Pick<Outcome, "artifact" | "provenance">;
  /** How it runs. */
  readonly settings: TaskSettings;
  /** The numerics of the tensor room that the key holds. */
  readonly numerics: number;
}

/** What changes how a step runs and nothing of its result. */
export interface TaskSettings {
  /** Threads that kernels may use. */
  readonly threads: number;
  /** Native kernels that are used where there is one. */
  readonly kernels?: NativeLibrary | undefined;
  /** Bytes that may be held of what is read. */
  readonly memory: number;
  /** The machine's name, for provenance. */
  readonly host: string;
}

/** What is told of a task on its way. */
export type TaskProgress =
  /** Somebody else performs this very task, or collects the cache; `holder` says who. */
  | { readonly type: "waiting"; readonly holder: string }
  /** It runs. Where this is never told, somebody else had performed it, and the outcome was recalled. */
  | { readonly type: "started" }
  /** 0…1, and a few words; the samples that all of it takes; the machine, where it is another. */
  | {
    readonly type: "progress";
    readonly fraction: number;
    readonly message: string;
    readonly samples?: number;
    readonly host?: string;
  };

/** What there is where a task is performed. */
export interface Workplace {
  readonly store: Store;
  readonly signal: AbortSignal;
  /** The op that a task names. */
  op(reference: OpReference): AnyOp;
  onProgress(progress: TaskProgress): void;
}

/** What a task is made from besides its node. */
interface TaskOptions {
  readonly located: Located;
  readonly cause: Cause;
  /** What was made of the steps above. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly trust: SourceTrust;
  readonly settings: TaskSettings;
}

/** The task of a step all of whose inputs have outcomes. */
export function taskOf(
  node: Node,
  { located, cause, outcomes, trust, settings }: TaskOptions,
): StepTask {
  const { step, op } = node;
  const artifact = (each: Node): Artifact => outcomes.get(each.step.name)!.artifact;
  const before = outcomes.get(step.name);
  const used = op.own?.(step.params) ?? [];
  return {
    step: step.name,
    op: { ...opReference(op), ...given({ own: used.length > 0 ? used : undefined }) },
    key: located.key,
    preimage: located.preimage,
    cause,
    params: step.params,
    bound: boundParams(node, artifact),
    inputs: Object.fromEntries(
      Object.entries(node.inputs).map(([name, read]) => [
        name,
        isMany(read) ? read.map(artifact) : artifact(read),
      ]),
    ),
    references: Object.fromEntries(
      Object.values(node.references).map((target) => [
        referenceDigest(target, artifact(target)),
        { op: opReference(target.op), artifact: artifact(target) },
      ]),
    ),
    sources: located.sources,
    trust,
    ...given({
      before: before && { artifact: before.artifact, provenance: before.provenance },
    }),
    settings,
    numerics: NUMERICS,
  };
}

function opReference({ name, version, code, module }: AnyOp): OpReference {
  return given({ name, version, code, module });
}
