// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * What a queue costs. First `frontier.yaml`, cut small, on one and on two workers of one kernel thread each, with Redis and
 * nginx, beside two processes that do half of it each, in turn, so that all meet the same load: `ratio` is the speed of two
 * workers beside that of the processes, `speedup` that of two beside one; all compute by WebAssembly. Then 20,000 steps
 * that do nothing, for 64 workers in a process of their own: what each costs the process that asks, and how much that holds after each quarter. Prints JSON
 * lines; arguments say how many rounds, and how many steps.
 */
import { started } from "../faults/queue_processes.ts";
import { queueWorld } from "../engine/run/queue/world.ts";
import { redisServer } from "../engine/run/queue/redis.ts";
import { environment } from "../../engine/run/host.ts";
import { nginx, startNginx } from "../engine/store/shared/nginx.ts";
import { median } from "./median.ts";
import { emptySteps } from "./queue_steps.ts";

const [ROUNDS, STEPS] = [Number(Deno.args[0] ?? 3), Number(Deno.args[1] ?? 20_000)];
const rounded = (value: number) => Math.round(1000 * value) / 1000;

const written = await Deno.readTextFile(new URL("../../recipes/frontier.yaml", import.meta.url));

/** The frontier of some seeds, cut small; each round has seeds of its own, so that nothing is recalled but the data. */
function recipe(seeds: readonly number[]): string {
  const cuts = [
    [/^data: digits$/m, "data: { use: digits, limit: 2000 }"],
    [/epochs: 10/g, "epochs: 2"],
    [/ratio: \[.*\]/, "ratio: [0.5, 0.85]"],
    [/seed: \[.*\]/, `seed: [${seeds.join(", ")}]`],
    // So small it meets no claim.
    [/^expect:\n(?: {2}- .*\n)+/m, ""],
  ] as const;
  return cuts.reduce((text, [from, to]) => {
    const cut = text.replace(from, to);
    if (cut === text) throw new Error(`recipes/frontier.yaml has no ${from}`);
    return cut;
  }, written);
}

async function besideProcesses(): Promise<void> {
  await using world = await queueWorld();
  const { folder, redis } = world;
  const place = { cwd: folder, config: `${folder}/config` };
  const run = async (name: string, text: string, cache: string, words: readonly string[] = []) => {
    await Deno.writeTextFile(`${folder}/${name}.yaml`, text);
    const where = [
      "--threads",
      "1",
      "--kernels",
      "wasm",
      "--quiet",
      "--cache",
      cache,
      "--out",
      `out-${name}`,
    ];
    const child = started("mod.ts", ["run", `${name}.yaml`, ...where, ...words], place);
    if (!(await child.status).success) throw new Error(child.lines.join("\n"));
  };
  await using store = await startNginx();
  const worker = async (name: string) => {
    const words = [redis.url, store.address, `${folder}/${name}`, name];
    const child = started("tests/faults/queue_worker.ts", words, place);
    await child.said(/^ready/);
    return child;
  };
  const times: Record<"one" | "two" | "processes", number[]> = { one: [], two: [], processes: [] };
  const shared = ["--queue", redis.url, "--store", store.address];
  const loads: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    loads.push(rounded(Deno.loadavg()[0]!));
    const seeds = (of: number) => [6 * round + of, 6 * round + of + 1];
    await using _first = await worker(`first${round}`);
    const one = () => run(`one${round}`, recipe(seeds(1)), "asking", shared);
    times.one.push(await seconds(one));
    await using _second = await worker(`second${round}`);
    const two = () => run(`two${round}`, recipe(seeds(3)), "asking", shared);
    times.two.push(await seconds(two));
    await _first.kill();
    await _second.kill();
    const halves = () =>
      Promise.all(
        seeds(5).map((seed, at) => run(`half${at}-${round}`, recipe([seed]), `alone${at}`)),
      );
    times.processes.push(await seconds(halves));
  }
  const [one, two, processes] = [times.one, times.two, times.processes].map(median);
  console.log(JSON.stringify({
    bench: "frontier.yaml cut small, 8 points: one worker, two workers, two processes",
    unit: "s",
    processor: (await environment(1)).processor,
    ...{ one: rounded(one!), two: rounded(two!), processes: rounded(processes!) },
    ratio: rounded(processes! / two!),
    speedup: rounded(one! / two!),
    rounds: times.two.map((_, at) =>
      [times.one, times.two, times.processes].map((all) => rounded(all[at]!))
    ),
    load: loads,
  }));
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

for (const [name, there] of [["redis-server", redisServer], ["nginx", nginx]]) {
  if (there === undefined) throw new Error(`${name} is not installed`);
}
if (ROUNDS > 0) await besideProcesses();
if (STEPS > 0) console.log(JSON.stringify(await emptySteps(STEPS)));
