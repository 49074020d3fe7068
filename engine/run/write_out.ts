/** What a run leaves in a folder for people: exported files and reports, each whole or not there. */
import type { Files } from "../files.ts";
import type { Graph } from "../graph/graph.ts";

/** Thrown when a folder for people cannot be written; a sentence. */
export class WriteError extends Error {
  override readonly name = "WriteError";
}

/** A file or folder that was written, relative to the folder: `report.md`, `tfjs/`. */
export type Written = string;

/** Writes the files of exported models, each format in a folder of its own, then the given reports in order. */
export async function writeOut(
  folder: string,
  exports: Readonly<Record<string, Files>>,
  reports: Readonly<Record<string, string>>,
): Promise<Written[]> {
  for (const [format, files] of Object.entries(exports)) {
    await writeFiles(`${folder}/${inside(format)}`, files);
  }
  const encoder = new TextEncoder();
  for (const [name, text] of Object.entries(reports)) {
    await writeWhole(folder, name, encoder.encode(text));
  }
  return [...Object.keys(reports), ...Object.keys(exports).map((format) => `${format}/`)];
}

/** Writes files into a folder, each whole or not there. */
export async function writeFiles(folder: string, files: Files): Promise<Written[]> {
  for (const [path, bytes] of Object.entries(files)) await writeWhole(folder, inside(path), bytes);
  return Object.keys(files);
}

/** The steps of a graph that make files. */
export function exportSteps(graph: Graph): string[] {
  return graph.nodes.filter(({ op }) => op.output.name === "files").map(({ step }) => step.name);
}

async function writeWhole(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  const target = `${folder}/${path}`;
  const parent = target.slice(0, target.lastIndexOf("/"));
  const temp = `${parent}/.${crypto.randomUUID()}.tmp`;
  try {
    await Deno.mkdir(parent, { recursive: true });
    await Deno.writeFile(temp, bytes, { createNew: true });
    await Deno.rename(temp, target);
  } catch (error) {
    await Deno.remove(temp).catch(() => {});
    if (error instanceof Deno.errors.NotCapable) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new WriteError(`\`${target}\` cannot be written: ${why}`, { cause: error });
  }
}

/** An artifact may come from another machine's cache: it does not choose where on this one it is written. */
function inside(path: string): string {
  const parts = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".." || part.includes("\\"))) {
    throw new WriteError(`"${path}" is not written: the name leads out of the folder`);
  }
  return path;
}
