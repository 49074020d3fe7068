// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * What a queue costs. First a sweep of 8 points on two workers of one kernel thread each, beside two processes that do
 * four points each, in turn, so that both meet the same load: `ratio` is the speed on the queue beside that of the
 * processes. Then 20,000 steps that do nothing, for 64 workers in a process of their own: what each costs the process
 * that asks, and how much memory that holds after a quarter and at the end. Prints JSON lines; arguments say how many
 * rounds, and how many steps.
 */
import { started } from "../faults/queue_processes.ts";
import { queueWorld } from "../engine/run/queue/world.ts";
import { redisServer } from "../engine/run/queue/redis.ts";
import { median } from "./median.ts";
import { emptySteps } from "./queue_steps.ts";

const [ROUNDS, STEPS] = [Number(Deno.args[0] ?? 3), Number(Deno.args[1] ?? 20_000)];
const rates = [0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007, 0.008];
const rounded = (value: number) => Math.round(1000 * value) / 1000;

/** The sweep over some rates; each round has a seed of its own, so that nothing is recalled but the data. */
function recipe(over: readonly number[], seed: number): string {
  return `decant: 1
name: rates
seed: ${seed}
variables: { rate: 0.01 }
data: { use: digits, limit: 1000 }
model: { use: lenet5, train: { epochs: 2, optimizer: { use: adam, learning_rate: $rate } } }
sweep: { over: { rate: [${over.join(", ")}] } }
`;
}

async function besideProcesses(): Promise<void> {
  await using world = await queueWorld();
  const { folder, redis, server } = world;
  const place = { cwd: folder, config: `${folder}/config` };
  const run = async (name: string, text: string, cache: string, words: readonly string[] = []) => {
    await Deno.writeTextFile(`${folder}/${name}.yaml`, text);
    const where = ["--threads", "1", "--quiet", "--cache", cache, "--out", `out-${name}`];
    const child = started("mod.ts", ["run", `${name}.yaml`, ...where, ...words], place);
    if (!(await child.status).success) throw new Error(child.lines.join("\n"));
  };
  const stack = new AsyncDisposableStack();
  await using _workers = stack;
  for (const name of ["one", "two"]) {
    const words = [redis.url, server.address, `${folder}/${name}`, name];
    await stack.use(started("tests/faults/queue_worker.ts", words, place)).said(/^ready/);
  }
  const [queue, processes]: [number[], number[]] = [[], []];
  const loads: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    loads.push(Deno.loadavg()[0]!);
    const shared = ["--queue", redis.url, "--store", server.address];
    queue.push(
      await seconds(() => run(`whole${round}`, recipe(rates, round), "asking", shared)),
    );
    processes.push(
      await seconds(() =>
        Promise.all(
          [0, 4].map((at) =>
            run(`half${at}-${round}`, recipe(rates.slice(at, at + 4), round), `alone${at}`)
          ),
        )
      ),
    );
  }
  console.log(JSON.stringify({
    bench: "8 points on 2 workers",
    unit: "s",
    queue: rounded(median(queue)),
    processes: rounded(median(processes)),
    ratio: rounded(median(processes) / median(queue)),
    rounds: queue.map((each, at) => [rounded(each), rounded(processes[at]!)]),
    load: loads.map(rounded),
  }));
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

if (redisServer === undefined) throw new Error("redis-server is not installed");
if (ROUNDS > 0) await besideProcesses();
if (STEPS > 0) console.log(JSON.stringify(await emptySteps(STEPS)));
