/** The page beside the report that runs an exported model in a browser; the op that exports knows how to make it. */
import { canonicalBytes, digestAsync, digestOf, type Json } from "../../digest.ts";
import type { Artifact, Files } from "../../kind.ts";
import type { OpData } from "../../op.ts";
import { readIfThere } from "../../store/disk_file.ts";
import { CorruptBlobError, type Store } from "../../store/store.ts";
import type { Execution } from "../../run/execute.ts";
import { type Exported, type PageRow, reportIn, TRY } from "../write_out.ts";
import {
  dataSource,
  type ExportOrigin,
  exportOrigin,
  manifestOf,
  originArtifacts,
} from "./export_origin.ts";

/** A page, and the export whose model it runs. */
interface TryPage {
  readonly step: string;
  readonly row: PageRow;
  /** Absent where it lies in the folder already. */
  readonly files: Files;
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
  const tried = exported.flatMap(({ step }) => {
    const origin = exportOrigin(graph.node(step));
    return origin?.node.op.page === undefined ? [] : [origin];
  });
  const isResult = ({ model }: ExportOrigin) => model.step.name === graph.recipe.result;
  const sorted = [...tried.filter(isResult), ...tried.filter((each) => !isResult(each))];
  if (sorted.length === 0) return undefined;
  const { exports } = await reportIn(root);
  const there = await readIfThere(`${root}/${TRY}`).catch(() => undefined);
  const before = exports.find(({ page }) => page !== undefined)?.page;
  if (there !== undefined && before === undefined) return undefined;
  const { name } = graph.recipe.about;
  for (const origin of sorted) {
    const artifacts = originArtifacts(origin, outcomes);
    if (artifacts === undefined) continue;
    const parts = { name, origin, ...artifacts, source: dataSource(origin, outcomes) };
    const of = madeOf(parts);
    const step = origin.node.step.name;
    if (there !== undefined && before?.of === of && await digestAsync(there) === before.digest) {
      return { step, row: before, files: {} };
    }
    const text = await made(parts, store);
    if (text === undefined) continue;
    const bytes = new TextEncoder().encode(text);
    const row = { path: TRY, digest: await digestAsync(bytes), bytes: bytes.byteLength, of };
    return { step, row, files: { [TRY]: bytes } };
  }
  return undefined;
}

/** Everything that a page is made of. */
interface TryPageParts {
  readonly name: string;
  readonly origin: ExportOrigin;
  readonly model: Artifact;
  readonly data: Artifact;
  readonly source: Pick<OpData, "params" | "notes">;
}

/** The digest of everything that decides the bytes of a page. */
function madeOf({ name, origin, model, data, source }: TryPageParts): string {
  const { version } = origin.node.op.page!;
  const of = { name, version, model: model.digest, data: data.digest, ...source };
  return digestOf(canonicalBytes(of as Json));
}

async function made(
  { name, origin, model, data, source }: TryPageParts,
  store: Store,
): Promise<string | undefined> {
  const { decodeArtifact } = await import("../../run/run_task.ts");
  try {
    const value = await decodeArtifact(store, origin.model.op.output, model);
    const manifest = await manifestOf(store, data);
    return await origin.node.op.page!.make(name, value, { ...source, manifest });
  } catch (error) {
    if (error instanceof CorruptBlobError) return undefined;
    throw error;
  }
}
