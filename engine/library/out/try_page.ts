/** The page beside the report that runs an exported model in a browser; the op that exports knows how to make it. */
import { canonicalBytes, digestAsync, digestOf, type Json } from "../../digest.ts";
import type { Artifact, Files } from "../../kind.ts";
import { isMany, type Node, subjectOf } from "../../graph/graph.ts";
import { readIfThere } from "../../store/disk_file.ts";
import { CorruptBlobError, type Store } from "../../store/store.ts";
import type { Execution } from "../../run/execute.ts";
import { type Exported, type PageRow, reportIn, TRY } from "../write_out.ts";

/** A page, and the export whose model it runs. */
interface TryPage {
  readonly step: string;
  readonly row: PageRow;
  /** Absent where it lies in the folder already. */
  readonly files: Files;
}

/** What a page is made of: where its model and its data stand. */
interface Tried {
  readonly step: string;
  readonly node: Node;
  readonly model: Node;
  readonly data: Node;
}

/**
 * The page of the first export that can have one, of the recipe's result before others. A page that lies in the folder
 * and is of the same model stays as it lies there; one that is not ours is left alone, and nothing comes in its place.
 * Undefined where no export has one, and where the bytes that it is made of are gone: no step runs again for it.
 */
export async function tryPageOf(
  root: string,
  { graph, outcomes }: Pick<Execution, "graph" | "outcomes">,
  exported: readonly Pick<Exported, "step">[],
  store: Store,
): Promise<TryPage | undefined> {
  const tried = exported.flatMap(({ step }) => triedOf(graph.node(step)));
  const isResult = ({ model }: Tried) => model.step.name === graph.recipe.result;
  const sorted = [...tried.filter(isResult), ...tried.filter((each) => !isResult(each))];
  if (sorted.length === 0) return undefined;
  const { exports } = await reportIn(root);
  const there = await readIfThere(`${root}/${TRY}`).catch(() => undefined);
  const before = exports.find(({ page }) => page !== undefined)?.page;
  if (there !== undefined && before === undefined) return undefined;
  const { name } = graph.recipe.about;
  for (const each of sorted) {
    const [model, data] = [each.model, each.data].map(({ step }) =>
      outcomes.get(step.name)?.artifact
    );
    if (model === undefined || data === undefined) continue;
    const of = madeOf(name, each, model, data);
    if (there !== undefined && before?.of === of && await digestAsync(there) === before.digest) {
      return { step: each.step, row: before, files: {} };
    }
    const text = await made(name, each, { model, data, store });
    if (text === undefined) continue;
    const bytes = new TextEncoder().encode(text);
    const row = { path: TRY, digest: await digestAsync(bytes), bytes: bytes.byteLength, of };
    return { step: each.step, row, files: { [TRY]: bytes } };
  }
  return undefined;
}

function triedOf(node: Node | undefined): Tried[] {
  const model = node && subjectOf(node);
  const data = node?.inputs.data;
  if (node?.op.page === undefined || model === undefined || data === undefined || isMany(data)) {
    return [];
  }
  return node.op.page.runs(node.step.params) ? [{ step: node.step.name, node, model, data }] : [];
}

/** Everything that decides the bytes of a page. */
function madeOf(
  name: string,
  { node, data: { step } }: Tried,
  model: Artifact,
  data: Artifact,
): string {
  const of = { name, version: node.op.page!.version, model: model.digest, data: data.digest };
  return digestOf(canonicalBytes({ ...of, params: step.params } as Json));
}

async function made(
  name: string,
  { node, model, data }: Tried,
  from: { readonly model: Artifact; readonly data: Artifact; readonly store: Store },
): Promise<string | undefined> {
  const { decodeArtifact } = await import("../../run/run_task.ts");
  try {
    const value = await decodeArtifact(from.store, model.op.output, from.model);
    const bytes = await from.store.read(from.data.digest);
    const manifest = JSON.parse(new TextDecoder().decode(bytes)) as Json;
    return await node.op.page!.make(name, value, { params: data.step.params, manifest });
  } catch (error) {
    if (error instanceof CorruptBlobError) return undefined;
    throw error;
  }
}
