/**
 * Mutation testing: makes small mistakes in the sources, one at a time, in a copy of the tree, and asks the tests near
 * each whether they see it. Prints those that no test saw, and the share of those seen, room by room.
 *
 *     deno task mutants --seed 1 --count 120
 *     deno task mutants --room graph --count 10
 *     deno task mutants --again out/mutants-1.json
 *
 * `--seed N` (1): what is drawn. `--count N` (120): how many in all, the rooms alike. `--room NAME`: of this room
 * alone, as often as wanted. `--seconds N` (60): for the tests of one. `--keep FILE` (out/mutants-SEED.json): what is
 * known is written here after each, and taken from here when the command is given again. `--again FILE`: asks again
 * about those that survived, wherever they stand by now. `--list`: draws and prints, and asks nothing.
 */
import { dirname } from "node:path";
import { copyTree } from "../architecture/adding/patch.ts";
import { loadTypeScript } from "../deps.ts";
import { ask, type Copy } from "./mutants/ask.ts";
import { type Asked, equivalentBecause, keep, kept, keyOf, summary } from "./mutants/kept.ts";
import { runtimeImports } from "./mutants/near.ts";
import { drawn, rooms } from "./mutants/rooms.ts";
import { type Mutant, mutantsOf, mutated } from "./mutants/sites.ts";
import { openTypes, type TypeTest } from "./mutants/types.ts";

const print = (text: string): void =>
  void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

interface Options {
  readonly seed: number;
  readonly count: number;
  readonly rooms: readonly string[];
  readonly seconds: number;
  readonly keep: string;
  readonly again: string | undefined;
  readonly list: boolean;
}

/** The tree that mutants are made of. */
interface Tree extends Copy {
  readonly texts: ReadonlyMap<string, string>;
  readonly mutants: (path: string) => readonly Mutant[];
}

function optionsOf(words: readonly string[]): Options {
  const given = (name: string): readonly string[] =>
    words.flatMap((word, index) => word === `--${name}` ? [words[index + 1] ?? ""] : []);
  const number = (name: string, usual: number): number => {
    const value = Number(given(name).at(-1) ?? usual);
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`--${name} is a whole number`);
    return value;
  };
  const seed = number("seed", 1);
  const chosen = given("room");
  const unknown = chosen.find((room) => !(room in rooms));
  if (unknown !== undefined) {
    throw new RangeError(`no room "${unknown}": one of ${Object.keys(rooms).join(" ")}`);
  }
  return {
    seed,
    count: number("count", 120),
    rooms: chosen.length > 0 ? chosen : Object.keys(rooms),
    seconds: number("seconds", 60),
    keep: given("keep").at(-1) ?? `out/mutants-${seed}.json`,
    again: given("again").at(-1),
    list: words.includes("--list"),
  };
}

/** Copies the tree: what is edited while the command runs changes nothing of it. */
async function openTree(folder: string, seconds: number): Promise<Tree> {
  await copyTree(folder);
  await Deno.mkdir(`${folder}/tmp`);
  const imports = await runtimeImports(folder);
  const texts = new Map<string, string>();
  for (const path of imports.keys()) {
    const ours = Object.values(rooms).some((pattern) => pattern.test(path));
    if (ours) texts.set(path, await Deno.readTextFile(`${folder}/${path}`));
  }
  const ts = await loadTypeScript();
  const mutants = (path: string) => mutantsOf(ts, path, texts.get(path)!);
  return { folder, imports, seconds, sound: new Map(), texts, mutants };
}

/** What is drawn of a room: those whose types are right, equivalent ones left out of the number. */
function* drawnOf(room: string, seed: number, tree: Tree, typed: TypeTest): Generator<Mutant> {
  const paths = [...tree.texts.keys()].filter((path) => rooms[room]!.test(path)).sort();
  for (const mutant of drawn(room, paths.flatMap(tree.mutants), seed)) {
    if (typed(mutant.path, mutated(tree.texts.get(mutant.path)!, mutant))) yield mutant;
  }
}

