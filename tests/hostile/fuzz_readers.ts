/** Seeded mutations of sound files through every reader but those of models, which `models/` has. */
import { attacks } from "./attacks.ts";
import { mutated } from "./damage.ts";
import { RAW } from "./models/unfit.ts";
import { type Reader, readers } from "./readers.ts";
import { type Failure, inSessions, serve, type Served } from "./sessions.ts";

/** What the process may hold at any time: the engine with what it has loaded, and a few times the readers' budget. */
const MOST_MEGABYTES = 700;

/** Fuzzes all readers, or the one that is named. */
export const fuzz = (count: number, seed: number, only = ""): Promise<readonly Failure[]> =>
  inSessions(import.meta.url, { count, seed, only });

/** Why a thrown value is no sentence that a person can use; undefined where it is. */
function unfit(error: unknown, file: string | undefined): string | undefined {
  if (!(error instanceof Error)) return `it throws ${String(error)}`;
  const { message } = error;
  if (/^ODD SHAPE/.test(message)) return message;
  if (error instanceof TypeError || RAW.test(message)) return `raw: ${error.name}: ${message}`;
  const folder = file?.replace(/\/[^/]*$/, "") ?? "";
  if (
    file !== undefined && !message.includes(file) && !MEANT.test(message) &&
    !message.includes(folder)
  ) {
    return `no file: ${message}`;
  }
  return message.length > 600 ? `long: ${message.slice(0, 100)}` : undefined;
}

/** What is wrong with all samples together, not with a file. */
const MEANT = /^Cannot (?:train|place|learn|take|use|find a sample|leave)/;

/** Whose attacks must all be refused; of Parquet some changes are none. */
const REFUSED = new Set(["png", "jpeg", "npz", "npy", "idx", "csv", "jsonl"]);

function served(reader: Reader): Served {
  const made = attacks(reader.name, reader.sound);
  return {
    name: reader.name,
    cases: (count) => made.length + count,
    async run(number, seed) {
      const bytes = number === 0 ? reader.sound : made[number - 1] ?? mutated(reader.sound, seed);
      const summed = number > made.length && reader.resum !== undefined && number % 4 > 0
        ? reader.resum(bytes)
        : bytes;
      try {
        await reader.read(summed);
        const attacked = number > 0 && number <= made.length && REFUSED.has(reader.name);
        return attacked ? "it is read" : undefined;
      } catch (error) {
        return number === 0 ? `unread: ${error}` : unfit(error, reader.file);
      }
    },
  };
}

if (import.meta.main) await serve((await readers()).map(served), MOST_MEGABYTES);
