/** A task, run: inputs decoded, the op called, its output encoded and checked. Nothing is published here. */
import { given } from "../given.ts";
import { canonicalBytes, type Digest, digestOf, type Json } from "../digest.ts";
import { partsRead, partsReferenced } from "../graph/key.ts";
import { sourceReader } from "../graph/sources/source.ts";
import type { Artifact, BlobContent, Encoded, Kind } from "../kind.ts";
import type { AnyOp, Op, RunContext } from "../op.ts";
import { withDeepStacks } from "../graph/thrown.ts";
import { validateParams } from "../recipe/check/validate_params.ts";
import { blobReader, type OpenFiles } from "../store/blob_reader.ts";
import type { Outcome, Store } from "../store/store.ts";
import type { StepTask, Workplace } from "./task.ts";

/** What a task made: the record to publish, the bytes behind it, and whether a clock was read for it. */
interface TaskResult {
  readonly outcome: Outcome;
  readonly blobs: ReadonlyMap<Digest, BlobContent>;
  readonly volatile: boolean;
}

/**
 * Runs a task; what it opens is to be closed when its outcome is published. Throws what the op throws, a CorruptBlobError
 * for an input's bytes, or an Error where a law broke.
 */
export async function runTask(
  task: StepTask,
  place: Workplace,
  opened: DisposableStack,
): Promise<TaskResult> {
  const op = place.op(task.op);
  await validateParams(op, task.params, op.random(task.params) ? [] : ["seed"]);
  const began = performance.now();
  const files = { opened, memory: task.settings.memory };
  const inputs = await decodedInputs(task, op, place.store, files);
  const notes: Record<string, Json> = {};
  const warnings: string[] = [];
  const context = contextOf(task, place, { notes, warnings, opened });
  const run = async () => await (op as Op).run(inputs as never, task.bound as never, context);
  const own = task.op.code !== undefined || task.op.own !== undefined;
  const output = await (own ? withDeepStacks(run) : run());
  // An op that stopped early because it was asked to has made nothing.
  place.signal.throwIfAborted();
  const encoded = op.output.encode(output);
  assertNumbers(encoded.manifest);
  const manifest = canonicalBytes(encoded.manifest);
  const artifact = artifactOf(op.output.name, encoded, manifest);
  const effect = effectOf(task, op, { artifact, inputs, output });
  if (effect !== undefined) notes.effect = effect;
  assertHolds(op, inputs, output);
  const { stored = [] } = encoded;
  const blobs = new Map<Digest, BlobContent>([
    [artifact.digest, manifest],
    ...encoded.blobs,
    ...stored.map((bytes) => [bytes.digest, bytes] as const),
  ]);
  const outcome: Outcome = {
    artifact,
    blobs: [...blobs].map(([digest, bytes]) => ({ digest, bytes: bytes.byteLength })),
    // As it is recalled: its fields in the order of the canonical text, and no other.
    ...given({ manifest: blobs.size === 1 ? parsed(manifest) : undefined }),
    ...factsRecord(task, op, encoded),
    notes,
    warnings,
    provenance: {
      seconds: Math.round(performance.now() - began) / 1000,
      host: task.settings.host,
      date: new Date().toISOString(),
      threads: task.settings.threads,
    },
    preimage: task.preimage,
  };
  return { outcome, blobs, volatile: op.volatile };
}

/** Throws a RangeError for a number that a manifest cannot hold; metrics are called as claims call them. */
function assertNumbers(manifest: Json, path: readonly string[] = []): void {
  if (typeof manifest === "object" && manifest !== null) {
    for (const [name, each] of Object.entries(manifest)) assertNumbers(each, [...path, name]);
  } else if (typeof manifest === "number" && !Number.isFinite(manifest)) {
    const name = path[0] === "metrics" ? path.slice(1) : path;
    throw new RangeError(`\`${name.join(".")}\` came out as ${manifest}, which is no result`);
  }
}

const parsed = (manifest: Uint8Array): Json => JSON.parse(new TextDecoder().decode(manifest));

