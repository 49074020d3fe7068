/** One step, run: inputs decoded, the op called, its output encoded and checked. Nothing is published here. */
import { canonicalBytes, type Digest, digestOf, type Json, type Key } from "../digest.ts";
import type { Artifact, Op, RunContext } from "../op.ts";
import type { Encoded, Kind } from "../kind.ts";
import { isMany, type Node } from "../graph/graph.ts";
import {
  boundParams,
  partsRead,
  partsReferenced,
  type Preimage,
  referenceDigest,
} from "../graph/key.ts";
import type { Outcome, Store } from "../store/store.ts";
import type { SourceReader } from "../graph/sources/source.ts";
import { validateParams } from "../recipe/check/validate_params.ts";

/** What a step needs to run. */
export interface StepRun {
  readonly node: Node;
  readonly key: Key;
  readonly preimage: Preimage;
  /** What it may read of its sources. */
  readonly reader: SourceReader;
  readonly store: Store;
  readonly outcome: (node: Node) => Outcome;
  readonly signal: AbortSignal;
  readonly threads: number;
  readonly memory: number;
  readonly host: string;
  progress(fraction: number, message: string): void;
}

/** What a step made: the record to publish and the bytes behind it. */
export interface Made {
  readonly outcome: Outcome;
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
}

/** Runs a step. Throws what the op throws, a CorruptBlobError for an input's bytes, or an Error where a law broke. */
export async function runStep(run: StepRun): Promise<Made> {
  const { node } = run;
  await validateParams(node.op, node.step.params, node.op.random(node.step.params) ? [] : ["seed"]);
  const began = performance.now();
  const inputs = await decodedInputs(run);
  const notes: Record<string, Json> = {};
  const warnings: string[] = [];
  const params = boundParams(node, (each) => run.outcome(each).artifact);
  const output = await (node.op as Op).run(inputs as never, params as never, {
    signal: run.signal,
    threads: run.threads,
    memory: run.memory,
    progress: run.progress,
    note: (name, value) => void (notes[name] = value),
    warn: (sentence) => void warnings.push(sentence),
    checkpoints: run.store.checkpoint(run.key),
    referenced: referenced(run) as RunContext["referenced"],
    ...run.reader,
  });
  // An op that stopped early because it was asked to has made nothing.
  run.signal.throwIfAborted();
  const encoded = node.op.output.encode(output);
  const manifest = canonicalBytes(encoded.manifest);
  const artifact = artifactOf(node.op.output.name, encoded, manifest);
  assertChanged(run, artifact, inputs, output, notes);
  assertHolds(node, inputs, output);
  const blobs = new Map([[artifact.digest, manifest as Uint8Array], ...encoded.blobs]);
  const outcome: Outcome = {
    artifact,
    blobs: [...blobs].map(([digest, bytes]) => ({ digest, bytes: bytes.byteLength })),
    ...(encoded.blobs.size === 0 ? { manifest: encoded.manifest } : {}),
    ...factsRecord(run, encoded),
    notes,
    warnings,
    provenance: {
      seconds: Math.round(performance.now() - began) / 1000,
      host: run.host,
      date: new Date().toISOString(),
      threads: run.threads,
    },
    preimage: run.preimage,
  };
  return { outcome, blobs };
}

/** The value of an artifact; every byte of it verified. */
export async function decodeArtifact(
  store: Store,
  kind: Kind,
  artifact: Artifact,
  parts?: readonly string[],
): Promise<unknown> {
  const manifest = JSON.parse(new TextDecoder().decode(await store.read(artifact.digest))) as Json;
  return await kind.decode(manifest, (digest) => store.read(digest), parts);
}

async function decodedInputs(run: StepRun): Promise<Record<string, unknown>> {
  const { node, store } = run;
  const values: Record<string, unknown> = {};
  for (const [name, read] of Object.entries(node.inputs)) {
    const declared = node.op.inputs[name]!;
    const parts = partsRead(node.op, name, node.step.params);
    const decode = (each: Node) =>
      decodeArtifact(store, declared.kind, run.outcome(each).artifact, parts);
    if (!isMany(read)) values[name] = await decode(read);
    else {
      const list: unknown[] = [];
      for (const each of read) list.push(await decode(each));
      values[name] = list;
    }
  }
  return values;
}

function referenced({ node, outcome, store }: StepRun): (digest: string) => Promise<unknown> {
  return (digest) => {
    const target = Object.values(node.references)
      .find((each) => referenceDigest(each, outcome(each).artifact) === digest);
    if (target === undefined) throw new Error(`internal: no reference has the digest ${digest}`);
    const { artifact } = outcome(target);
    return decodeArtifact(store, target.op.output, artifact, partsReferenced(target));
  };
}

function artifactOf(kind: string, { blobs, parts }: Encoded, manifest: Uint8Array): Artifact {
  let bytes = manifest.byteLength;
  for (const blob of blobs.values()) bytes += blob.byteLength;
  return { digest: digestOf(manifest), kind, bytes, parts };
}

/** A step without effect is an error: the recipe says that something happens there. */
function assertChanged(
  { node, outcome }: StepRun,
  artifact: Artifact,
  inputs: Record<string, unknown>,
  output: unknown,
  notes: Record<string, Json>,
): void {
  const { op } = node;
  if (op.effect !== undefined) {
    const effect = op.effect(inputs as never, output as never);
    if (effect === undefined) throw new Error("it changed nothing");
    notes.effect = effect;
    return;
  }
  const changed = op.changes === undefined ? undefined : node.inputs[op.changes];
  if (changed === undefined || isMany(changed)) return;
  if (outcome(changed).artifact.digest === artifact.digest) throw new Error("it changed nothing");
}

/** What earlier steps established must hold after this one. */
function assertHolds(node: Node, inputs: Record<string, unknown>, output: unknown): void {
  const { op } = node;
  if (op.changes === undefined || inputs[op.changes] === undefined) return;
  const broken = op.inputs[op.changes]?.kind.holds?.(inputs[op.changes], output);
  if (broken !== undefined) throw new Error(broken);
}

/** Facts are recorded where only the source could tell them; everything else `compile` works out again. */
function factsRecord({ node }: StepRun, { manifest }: Encoded): { facts?: Json } {
  const { op, step } = node;
  if (op.output.facts === undefined || op.source(step.params).length === 0) return {};
  return { facts: op.output.facts(manifest) as unknown as Json };
}
