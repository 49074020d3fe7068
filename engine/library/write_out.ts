/** What a run leaves in a folder for people: exported files and reports, of one run and whole. */
import { DecantError } from "../error.ts";
import { canonical, digestAsync, digestOf, type Json } from "../digest.ts";
import { given } from "../given.ts";
import type { FileRow } from "../files.ts";
import type { Files } from "../kind.ts";
import type { Graph } from "../graph/graph.ts";
import { quoted } from "../quote.ts";
import type { ExportDocument } from "../report/document.ts";
import { readIfThere, StrangeFileError } from "../store/disk_file.ts";
import { openOut, type OutOptions } from "./out/out_folder.ts";
import { isInside } from "./out/swap.ts";
import type { Changes } from "../run/origin.ts";

/** A file or folder that was written, relative to the folder: `report.md`, `tfjs/`. */
export type Written = string;

/** The report that says which files in a folder are those of a run. */
export const REPORT = "report.json";

/** The lock in a folder for people. It comes last: where it is, everything else is. */
export const LOCK = "recipe.lock.json";

/** The page that runs an exported model in a browser. */
export const TRY = "try.html";

/** That page, as the report lists it. */
export interface PageRow extends FileRow {
  /** The digest of all that it was made of. */
  readonly of: string;
}

/** What an export step made, and the folder it goes to. */
export interface Exported {
  readonly step: string;
  readonly folder: string;
  readonly files: Files;
  /** The document about them in the same folder, at most one file. */
  readonly document?: Files;
  /** The page that runs it; `files` are empty where it lies in the folder already. */
  readonly page?: { readonly row: PageRow; readonly files: Files };
}

/** What writing needs to know of a run. */
interface WriteOptions extends OutOptions {
  /** Every step of it is done. What is not, and made no export, leaves the exports and the lock of the run before. */
  readonly whole: boolean;
}

/**
 * Replaces what a run before left in a folder: exports, reports, lock. `render` makes the reports, by name and in the
 * order in which they come, given the exports that will lie beside them. Throws an `out` error, or the signal's reason;
 * then the folder is as it was, or will be once the next run has opened it.
 */
export async function writeOut(
  root: string,
  exported: readonly Exported[],
  render: (exports: readonly ExportDocument[]) => Promise<Readonly<Record<string, string>>>,
  { whole, ...options }: WriteOptions,
): Promise<Written[]> {
  for (const { folder, files } of exported) {
    [folder, ...Object.keys(files)].forEach(assertInside);
  }
  await using out = await openOut(root, options);
  const { there, exports: earlier } = await reportIn(root);
  const keeps = !whole && exported.length === 0;
  const reports = await render(
    keeps ? earlier : await Promise.all(exported.map(exportRow)),
  );
  const encoder = new TextEncoder();
  const page = exported.find(({ page }) => page !== undefined)?.page;
  const hadPage = earlier.some(({ page }) => page !== undefined);
  await out.replace({
    folders: Object.fromEntries(
      exported.map(({ folder, files, document }) => [folder, { ...files, ...document }]),
    ),
    files: {
      ...page?.files,
      ...Object.fromEntries(
        Object.entries(reports).map(([name, text]) => [name, encoder.encode(text)]),
      ),
    },
    goes: Object.fromEntries(
      (keeps ? [] : earlier).map((each) => [each.folder, filesOf(each).map(({ path }) => path)]),
    ),
    drops: [
      ...(keeps || !there || LOCK in reports ? [] : [LOCK]),
      ...(keeps || page !== undefined || !hadPage ? [] : [TRY]),
    ],
  });
  const pages = page === undefined ? [] : [TRY];
  return [...Object.keys(reports), ...pages, ...exported.map(({ folder }) => `${folder}/`)];
}

/** Writes files into a folder, all or none. */
export async function writeFiles(root: string, files: Files): Promise<Written[]> {
  Object.keys(files).forEach(assertInside);
  await using out = await openOut(root);
  await out.replace({ folders: {}, files, goes: {}, drops: [] });
  return Object.keys(files);
}

