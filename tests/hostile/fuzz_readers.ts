/**
 * Seeded mutations of sound files through every reader. The readers run in a process of their own, which says before each
 * case which one it is at: what hangs is known, killed, and the rest goes on in another process.
 */
import { attacks } from "./attacks.ts";
import { readers } from "./readers.ts";

/** A case that must not be: it ran for ten seconds, took too much memory, or did not end in a sentence. */
export interface Failure {
  readonly reader: string;
  readonly number: number;
  readonly why: string;
}

/** What a case may take, killing included. */
const LIMIT_MS = 10_000;
/** What the process may hold at any time: the engine with what it has loaded, and a few times the readers' budget. */
const MOST_MEGABYTES = 700;

/** What no sentence for a person has in it. */
const RAW =
  /is not (?:a function|iterable|defined|a constructor)|\bundefined\b|NaN×|×NaN|\bNaN (?:bytes|values|samples|numbers)|Cannot (?:read prop|destructure|convert|set prop|mix)|internal:|Invalid (?:typed array|array|string|count|DataView|time)|call stack|out of bounds|outside the bounds|\[object |allocation failed/;

/** Fuzzes all readers, or the one that is named. */
export async function fuzz(count: number, seed: number, only = ""): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  let from = "0:0";
  while (from !== "") from = await session(count, seed, only, from, failures);
  return failures;
}

/** One process; where the next one has to begin, or nothing. */
async function session(
  count: number,
  seed: number,
  only: string,
  from: string,
  failures: Failure[],
): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--cached-only", new URL(import.meta.url).pathname],
      ...[String(count), String(seed), from, only],
    ],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let [place, name, hung] = [from, "the start", false];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watch = (limit: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      hung = true;
      child.kill("SIGKILL");
    }, limit);
  };
  watch(6 * LIMIT_MS);
  const errors = new Response(child.stderr).text();
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (text + chunk).split("\n");
    text = lines.pop()!;
    for (const line of lines) {
      const [word, at = "", reader = "", ...rest] = line.split(" ");
      if (word === "case") {
        [place, name] = [at, reader];
        watch(LIMIT_MS);
      } else if (word === "fail") {
        failures.push({ reader, number: numberOf(at), why: rest.join(" ") });
      }
    }
  }
  const { code } = await child.status;
  clearTimeout(timer);
  if (code === 0) return "";
  const why = hung ? "it hangs" : `the process ended: ${(await errors).slice(-300)}`;
  failures.push({ reader: name, number: numberOf(place), why });
  if (name === "the start") return "";
  const [reader, number] = place.split(":");
  return `${reader}:${Number(number) + 1}`;
}

const numberOf = (place: string): number => Number(place.split(":")[1]);

/** The mutations of one case, from its own stream of numbers. */
export function mutated(sound: Uint8Array, seed: number): Uint8Array {
  const draw = stream(seed);
  let bytes = sound;
  for (let left = 1 + draw(3); left > 0; left--) bytes = ways[draw(ways.length)]!(bytes, draw);
  return bytes;
}

type Draw = (below: number) => number;

/** Numbers that headers are wrong with. */
const NUMBERS = [0, 1, 3, 127, 128, 255, 256, 65535, 0x7fffffff, 0x80000000, 0xffffffff];
const WORDS = [
  "0",
  "-1",
  "0.5",
  "1e-300",
  "1e300",
  "2147483647",
  "4294967296",
  "99999999999999999999",
  "null",
]
  .concat(["true", "[]", "{}", '""', '"x"', "[[]]", "NaN", "1000000000"]);

