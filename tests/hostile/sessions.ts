/**
 * Cases in a process of their own, which says before each case which one it is at: what hangs is known, killed, and the
 * rest goes on in another process.
 */

/** A case that must not be: it ran for ten seconds, took too much memory, or did not end in a sentence. */
export interface Failure {
  readonly reader: string;
  readonly number: number;
  readonly why: string;
}

/** What a case may take of a processor; where the system does not say how much that is, of time. */
const LIMIT_MS = 10_000;
/** What it may take however little it is let work. */
const LONGEST_MS = 20 * LIMIT_MS;

/** Which cases: so many damaged files of each reader, or of the one that is named, of a seed. */
export interface Cases {
  readonly count: number;
  readonly seed: number;
  readonly only?: string;
}

/** Runs a module's cases; it calls `serve`. */
export async function inSessions(module: string, cases: Cases): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  let from = "0:0";
  while (from !== "") from = await session(module, cases, from, failures);
  return failures;
}

/** One process; where the next one has to begin, or nothing. */
async function session(
  module: string,
  { count, seed, only = "" }: Cases,
  from: string,
  failures: Failure[],
): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--cached-only", new URL(module).pathname],
      ...[String(count), String(seed), from, only],
    ],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let [place, name, hung] = [from, "the start", false];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watch = (limit: number) => {
    clearTimeout(timer);
    const [worked, since] = [workedMs(child.pid), performance.now()];
    const look = () => {
      const left = limit - (workedMs(child.pid) - worked);
      if (left > 0 && performance.now() - since < LONGEST_MS) {
        timer = setTimeout(look, Math.max(left, 100));
        return;
      }
      hung = true;
      child.kill("SIGKILL");
    };
    timer = setTimeout(look, limit);
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
  if (hung || code !== FULL) failures.push({ reader: name, number: numberOf(place), why });
  if (name === "the start") return "";
  const [reader, number] = place.split(":");
  return `${reader}:${Number(number) + 1}`;
}

/** Milliseconds for which a process has had a processor; where the system does not say it, those that have passed. */
function workedMs(pid: number): number {
  try {
    // Behind the name, which may hold anything but a last bracket: the 12th and 13th fields, in hundredths of a second.
    const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ");
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return performance.now();
  }
}

const numberOf = (place: string): number => Number(place.split(":")[1]);

/** How a process ends that took too much memory: its mark does not go down again. */
const FULL = 3;

/** A reader's cases, from 0 on. */
export interface Served {
  /** Without blanks. */
  readonly name: string;
  /** How many there are where so many damaged files are asked for. */
  cases(count: number): number;
  /** Performs one; says what is wrong. */
  run(number: number, seed: number): Promise<string | undefined>;
}

/** In the process: performs the cases, and says at which it is and what failed. */
export async function serve(readers: readonly Served[], mostMegabytes: number): Promise<void> {
  const [count, seed, from, only] = Deno.args as [string, string, string, string];
  const [first = 0, start = 0] = from.split(":").map(Number);
  const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  for (const [index, reader] of readers.entries()) {
    if (index < first || only !== "" && reader.name !== only) continue;
    const cases = reader.cases(Number(count));
    for (let number = index === first ? start : 0; number < cases; number++) {
      say(`case ${index}:${number} ${reader.name}`);
      const fail = (why: string) =>
        say(`fail ${index}:${number} ${reader.name} ${why.replace(/\s+/g, " ").slice(0, 400)}`);
      const why = await reader.run(number, Number(seed) * 1_000_003 + index * 100_003 + number);
      if (why !== undefined) fail(why);
      const peak = peakMegabytes();
      if (peak > mostMegabytes) {
        fail(`memory: ${peak} MB`);
        Deno.exit(FULL);
      }
    }
  }
}

/** The most that the process has held, where the system says it. */
export function peakMegabytes(): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync("/proc/self/status")) ?? [];
    return Math.round(Number(kilobytes) / 1024);
  } catch {
    return Math.round(Deno.memoryUsage().rss / 1e6);
  }
}