/** What the report in a folder says of exported files. */
interface FolderReport {
  readonly there: boolean;
  /** It is one of ours, and whole. */
  readonly sound: boolean;
  readonly exports: readonly ExportDocument[];
}

/** The exports that the report in a folder lists; rows that are none, or lead elsewhere, are passed over. */
export async function reportIn(root: string): Promise<FolderReport> {
  const bytes = await readIfThere(`${root}/${REPORT}`).catch((error) => {
    if (error instanceof StrangeFileError) {
      throw new DecantError("out", `${error.message}; take it away`);
    }
    throw error;
  });
  if (bytes === undefined) return { there: false, sound: false, exports: [] };
  let report: Partial<Record<string, unknown>> = {};
  try {
    report = Object(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    // Not a report of ours, or a damaged one: it says nothing of any file.
  }
  const { format, exports } = report;
  const sound = typeof format === "number";
  return { there: true, sound, exports: Array.isArray(exports) ? exports.filter(isExport) : [] };
}

/** The steps of a graph that make files. */
export function exportSteps(graph: Graph): string[] {
  return graph.nodes.filter(({ op }) => op.output.name === "files").map(({ step }) => step.name);
}

/** A name may be as long as this before it is cut. */
const LONGEST = 80;

/**
 * The folder of a recipe where none is given: `out/NAME`, and for other settings another,
 * `out/NAME+prune.ratio=0.7+seed=1`. What a file system may not tell apart or take is told apart by a digest.
 */
export function defaultOut(name: string, set: Changes = {}): string {
  const settings = Object.entries(set).toSorted(([a], [b]) => a < b ? -1 : 1);
  if (settings.length === 0) return `out/${name}`;
  const parts = settings.map(([field, value]) =>
    [field, typeof value === "string" ? value : JSON.stringify(value)] as const
  );
  const safe = (text: string) => text.replace(/[^a-z0-9._-]/g, "_");
  const readable = parts.map(([field, value]) => `+${safe(field)}=${safe(value)}`).join("");
  const exact = parts.map(([field, value]) => `+${field}=${value}`).join("");
  if (readable === exact && readable.length <= LONGEST) return `out/${name}${readable}`;
  const digest = digestOf(new TextEncoder().encode(canonical(parts as Json)));
  return `out/${name}${readable.slice(0, LONGEST)}+${digest.slice(0, 8)}`;
}

/** All that an export has in its folder: its files, and the document about them. */
export function filesOf({ files, document }: ExportDocument): readonly FileRow[] {
  return document === undefined ? files : [...files, document];
}

async function exportRow(
  { step, folder, files, document, page }: Exported,
): Promise<ExportDocument> {
  const rows = (await rowsOf(files)).toSorted((a, b) => a.path < b.path ? -1 : 1);
  const [told] = await rowsOf(document ?? {});
  return { step, folder, files: rows, ...given({ document: told, page: page?.row }) };
}

async function rowsOf(files: Files): Promise<FileRow[]> {
  const rows: FileRow[] = [];
  for (const [path, bytes] of Object.entries(files)) {
    rows.push({ path, digest: await digestAsync(bytes), bytes: bytes.byteLength });
  }
  return rows;
}

function isExport(value: unknown): value is ExportDocument {
  const { step, folder, files, document, page } = (value ?? {}) as Partial<ExportDocument>;
  const isRow = ({ path, digest, bytes }: FileRow): boolean =>
    typeof path === "string" && isInside(path) && typeof digest === "string" &&
    Number.isSafeInteger(bytes);
  return typeof step === "string" && typeof folder === "string" && isInside(folder) &&
    Array.isArray(files) && files.every((row) => isRow(row ?? {})) &&
    (document === undefined || isRow(document ?? {})) &&
    (page === undefined || page.path === TRY && isRow(page) && typeof page.of === "string");
}

/** An artifact may come from another machine's cache: it does not choose where on this one it is written. */
function assertInside(path: string): void {
  if (isInside(path)) return;
  throw new DecantError("out", `${quoted(path)} is not written: the name leads out of the folder`);
}
