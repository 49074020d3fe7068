/** What an export was made of, as what is written beside its files needs it: its model, and its data without their samples. */
import type { Json } from "../../digest.ts";
import type { Artifact } from "../../kind.ts";
import type { OpData } from "../../op.ts";
import { isMany, type Node, subjectOf } from "../../graph/graph.ts";
import type { Execution } from "../../run/execute.ts";
import type { Store } from "../../store/store.ts";

type Outcomes = Execution["outcomes"];

/** The steps whose results an export has read. */
export interface ExportOrigin {
  readonly node: Node;
  readonly model: Node;
  readonly data: Node;
}

/** Undefined of an export that read no data. */
export function exportOrigin(node: Node | undefined): ExportOrigin | undefined {
  const model = node && subjectOf(node);
  const data = node?.inputs.data;
  if (model === undefined || data === undefined || isMany(data)) return undefined;
  return { node: node!, model, data };
}

/** What model and data are made of; undefined where one of the steps is not done. */
export function originArtifacts(
  { model, data }: ExportOrigin,
  outcomes: Outcomes,
): { readonly model: Artifact; readonly data: Artifact } | undefined {
  const [made, read] = [model, data].map(({ step }) => outcomes.get(step.name)?.artifact);
  return made === undefined || read === undefined ? undefined : { model: made, data: read };
}

/** What the step was told and noted that read the data: they may be a part of what it read. */
export function dataSource(
  { data }: ExportOrigin,
  outcomes: Outcomes,
): Pick<OpData, "params" | "notes"> {
  const isSame = (read: Node | readonly Node[]): read is Node =>
    !isMany(read) && read.op.output === data.op.output;
  let source = data;
  for (let next: Node | undefined = data; next !== undefined;) {
    source = next;
    next = Object.values(source.inputs).find(isSame);
  }
  return { params: source.step.params, notes: outcomes.get(source.step.name)?.notes ?? {} };
}

/** The manifest of an artifact. Throws a CorruptBlobError where its bytes are gone. */
export async function manifestOf(store: Store, { digest }: Artifact): Promise<Json> {
  return JSON.parse(new TextDecoder().decode(await store.read(digest))) as Json;
}
