/** Code of one's own as another thread finds it: by the URL of a module that exports it. */
import { fileURLToPath } from "node:url";
import type { OwnReference } from "../op.ts";
import { isGranted } from "../permission.ts";
import type { OwnEntry } from "./entry.ts";

/**
 * A reader of one's own is stopped when it has neither asked for a file nor called `heartbeat` for ten minutes, and a second
 * more for each megabyte that it was given. What it computes is unknown, so it has sixty times as long as Decant's readers.
 */
export const OWN_STILL_MS = 600_000;

/** What another thread finds the entry by; undefined where it names no module, or one that threads may not read. */
export function foundElsewhere(
  { list, name, version, code, module }: OwnEntry,
): OwnReference | undefined {
  if (module === undefined || !mayImport(module)) return undefined;
  return { list, name, version, code, module };
}

/** Whether Deno allows a thread to import a module of another's. */
export function mayImport(module: string): boolean {
  return !module.startsWith("file:") || isGranted({ name: "read", path: fileURLToPath(module) });
}

/** The entry that a reference names, from its module. Throws an Error where that does not export it as it is used. */
export async function exportedEntry(
  { list, name, version, code, module }: OwnReference,
): Promise<OwnEntry> {
  const exported: unknown[] = Object.values(await import(module!)).flat();
  const found = (exported as readonly Partial<OwnEntry>[]).find((each) =>
    each?.list === list && each.name === name && each.version === version && each.code === code
  );
  if (found !== undefined) return found as OwnEntry;
  throw new Error(`${module} exports no "${name}" of version ${version} as it is used`);
}
