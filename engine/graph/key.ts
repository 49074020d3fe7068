/**
 * The key of a computation: SHA-256 of the canonical JSON of everything that can change its result, and of nothing
 * else. Inputs enter by content, so a step that made the same bytes as before ends the wave of re-running; names of
 * steps, paths and times do not enter at all.
 */
import { canonicalBytes, type Digest, digestOf, type Json, type Key } from "../digest.ts";
import { given } from "../given.ts";
import type { Artifact } from "../kind.ts";
import type { AnyOp } from "../op.ts";
import { isMany, type Node } from "./graph.ts";

/** The numerics of the tensor room, part of every key. Raised only when a golden digest of the room changes. */
export const NUMERICS = 1;

/** Raised when the record below changes its shape; every step then runs once more. */
const FORMAT = 1;

/** A dataset part always readable: shapes and names. */
const META = "meta";

/** A source as the key sees it: its bytes, and the extension, from which a format may be inferred; never its path. */
export interface SourceDigest {
  readonly digest: Digest;
  readonly extension: string;
}

/** What goes into a key besides the step itself. */
interface KeyInputs {
  /** The artifact of each node that the step reads, as an input or in a reference. */
  artifact(node: Node): Artifact;
  /** What the step's sources are, in the order in which `op.source` names them. */
  readonly sources: readonly SourceDigest[];
  /** Fingerprint of the machine; enters the key of volatile ops alone. */
  readonly host: string;
}

/** The closed record that is hashed. Records keep it, so that a miss can be explained field by field. */
export type Preimage = {
  readonly type: "step";
  readonly format: number;
  readonly op: string;
  readonly version: number;
  /** Of an op that did not come with Decant. */
  readonly code?: Digest;
  /** Entries of one's own that the parameters use; absent where they use none. */
  readonly own?: readonly Json[];
  readonly params: { readonly [name: string]: Json };
  readonly inputs: { readonly [name: string]: Json };
  readonly sources: readonly Json[];
  readonly numerics: { readonly [room: string]: number };
  readonly host: string | null;
};

/** What a parameter that names a data set reads of it: never its test samples, so they are in no key but `evaluate`'s. */
const REFERENCED = [META, "train"];

/** The names of the parts that a reference reads of what is of a kind; undefined: all of it. */
export function partsReferenced(kind: string): readonly string[] | undefined {
  return kind === "dataset" ? REFERENCED : undefined;
}

/** What stands in a parameter for the artifact of the node that it names: a digest of what is read of it. */
export function referenceDigest(target: Node, artifact: Artifact): Digest {
  const identity = identityOf(artifact, partsReferenced(target.op.output.name));
  return typeof identity === "string" ? identity as Digest : digestOf(canonicalBytes(identity));
}

/** The parameters as `run` gets them: a digest in place of each name of a step. */
export function boundParams(
  node: Node,
  artifact: (node: Node) => Artifact,
): Readonly<Record<string, Json>> {
  let params: Json = node.step.params;
  for (const [path, target] of Object.entries(node.references)) {
    params = replaceAt(params, path.split("."), referenceDigest(target, artifact(target)));
  }
  return params as Readonly<Record<string, Json>>;
}

/** The names of the parts that a step reads of one input; undefined: all of it. */
export function partsRead(
  op: AnyOp,
  input: string,
  params: unknown,
): readonly string[] | undefined {
  const parts = op.inputs[input]?.parts?.(params) as readonly string[] | undefined;
  return parts && [...new Set([META, ...parts])].sort();
}

/** The record of what a step would do. */
export function preimageOf(node: Node, { artifact, sources, host }: KeyInputs): Preimage {
  const { op, step } = node;
  const bound = boundParams(node, artifact);
  const inputs: Record<string, Json> = {};
  for (const [name, read] of Object.entries(node.inputs)) {
    const parts = partsRead(op, name, bound);
    const identity = (each: Node) => identityOf(artifact(each), parts);
    inputs[name] = isMany(read) ? read.map(identity) : identity(read);
  }
  return {
    type: "step",
    format: FORMAT,
    op: op.name,
    version: op.version,
    ...ownPart(node),
    params: withoutPaths(bound, op.source(step.params)) as Preimage["params"],
    inputs,
    sources: sources.map(({ digest, extension }) => ({ digest, extension })),
    numerics: op.numerics === "none" ? {} : { [op.numerics]: NUMERICS },
    host: op.volatile ? host : null,
  };
}

/** What a key holds of code that did not come with Decant: nothing where the step uses none. */
export function ownPart({ op, step }: Pick<Node, "op" | "step">): Pick<Preimage, "code" | "own"> {
  const used = op.own?.(step.params) ?? [];
  const own = used.map(({ list, name, version, code }) => ({ list, name, version, code }));
  return given({ code: op.code, own: own.length > 0 ? own : undefined });
}

/** The key of a record. */
export function keyOf(preimage: Preimage): Key {
  return digestOf(canonicalBytes(preimage)) as unknown as Key;
}

function identityOf(artifact: Artifact, parts: readonly string[] | undefined): Json {
  if (parts === undefined) return artifact.digest;
  return Object.fromEntries(parts.map((part) => [part, artifact.parts[part] ?? null]));
}

/** A source written in a parameter is a path: its place in the list of sources stands for it. */
function withoutPaths(value: Json, sources: readonly string[]): Json {
  if (typeof value === "string") {
    const at = sources.indexOf(value);
    return at < 0 ? value : { source: at };
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each: Json) => withoutPaths(each, sources));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, withoutPaths(each, sources)]),
  );
}

function replaceAt(value: Json, [name, ...rest]: readonly string[], leaf: Json): Json {
  if (name === undefined) return leaf;
  if (Array.isArray(value)) {
    return value.map((each: Json, at) => at === Number(name) ? replaceAt(each, rest, leaf) : each);
  }
  if (typeof value !== "object" || value === null) {
    throw new Error(`internal: no parameter at "${name}" to put a reference in`);
  }
  const object = value as { readonly [name: string]: Json };
  return { ...object, [name]: replaceAt(object[name] ?? null, rest, leaf) };
}
