/** The recipe of digits.yaml as a TypeScript value: `deno run -A recipes/digits.ts`. Both have the same keys. */
import { main, type Recipe, recipe } from "../mod.ts";

const cosine = (start: number) => ({
  use: "adam" as const,
  learning_rate: { use: "cosine" as const, start, end: 0 },
});

const digits: Recipe = recipe(import.meta, {
  name: "digits",
  description: "A CNN teaches a small MobileNet to read digits; half its channels go, int8 stays.",
  data: "digits",
  teacher: {
    use: "cnn",
    filters: [32, 64],
    dense: [128],
    train: { epochs: 12, optimizer: cosine(0.002), augment: [{ use: "shift", pixels: 2 }] },
  },
  student: { use: "mobilenet-v1", depth: 6, width: 0.5 },
  distill: { epochs: 8, optimizer: cosine(0.004) },
  prune: {
    granularity: "channel",
    ratio: 0.5,
    finetune: { epochs: 12, optimizer: cosine(0.004) },
  },
  quantize: { scheme: "int8" },
  export: "tfjs",
  expect: [
    "teacher.accuracy >= 98 %",
    "result.accuracy >= teacher.accuracy - 1 point",
    "result.bytes <= teacher.bytes / 20",
  ],
});

export default digits;
if (import.meta.main) await main(digits);
