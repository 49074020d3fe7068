/** Values that a notebook shows, of one recipe that tries to be markup. */
import type { RunListener } from "../../../engine/run/event.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { recipe } from "../../../mod.ts";

const EVIL = `<script>alert(1)</script> [here](javascript:alert(2)) \x1b[2J`;

/** A recipe with markup in all it says. */
export const flowers = recipe({
  name: "flowers",
  description: EVIL,
  data: { use: "iris", classes: ["<b>", "[x](y)", "c"] },
  model: {
    use: "mlp",
    hidden: [6],
    train: { epochs: 3, optimizer: { use: "adam", learning_rate: 0.05 } },
  },
  quantize: { scheme: "int8", calibrate: { use: "minmax", samples: 32 } },
  evaluate: { metrics: ["accuracy", "recall"] },
});

const cache = memoryStore();
const settings = { cache, threads: 1 } as const;
/** Its plan. */
export const plan = await flowers.plan(settings);
/** The events of its run. */
export const events: Parameters<RunListener>[] = [];
/** Its run. */
export const run = await flowers.run({
  ...settings,
  onEvent: (...event) => void events.push(event),
});
const other = await flowers.run({ ...settings, set: { "quantize.scheme": "int4" } });

/** Everything that knows how to show itself, by name. */
export const shown = {
  recipe: flowers,
  plan,
  run,
  table: run.table,
  layers: run.model("result").layers,
  chart: run.chart("bytes", "accuracy"),
  comparison: run.compare(other),
};
