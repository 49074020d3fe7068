/**
 * YAML text → tree: what is plain at once, anything else by the whole parser. That one is large, so whoever can wait
 * loads it, and only where a text needs it; a program that imports Decant has it from the start, because there recipes
 * are read at once.
 */
import type { Diagnostic } from "../../error.ts";
import { plainYaml } from "./plain_yaml.ts";
import type { Document, Tree } from "./tree.ts";
import type { wholeYaml } from "./whole_yaml.ts";

let whole: typeof wholeYaml | undefined;

/** Loads the whole parser. */
export async function loadWholeYaml(): Promise<void> {
  whole ??= (await import("./whole_yaml.ts")).wholeYaml;
}

/** Loads the whole parser where a text among these values needs it. */
export async function prepareYaml(values: Readonly<Record<string, unknown>>): Promise<void> {
  for (const text of Object.values(values)) {
    if (typeof text !== "string") continue;
    if (plainYaml({ source: "", base: "", text }) === undefined) return await loadWholeYaml();
  }
}

/** The tree of a document; undefined where the text is no YAML. Every problem is reported. */
export function parseYaml(
  document: Document & { readonly text: string },
  report: (diagnostic: Diagnostic) => void,
): Tree | undefined {
  const plain = plainYaml(document);
  if (plain !== undefined) return plain;
  if (whole === undefined) throw new Error("internal: the whole parser of YAML is not loaded");
  return whole(document, report);
}
