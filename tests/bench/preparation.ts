// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * What it costs to bring samples to a model: seconds of the processor that reading, decoding and dividing a data set take,
 * beside those of one epoch of a network on it. Prints a JSON line per network; `most` is the share of the epoch that
 * preparation may have. The first text-CNN is the small one of `recipes/text.yaml`, which takes a tenth of what the one in
 * its paper does; the package of mails has 6,046 modules, whose import alone is more than a tenth of that small epoch. Sets
 * of files are those in the folder that DECANT_TEST_DATA names, without which they are left out.
 * `deno run -A tests/bench/preparation.ts`
 */
import process from "node:process";
import { memoryStore, recipe } from "../../mod.ts";

const MOST = 0.1;

const folder = Deno.env.get("DECANT_TEST_DATA");

const files = folder === undefined ? [] : [
  {
    set: "Fashion-MNIST",
    network: "two convolutions",
    data: { from: `${folder}/fashion-mnist/`, format: "idx" },
    model: { use: "cnn", filters: [32, 64] },
  },
  {
    set: "cifar10-jpeg",
    network: "ResNet-8",
    data: { from: `${folder}/cifar10-jpeg/`, format: "cifar" },
    model: { use: "resnet", depth: 8 },
  },
];

const spam = { set: "spam", data: { use: "spam", text: { length: 128, vocabulary: 5000 } } };

const sets = [
  ...files,
  {
    ...spam,
    network: "the teacher of recipes/text.yaml",
    model: { use: "text-cnn", embedding: 64, filters: 32, dropout: 0.5 },
  },
  {
    ...spam,
    network: "text-CNN as published (Kim 2014, arXiv 1408.5882, section 3.1)",
    model: { use: "text-cnn", embedding: 300, filters: 100, dropout: 0.5 },
  },
];

/** Runs a network's line in a process of its own: what one has loaded, the next would find. */
async function inProcess(place: number): Promise<void> {
  const args = ["run", "-A", new URL(import.meta.url).pathname, `${place}`];
  const { success } = await new Deno.Command(Deno.execPath(), { args, stdout: "inherit" }).output();
  if (!success) throw new Error(`the line of ${sets[place]!.set} failed`);
}

/** Prints the line of one network. */
async function measured({ set, network, data, model }: typeof sets[number]): Promise<void> {
  const began = new Map<string, number>();
  const took = new Map<string, number>();
  const now = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const run = await recipe({
    decant: 1,
    name: "preparation",
    data,
    model: { ...model, train: { epochs: 1 } },
  } as never).run({
    cache: memoryStore(),
    until: "model",
    onEvent(event) {
      if (event.type === "started") began.set(event.step, now());
      if (event.type === "ran") took.set(event.step, now() - began.get(event.step)!);
    },
  });
  if (!run.ok) throw new Error(JSON.stringify(run.problems));
  const [preparation, epoch] = [took.get("data")!, took.get("model")!];
  const rounded = (value: number) => Math.round(value * 1000) / 1000;
  console.log(JSON.stringify({
    ...{ bench: "preparation of data beside an epoch", set, network, unit: "s of the processor" },
    ...{ preparation: rounded(preparation), epoch: rounded(epoch) },
    ...{ share: rounded(preparation / epoch), most: MOST },
  }));
}

const [place] = Deno.args;
if (place !== undefined) await measured(sets[Number(place)]!);
else for (const place of sets.keys()) await inProcess(place);