/** The value of an artifact; every byte of it verified. Large parts of it stay in `files`, where they are given. */
export async function decodeArtifact(
  store: Store,
  kind: Kind,
  artifact: Artifact,
  { parts, files }: { readonly parts?: readonly string[] | undefined; readonly files?: OpenFiles } =
    {},
): Promise<unknown> {
  const read = blobReader(store, artifact.bytes, files);
  return await kind.decode(parsed(await read(artifact.digest)), read, parts);
}

/** What the op may use of the world. */
function contextOf(
  task: StepTask,
  { store, signal, op, onProgress }: Workplace,
  { opened, ...said }: {
    readonly notes: Record<string, Json>;
    readonly warnings: string[];
    readonly opened: DisposableStack;
  },
): RunContext {
  const { threads, kernels, memory } = task.settings;
  const spill = async (bytes: number) => opened.use(await store.spill!(bytes));
  return {
    signal,
    threads,
    kernels,
    memory,
    ...given({ spill: store.spill && spill }),
    progress: (fraction, message, samples) =>
      onProgress({ type: "progress", fraction, message, ...given({ samples }) }),
    note: (name, value) => void (said.notes[name] = value),
    warn: (sentence) => void said.warnings.push(sentence),
    checkpoints: store.checkpoint(task.key),
    referenced<T>(digest: string): Promise<T> {
      const target = task.references[digest];
      if (target === undefined) throw new Error(`internal: no reference has the digest ${digest}`);
      const { output } = op(target.op);
      const parts = partsReferenced(output.name);
      return decodeArtifact(store, output, target.artifact, { parts }) as Promise<T>;
    },
    ...sourceReader(task.sources, store, { ...task.trust, signal }),
  };
}

async function decodedInputs(
  { inputs, params }: StepTask,
  op: AnyOp,
  store: Store,
  files: OpenFiles,
): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, read] of Object.entries(inputs)) {
    const { kind } = op.inputs[name]!;
    const parts = partsRead(op, name, params);
    const decode = (each: Artifact) => decodeArtifact(store, kind, each, { parts, files });
    if (!isMany(read)) values[name] = await decode(read);
    else {
      const list: unknown[] = [];
      for (const each of read) list.push(await decode(each));
      values[name] = list;
    }
  }
  return values;
}

function isMany(read: Artifact | readonly Artifact[]): read is readonly Artifact[] {
  return Array.isArray(read);
}

function artifactOf(
  kind: string,
  { blobs, stored = [], parts }: Encoded,
  manifest: Uint8Array,
): Artifact {
  let bytes = manifest.byteLength;
  for (const blob of [...blobs.values(), ...stored]) bytes += blob.byteLength;
  return { digest: digestOf(manifest), kind, bytes, parts };
}

/** What the op says that it changed. A step without effect is an error: the recipe says that something happens there. */
function effectOf(
  task: StepTask,
  op: AnyOp,
  { artifact, inputs, output }: {
    readonly artifact: Artifact;
    readonly inputs: Record<string, unknown>;
    readonly output: unknown;
  },
): Json | undefined {
  if (op.effect !== undefined) {
    const effect = op.effect(inputs as never, output as never);
    if (effect === undefined) throw new Error("it changed nothing");
    return effect;
  }
  const changed = op.changes === undefined ? undefined : task.inputs[op.changes];
  if (changed === undefined || isMany(changed)) return undefined;
  if (changed.digest === artifact.digest) throw new Error("it changed nothing");
  return undefined;
}

/** What earlier steps established must hold after this one. */
function assertHolds(op: AnyOp, inputs: Record<string, unknown>, output: unknown): void {
  if (op.changes === undefined || inputs[op.changes] === undefined) return;
  const broken = op.inputs[op.changes]?.kind.holds?.(inputs[op.changes], output);
  if (broken !== undefined) throw new Error(broken);
}

/** Facts are recorded where only the source could tell them; everything else `compile` works out again. */
function factsRecord({ params }: StepTask, op: AnyOp, { manifest }: Encoded): { facts?: Json } {
  if (op.output.facts === undefined || op.source(params).length === 0) return {};
  return { facts: op.output.facts(manifest) as unknown as Json };
}
