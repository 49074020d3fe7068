// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * The tensor room beside its peers on the same work, in turn: ours, PyTorch, ours, PyTorch …; one JSON line per
 * workload with the medians of both and the median of the ratios of neighbours. Stock tfjs on its CPU backend is
 * measured once for the two workloads that end within a minute there.
 *
 *     deno task bench:peers [--threads N] [--kernels KIND] [--rounds N] [--clock processor] [workload…]
 *
 * PyTorch runs `torch_train.py` of the folder DECANT_PEERS (default ../shared/peers), or `torch_lstm.py` of this one, in
 * the Python of DECANT_PYTHON (default /usr/bin/python3, where Debian's python3-torch is); where one is missing the
 * line says so. By the processor's clock, of all threads together, a busy machine disturbs less.
 */
import { parseArgs } from "node:util";
import { median } from "./median.ts";

interface Rates {
  readonly train: number;
  readonly infer: number;
}

const { values, positionals } = parseArgs({
  args: Deno.args,
  options: {
    threads: { type: "string", default: "1" },
    rounds: { type: "string", default: "3" },
    kernels: { type: "string", default: "auto" },
    clock: { type: "string", default: "wall" },
  },
  allowPositionals: true,
});
const root = new URL("../../", import.meta.url).pathname;
const peers = Deno.env.get("DECANT_PEERS") ?? `${root}../shared/peers`;
const python = Deno.env.get("DECANT_PYTHON") ?? "/usr/bin/python3";
const all = ["mlp1200", "cnn", "resnet14", "mobilenet", "encoder", "lstm"];
const stock = ["mlp1200", "cnn"];

/** Runs a script with another clock in place of the wall's. */
const BY_PROCESSOR = `
import runpy, sys, time
time.perf_counter = time.process_time
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")`;

const option = (name: string): string[] => [`--${name}`, values[name as "clock"]];

for (const workload of positionals.length > 0 ? positionals : all) {
  const ours: Rates[] = [];
  const theirs: Rates[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    ours.push(
      await deno("tensor.ts", ...["threads", "kernels", "clock"].flatMap(option), workload),
    );
    const rates = await torch(workload);
    if (rates !== undefined) theirs.push(rates);
  }
  const line: Record<string, unknown> = { workload, threads: Number(values.threads) };
  line.kernels = values.kernels;
  line.ours = middle(ours);
  line.torch = theirs.length === 0 ? "not found" : middle(theirs);
  if (theirs.length > 0) {
    line.ratio = middle(theirs.map(({ train, infer }, i) => ({
      train: ours[i]!.train / train,
      infer: ours[i]!.infer / infer,
    })));
  }
  if (stock.includes(workload)) {
    const slow = await deno("stock_tfjs.ts", workload);
    line.stock = slow;
    line.overStock = round2(middle(ours).train / slow.train);
  }
  console.log(JSON.stringify(line));
}

function middle(rates: readonly Rates[]): Rates {
  return {
    train: round2(median(rates.map(({ train }) => train))),
    infer: round2(median(rates.map(({ infer }) => infer))),
  };
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

async function deno(script: string, ...words: readonly string[]): Promise<Rates> {
  const path = new URL(script, import.meta.url).pathname;
  return rates(await output(Deno.execPath(), ["run", "-A", path, ...words], {}));
}

async function torch(workload: string): Promise<Rates | undefined> {
  const script = workload === "lstm"
    ? new URL("torch_lstm.py", import.meta.url).pathname
    : `${peers}/torch_train.py`;
  const clock = values.clock === "processor" ? ["-c", BY_PROCESSOR] : [];
  try {
    const threads = { OMP_NUM_THREADS: values.threads, OPENBLAS_NUM_THREADS: values.threads };
    return rates(await output(python, [...clock, script, values.threads, workload], threads));
  } catch {
    return undefined;
  }
}

function rates(line: string): Rates {
  const { train_items_per_s: train, infer_items_per_s: infer } = JSON.parse(line);
  return { train, infer };
}

async function output(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<string> {
  const run = await new Deno.Command(command, { args: [...args], env }).output();
  if (!run.success) throw new Error(new TextDecoder().decode(run.stderr));
  return new TextDecoder().decode(run.stdout);
}
