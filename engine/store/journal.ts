/**
 * The journal of a run: one JSON line for each thing that happened, under a lock while the run lives. A last line
 * that a kill tore is ignored by whoever reads it.
 */
import { canonical, type Json } from "../digest.ts";
import type { Place } from "./place.ts";
import type { Journal } from "./store.ts";

/** A line. */
export type JournalLine = Readonly<Record<string, Json>>;

/** Begins a journal; its name sorts by time. */
export async function openJournal(place: Place): Promise<Journal> {
  const time = new Date().toISOString().replace(/[-:]/g, "").replace(/\..*/, "Z");
  const id = `${time}-${crypto.randomUUID().slice(0, 8)}`;
  const path = place.flat("runs", `${id}.jsonl`);
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

/** The lines of a journal's text. */
export function journalLines(text: string): JournalLine[] {
  return text.split("\n").slice(0, -1).flatMap((line) => {
    try {
      return [JSON.parse(line) as JournalLine];
    } catch {
      return [];
    }
  });
}
