/**
 * The journal of a run: one JSON line for each thing that happened, under a lock while the run lives. A last line
 * that a kill tore is ignored by whoever reads it.
 */
import { canonical, type Json } from "../digest.ts";
import type { StoreFolder } from "./store_folder.ts";
import type { Journal } from "./store.ts";

/** A line. */
export type JournalLine = Readonly<Record<string, Json>>;

/** Begins a journal; its name sorts by time. */
export async function openJournal(cache: StoreFolder): Promise<Journal> {
  const time = new Date().toISOString().replace(/[-:]/g, "").replace(/\..*/, "Z");
  const id = `${time}-${crypto.randomUUID().slice(0, 8)}`;
  const path = cache.flat("runs", `${id}.jsonl`);
  const file = await Deno.open(path, { append: true, createNew: true });
  await file.tryLock(true);
  let open = true;
  return {
    id,
    path,
    async append(line) {
      const bytes = new TextEncoder().encode(`${canonical(line)}\n`);
      if (!open) return await Deno.writeFile(path, bytes, { append: true });
      for (let done = 0; done < bytes.byteLength;) done += await file.write(bytes.subarray(done));
    },
    close() {
      file.close();
      open = false;
      return Promise.resolve();
    },
  };
}

/** The lines of a journal's text, and the numbers of those that are damaged; a torn last line is not counted. */
export function journalLines(
  text: string,
): { readonly lines: JournalLine[]; readonly damaged: number[] } {
  const lines: JournalLine[] = [];
  const damaged: number[] = [];
  for (const [index, line] of text.split("\n").slice(0, -1).entries()) {
    const value = parsed(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      lines.push(value as JournalLine);
    } else damaged.push(index + 1);
  }
  return { lines, damaged };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