/** Asks about as many mutants of a room as are wanted, and calls `told` after each. */
async function askRoom(
  room: string,
  wanted: number,
  mutants: Iterable<Mutant>,
  known: ReadonlyMap<string, Asked>,
  askOne: (mutant: Mutant) => Promise<Asked>,
): Promise<readonly Asked[]> {
  const found: Asked[] = [];
  let counted = 0;
  for (const mutant of mutants) {
    if (counted === wanted) break;
    const asked = known.get(keyOf(mutant)) ?? await askOne(mutant);
    found.push({ ...asked, room, mutant });
    const same = equivalentBecause(mutant) !== undefined;
    if (asked.fate.fate !== "refused" && !same) counted++;
  }
  return found;
}

/** Those that survived, as they stand in the tree now. */
function survivorsNow(before: readonly Asked[], tree: Tree): readonly Asked[] {
  const survived = before.filter(({ fate }) => fate.fate === "survived");
  const all = new Map(
    [...tree.texts.keys()].flatMap(tree.mutants).map((each) => [
      keyOf(each),
      each,
    ]),
  );
  return survived.flatMap((each) => {
    const mutant = all.get(keyOf(each.mutant));
    if (mutant === undefined) print(`gone: ${each.mutant.path}: ${each.mutant.before}`);
    return mutant === undefined ? [] : [{ ...each, mutant }];
  });
}

async function main(words: readonly string[]): Promise<void> {
  const options = optionsOf(words);
  const folder = await Deno.makeTempDir({ prefix: "decant-mutants-" });
  try {
    const tree = await openTree(folder, options.seconds);
    const askOne = async (room: string, mutant: Mutant): Promise<Asked> => {
      const begun = Date.now();
      const fate = await ask(mutant, tree);
      const took = ((Date.now() - begun) / 1000).toFixed(0);
      print(`${room} ${mutant.path}:${mutant.line} ${mutant.kind}: ${fate.fate} (${took} s)`);
      return { room, mutant, fate };
    };
    if (options.again !== undefined) return await again(options.again, tree, askOne);
    await drawAndAsk(options, tree, askOne);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function again(
  file: string,
  tree: Tree,
  askOne: (room: string, mutant: Mutant) => Promise<Asked>,
): Promise<void> {
  const found: Asked[] = [];
  for (const { room, mutant } of survivorsNow(await kept(file), tree)) {
    found.push(await askOne(room, mutant));
  }
  print(summary(found));
}

async function drawAndAsk(
  { seed, count, rooms: chosen, keep: file, list }: Options,
  tree: Tree,
  askOne: (room: string, mutant: Mutant) => Promise<Asked>,
): Promise<void> {
  const typed = await openTypes(tree.folder, [...tree.texts.keys()]);
  const before = await kept(file);
  const known = new Map(before.map((each) => [keyOf(each.mutant), each]));
  await Deno.mkdir(dirname(file), { recursive: true });
  const found: Asked[] = [];
  for (const [index, room] of chosen.entries()) {
    const wanted = Math.floor(count / chosen.length) + (index < count % chosen.length ? 1 : 0);
    const mutants = drawnOf(room, seed, tree, typed);
    const told = async (mutant: Mutant): Promise<Asked> => {
      if (list) return { room, mutant, fate: { fate: "survived", asked: 0, left: 0 } };
      const asked = await askOne(room, mutant);
      known.set(keyOf(mutant), asked);
      await keep(file, [...known.values()]);
      return asked;
    };
    found.push(...await askRoom(room, wanted, mutants, known, told));
  }
  print(summary(found));
  const unsound = [...tree.sound].filter(([, sound]) => !sound).map(([test]) => test);
  if (unsound.length > 0) print(`not asked, since they fail anyway: ${unsound.join(" ")}`);
}

if (import.meta.main) await main(Deno.args);