const ways: readonly ((bytes: Uint8Array, draw: Draw) => Uint8Array)[] = [
  // A byte becomes another, or a bit of it.
  (bytes, draw) => changed(bytes, draw, (byte) => draw(2) === 0 ? draw(256) : byte ^ 1 << draw(8)),
  (bytes, draw) => changed(bytes, draw, (byte) => byte ^ 1 << draw(8)),
  // Cut off.
  (bytes, draw) => bytes.slice(0, draw(3) === 0 ? draw(bytes.length + 1) : bytes.length >> 1),
  // A stretch of zeros.
  (bytes, draw) => {
    const at = draw(bytes.length + 1);
    return bytes.slice().fill(0, at, at + 1 + draw(16));
  },
  // Bytes put in between.
  (bytes, draw) => {
    const at = draw(bytes.length + 1);
    const more = Array.from({ length: 1 + draw(8) }, () => draw(256));
    return Uint8Array.from([...bytes.subarray(0, at), ...more, ...bytes.subarray(at)]);
  },
  // A number in a header becomes another; headers are at the beginning, or at the end.
  (bytes, draw) => {
    const near = draw(2) === 0 ? draw(Math.min(64, bytes.length + 1)) : draw(bytes.length + 1);
    const at = draw(3) === 0 ? Math.max(0, bytes.length - near) : near;
    const copy = bytes.slice();
    const size = [1, 2, 4][draw(3)]!;
    const number = NUMBERS[draw(NUMBERS.length)]!;
    const little = draw(2) === 0;
    for (let i = 0; i < size && at + i < copy.length; i++) {
      copy[at + i] = number >>> 8 * (little ? i : size - 1 - i) & 255;
    }
    return copy;
  },
  // A number, a text or a truth value of a text becomes another.
  (bytes, draw) => {
    const text = new TextDecoder("latin1").decode(bytes);
    const found = [...text.matchAll(/-?\d+(?:\.\d+)?|"[^"\\]{0,40}"|true|false|null/g)];
    const one = found[draw(Math.max(1, found.length))];
    if (one === undefined) return bytes;
    const [before, after] = [text.slice(0, one.index), text.slice(one.index + one[0].length)];
    const all = `${before}${WORDS[draw(WORDS.length)]}${after}`;
    return Uint8Array.from(all, (character) => character.charCodeAt(0));
  },
];

function changed(bytes: Uint8Array, draw: Draw, change: (byte: number) => number): Uint8Array {
  const copy = bytes.slice();
  const at = draw(bytes.length);
  if (bytes.length > 0) copy[at] = change(copy[at]!);
  return copy;
}

/** Numbers below a limit (mulberry32). */
function stream(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = state + 0x6d2b79f5 >>> 0;
    let t = Math.imul(state ^ state >>> 15, state | 1);
    t ^= t + Math.imul(t ^ t >>> 7, t | 61);
    return Math.floor(((t ^ t >>> 14) >>> 0) / 4294967296 * below);
  };
}

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
const REFUSED = new Set(["png", "jpeg", "npz", "npy", "idx", "csv", "jsonl", "tfjs"]);

async function work(): Promise<void> {
  const [count, seed, from, only] = Deno.args as [string, string, string, string];
  const [first = 0, start = 0] = from.split(":").map(Number);
  const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  for (const [index, reader] of (await readers()).entries()) {
    if (index < first || only !== "" && reader.name !== only) continue;
    const made = attacks(reader.name, reader.sound);
    for (let number = index === first ? start : 0; number < made.length + Number(count); number++) {
      say(`case ${index}:${number} ${reader.name}`);
      const bytes = number === 0 ? reader.sound : made[number - 1] ??
        mutated(reader.sound, Number(seed) * 1_000_003 + index * 100_003 + number);
      const summed = number > made.length && reader.resum !== undefined && number % 4 > 0
        ? reader.resum(bytes)
        : bytes;
      const fail = (why: string) =>
        say(`fail ${index}:${number} ${reader.name} ${why.replace(/\s+/g, " ").slice(0, 400)}`);
      try {
        await reader.read(summed);
        if (number > 0 && number <= made.length && REFUSED.has(reader.name)) fail("it is read");
      } catch (error) {
        const why = number === 0 ? `unread: ${error}` : unfit(error, reader.file);
        if (why !== undefined) fail(why);
      }
      const peak = peakMegabytes();
      if (peak > MOST_MEGABYTES) {
        fail(`memory: ${peak} MB`);
        // The mark does not go down again: the next case has a process of its own.
        Deno.exit(3);
      }
    }
  }
}

/** The most that the process has ever held, where the system says it. */
function peakMegabytes(): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync("/proc/self/status")) ?? [];
    return Math.round(Number(kilobytes) / 1024);
  } catch {
    return Math.round(Deno.memoryUsage().rss / 1e6);
  }
}

if (import.meta.main) await work();
