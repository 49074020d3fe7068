// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * What robustness costs, as JSON lines: the seconds that a run needs after another was killed in its training, beside
 * those of a run that nobody killed; the seconds of `check` by unknown keys; the peak memory of reading a CSV by its size.
 */
import { repeated } from "../hostile/documents.ts";
import { median } from "./median.ts";

const mod = new URL("../../mod.ts", import.meta.url).pathname;
const folder = await Deno.makeTempDir();

const RECIPE = `decant: 1
name: killed
data: { use: digits, limit: 2000 }
model: { use: lenet5, train: { epochs: 4 } }
`;

try {
  await recovery();
  await keys();
  await memory();
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Kills at a third and at two thirds of a training, five rounds in turn with whole runs. */
async function recovery(): Promise<void> {
  const recipe = `${folder}/killed.yaml`;
  await Deno.writeTextFile(recipe, RECIPE);
  const start = (cache: string) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", mod, "run", recipe, "--cache", cache, "--out", `${cache}-out`, "--quiet"],
      stdout: "null",
      stderr: "null",
    }).spawn();
  const seconds: Record<string, number[]> = { whole: [], killed: [], after: [] };
  for (let round = 0; round < 5; round++) {
    const whole = await timed(() => start(`${folder}/whole${round}`).status);
    seconds.whole!.push(whole);
    const child = start(`${folder}/killed${round}`);
    const share = round % 2 === 0 ? 1 / 3 : 2 / 3;
    await new Promise((resolve) => setTimeout(resolve, 1000 * whole * share));
    child.kill("SIGKILL");
    await child.status;
    seconds.killed!.push(whole * share);
    seconds.after!.push(await timed(() => start(`${folder}/killed${round}`).status));
  }
  print("recovery after a kill", "s", seconds);
}

async function keys(): Promise<void> {
  for (const count of [0, 2_000, 5_000, 20_000]) {
    const path = `${folder}/keys.yaml`;
    await Deno.writeTextFile(path, repeated["unknown fields"]!(count));
    const check = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", mod, "check", path],
      stdout: "null",
      stderr: "null",
    });
    const times: number[] = [];
    for (let round = 0; round < 3; round++) times.push(await timed(() => check.output()));
    print(`check of ${count} unknown keys`, "s", { check: times });
  }
}

async function memory(): Promise<void> {
  for (const megabytes of [1, 10, 100]) {
    const path = `${folder}/rows.csv`;
    const row = `${Array.from({ length: 9 }, (_, i) => `${i}.25`).join(",")},a\n`;
    const rows = Math.round(megabytes * 1e6 / row.length);
    const other = row.replace(",a\n", ",b\n");
    await Deno.writeTextFile(path, `${row}${other}`.repeat(rows >> 1));
    const script = `
      import { recipe } from ${JSON.stringify(mod)};
      const run = await recipe({
        name: "rows",
        data: { from: ${JSON.stringify(path)} },
        model: { use: "mlp", hidden: [8], train: { epochs: 1 } },
      }).run({ cache: ${JSON.stringify(`${folder}/rows${megabytes}`)}, until: "data" });
      if (run.ending !== "done") throw new Error(JSON.stringify(run.problems));
      console.log(/VmHWM:\\s+(\\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))[1]);
    `;
    await Deno.writeTextFile(`${folder}/rows.ts`, script);
    const { stdout, success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", `${folder}/rows.ts`],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const peak = Number(new TextDecoder().decode(stdout).trim().split("\n").at(-1)) / 1000;
    console.log(JSON.stringify({
      bench: `memory of a CSV of ${megabytes} MB`,
      unit: "MB",
      peak: Math.round(peak),
    }));
  }
}

async function timed(body: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await body();
  return (performance.now() - began) / 1000;
}

function print(bench: string, unit: string, figures: Readonly<Record<string, number[]>>): void {
  const medians = Object.entries(figures).map(([name, values]) => [
    name,
    Math.round(1000 * median(values)) / 1000,
  ]);
  console.log(JSON.stringify({ bench, unit, ...Object.fromEntries(medians) }));
}
