/**
 * Seeded damage of model files through every reader: bits and lengths, and what is meant. Each ends in a finite model or in a
 * sentence that names the file, and takes memory in proportion to the files' real size.
 */
import { blind, type Draw, oneOf, stream } from "../damage.ts";
import { type Cases, type Failure, inSessions, serve, type Served } from "../sessions.ts";
import { countAllocations, taken } from "./allocated.ts";
import { unfitError, unfitModel, unfitText } from "./unfit.ts";
import { readSound } from "./read_sound.ts";
import { type Files, type ModelReader, modelReaders, type Sound, TIMES } from "./table.ts";
import { attacks } from "./attacks.ts";

/** Arrays that a reader may allocate for no file at all, in bytes. */
const BESIDE = 1 << 20;
/** By how much the process may grow in one case, in megabytes: what V8 collects only when it must, and the arrays. */
const GROWTH = 160;
/** What the process may hold at any time: the engine with what it has loaded, and what one case may take. */
const MOST_MEGABYTES = 900;

/** The step that reads texts: its sentences are RangeErrors. */
const BARE: ReadonlySet<ModelReader["through"]> = new Set(["tokenizer"]);

/** Damages so many files of each reader, or of the one that is named. */
export const fuzzModels = (cases: Cases): Promise<readonly Failure[]> =>
  inSessions(import.meta.url, cases);

/** The files of a case, one to three times damaged; each time a file of them, which may also be missing or another. */
function damaged({ ways }: ModelReader, { files }: Sound, draw: Draw): Files {
  const names = Object.keys(files);
  let result = files;
  for (let left = 1 + draw(3); left > 0; left--) {
    const name = oneOf(names, draw);
    const bytes = result[name];
    if (bytes === undefined) continue;
    if (names.length > 1 && draw(20) === 0) {
      const { [name]: _left, ...others } = result;
      result = draw(2) === 0 ? others : { ...result, [name]: result[oneOf(names, draw)] ?? bytes };
      continue;
    }
    const own = ways[name.replace(/^.*\./, "")] ?? [];
    const way = own.length === 0 || draw(4) === 0 ? blind : oneOf(own, draw);
    result = { ...result, [name]: way(bytes, draw) };
  }
  return result;
}

const sizeOf = (files: Files): number =>
  Object.values(files).reduce((sum, { length }) => sum + length, 0);

/** What a case is, and what may become of it: sound files are read, those made to do harm are not. */
interface Case {
  readonly sound: Sound;
  readonly files: Files;
  readonly must?: "read" | "refuse";
}

/** Performs a case; why what comes of it is not as it should be. */
async function tried(reader: ModelReader, { sound, files, must }: Case) {
  let [read, thrown]: [Awaited<ReturnType<typeof readSound>> | undefined, unknown] = [
    undefined,
    undefined,
  ];
  const { allocated, grown } = await taken(async () => {
    try {
      read = await readSound(sound, files, reader.through);
    } catch (error) {
      thrown = error;
    }
  });
  const why = read === undefined ? refusalWrong(reader, sound, thrown) : readWrong(read);
  if (why !== undefined) return why;
  if (must !== undefined && (read === undefined) === (must === "read")) {
    return read === undefined ? `unread: ${thrown}` : "it is read";
  }
  const most = (reader.beside ?? BESIDE) + (reader.times ?? TIMES) * sizeOf(files);
  if (allocated > most) {
    return `memory: arrays of ${allocated} bytes, ${sizeOf(files)} in the files`;
  }
  return grown > GROWTH ? `memory: ${grown} MB more` : undefined;
}

const refusalWrong = ({ through }: ModelReader, sound: Sound, thrown: unknown) =>
  BARE.has(through) && thrown instanceof RangeError
    ? unfitText(thrown.message)
    : unfitError(thrown, namesOf(sound));

const readWrong = ({ model, warnings }: Awaited<ReturnType<typeof readSound>>) =>
  (model && unfitModel(model)) ??
    warnings.map((warning) => unfitText(warning)).find((why) => why !== undefined);

/** Names by which a sentence may mean the files. */
const namesOf = ({ from, files }: Sound): readonly string[] => [
  from,
  ...Object.keys(files).map((path) => path.replace(/^.*\//, "")),
];

/** The cases of a reader: the sound files first, then those made to do harm, then damaged ones, each of a seed. */
export function casesOf(reader: ModelReader) {
  const { name, sounds } = reader;
  const known: readonly Case[] = [
    ...sounds.map((sound) => ({ sound, files: sound.files, must: "read" as const })),
    ...attacks(name).map(({ harmless, ...sound }) => ({
      ...{ sound, files: sound.files },
      ...harmless ? {} : { must: "refuse" as const },
    })),
  ];
  const at = (number: number, seed: number): Case => {
    const sound = sounds[number % sounds.length]!;
    return known[number] ?? { sound, files: damaged(reader, sound, stream(seed)) };
  };
  return { known: known.length, at };
}

function served(reader: ModelReader): Served {
  const { known, at } = casesOf(reader);
  return {
    name: reader.name,
    cases: (count) => known + count,
    run: (number, seed) => tried(reader, at(number, seed)),
  };
}

if (import.meta.main) {
  countAllocations();
  await serve(modelReaders.map(served), MOST_MEGABYTES);
}
