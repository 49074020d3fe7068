/** Local sources that are not there: a note to `check`, which reads none; an error once they are needed. */
import type { Diagnostic } from "../../error.ts";
import { stepProblem } from "../../recipe/expand/step_path.ts";
import { visit } from "../../recipe/check/visit.ts";
import type { Graph } from "../graph.ts";
import { isAbsent } from "./local_source.ts";
import { sourceUrl } from "./source_url.ts";

/** A note for each local source that a recipe names and that is not there; nothing is opened, nothing fetched. */
export async function missingSources({ nodes, recipe }: Graph): Promise<Diagnostic[]> {
  const notes: Diagnostic[] = [];
  for (const { step, op } of nodes) {
    if (op.source(step.params).length === 0) continue;
    for (const { form, value, path } of visit(op.params, step.params)) {
      if (form.form !== "source" || typeof value !== "string") continue;
      const url = sourceUrl(recipe.base, value.split("#sha256=")[0]!);
      if (url.protocol !== "file:" || await isThere(url)) continue;
      notes.push(stepProblem(recipe, step, path, {
        code: "source",
        severity: "note",
        message: `\`${value}\` is not there: what it holds is checked when it runs`,
      }));
    }
  }
  return notes;
}

async function isThere(url: URL): Promise<boolean> {
  try {
    await Deno.stat(url);
    return true;
  } catch (error) {
    // Where one may not look, nothing is known to be missing.
    return !isAbsent(error);
  }
}
