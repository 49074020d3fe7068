/** The document beside exported files that says how their inputs are prepared; the op that exports knows what is in it. */
import { jsonText } from "../../quote.ts";
import type { Files } from "../../kind.ts";
import type { Execution } from "../../run/execute.ts";
import { CorruptBlobError, type Store } from "../../store/store.ts";
import type { Exported } from "../write_out.ts";
import { dataSource, exportOrigin, manifestOf, originArtifacts } from "./export_origin.ts";

/**
 * The document of an export, a file by its name. None where the op has none, where no data were read, where the export has a
 * file of that name itself, and where the bytes that it is made of are gone: no step runs again for it.
 */
export async function exportDocument(
  { graph, outcomes }: Pick<Execution, "graph" | "outcomes">,
  { step, files }: Pick<Exported, "step" | "files">,
  store: Store,
): Promise<Files> {
  const origin = exportOrigin(graph.node(step));
  const document = origin?.node.op.document;
  const artifacts = origin && originArtifacts(origin, outcomes);
  if (document === undefined || artifacts === undefined || document.file in files) return {};
  try {
    const [model, manifest] = await Promise.all([
      manifestOf(store, artifacts.model),
      manifestOf(store, artifacts.data),
    ]);
    const made = await document.make(model, { ...dataSource(origin!, outcomes), manifest });
    return { [document.file]: new TextEncoder().encode(jsonText(made)) };
  } catch (error) {
    if (error instanceof CorruptBlobError) return {};
    throw error;
  }
}
