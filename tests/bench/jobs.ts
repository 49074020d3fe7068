// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * A sweep of 8 points with one kernel thread each, two at a time in one process, beside two processes that do four
 * points each at the same time. In turn, so that both meet the same load. Prints a JSON line: median seconds of both,
 * `ratio` the speed of the one process beside that of the two, and the load of the machine meanwhile.
 * An argument says how many rounds.
 */
import { median } from "./median.ts";

const mod = new URL("../../mod.ts", import.meta.url).pathname;
const folder = await Deno.makeTempDir();
const rates = [0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007, 0.008];
const ROUNDS = Number(Deno.args[0] ?? 3);

/** The sweep over some rates. */
function recipe(over: readonly number[]): string {
  return `decant: 1
name: rates
variables: { rate: 0.01 }
data: { use: digits, limit: 1000 }
model: { use: lenet5, train: { epochs: 2, optimizer: { use: adam, learning_rate: $rate } } }
sweep: { over: { rate: [${over.join(", ")}] } }
`;
}

try {
  const halves = [rates.slice(0, 4), rates.slice(4)];
  await Deno.writeTextFile(`${folder}/whole.yaml`, recipe(rates));
  for (const [at, half] of halves.entries()) {
    await Deno.writeTextFile(`${folder}/half${at}.yaml`, recipe(half));
  }
  const [one, two]: [number[], number[]] = [[], []];
  const loads: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    loads.push(Deno.loadavg()[0]!);
    one.push(await seconds(() => run("whole.yaml", `one${round}`, ["--jobs", "2"])));
    two.push(
      await seconds(() =>
        Promise.all(halves.map((_half, at) => run(`half${at}.yaml`, `two${round}-${at}`)))
      ),
    );
  }
  const [jobs, processes] = [median(one), median(two)];
  const rounded = (value: number) => Math.round(1000 * value) / 1000;
  console.log(JSON.stringify({
    bench: "8 points, 2 at a time",
    unit: "s",
    jobs: rounded(jobs),
    processes: rounded(processes),
    ratio: rounded(processes / jobs),
    rounds: one.map((each, at) => [rounded(each), rounded(two[at]!)]),
    load: loads.map(rounded),
  }));
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function run(file: string, cache: string, words: readonly string[] = []): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", mod, "run", file, "--threads", "1", "--quiet"],
      ...["--cache", cache, "--out", `out-${cache}`, ...words],
    ],
    cwd: folder,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
