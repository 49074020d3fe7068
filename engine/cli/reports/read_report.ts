/** Reports that runs left in their folders, read again. */
import { isRunDocument, type RunDocument } from "../../report/document.ts";

/** The name of a report's file. */
export const REPORT = "report.json";

/** The document in a file; undefined for a file that is not there, and for one that is no report of a run. */
export async function reportIn(file: string): Promise<RunDocument | undefined> {
  try {
    const document: unknown = JSON.parse(await Deno.readTextFile(file));
    return isRunDocument(document) ? document : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}
