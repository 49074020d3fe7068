/** Random networks in which channels are coupled in every way that a layer can couple them. */
import type { Activation } from "../../../engine/tensor/mod.ts";
import type { Architecture, Layer } from "../../../ops/model/model.ts";
import { shapesOf } from "../../../ops/model/layers.ts";
import { fc } from "../../deps.ts";

const window = { strides: [1, 1], padding: "same", dilations: [1, 1] } as const;

/** One growth step: what is appended to the network, given what is there. */
type Growth =
  | { use: "conv"; filters: number; size: 1 | 3; from: number; activation: Activation }
  | { use: "depthwise"; multiplier: 1 | 2; from: number }
  | { use: "batchnorm" | "max-pool" | "average-pool" | "pad"; from: number }
  | { use: "add" | "concat"; from: number; with: number };

const from = fc.nat({ max: 20 });
const activation = fc.constantFrom<Activation[]>("linear", "relu", "relu6", "tanh");
const growth: fc.Arbitrary<Growth> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      use: fc.constant("conv" as const),
      filters: fc.integer({ min: 2, max: 5 }),
      size: fc.constantFrom(1 as const, 3 as const),
      from,
      activation,
    }),
  },
  fc.record({
    use: fc.constant("depthwise" as const),
    multiplier: fc.constantFrom(1 as const, 2 as const),
    from,
  }),
  fc.record({
    use: fc.constantFrom(
      "batchnorm" as const,
      "max-pool" as const,
      "average-pool" as const,
      "pad" as const,
    ),
    from,
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      use: fc.constantFrom("add" as const, "concat" as const),
      from,
      with: from,
    }),
  },
);
const ending = fc.constantFrom("flatten", "reshape", "pool", "both");

/** Networks over 4×4×2 images. */
export const networks: fc.Arbitrary<Architecture> = fc.record({
  growths: fc.array(growth, { minLength: 2, maxLength: 8 }),
  ending,
}).map(({ growths, ending }) => {
  const layers: Layer[] = [];
  const inputs = [{ name: "input", shape: [4, 4, 2] }];
  const architecture = (): Architecture => ({
    family: "random",
    inputs,
    layers,
    outputs: layers.slice(-1).map((layer) => layer.name),
    head: "none",
  });
  // Only what has the input's extents: others would find no partners.
  const names = () => ["input", ...layers.map((layer) => layer.name)].filter(isWhole);
  growths.forEach((growth, i) => {
    const shapes = shapesOf(architecture());
    const source = names()[names().length - 1 - growth.from % names().length]!;
    layers.push(...grown(growth, `layer${i + 1}`, source, names(), shapes));
  });
  layers.push(...ended(ending, names()));
  return architecture();
});

const isWhole = (name: string): boolean => !name.endsWith(".zeros");

function grown(
  growth: Growth,
  name: string,
  source: string,
  names: readonly string[],
  shapes: Readonly<Record<string, readonly number[]>>,
): Layer[] {
  const common = { name, inputs: [source], ...window };
  switch (growth.use) {
    case "conv": {
      const { filters, size, activation } = growth;
      return [{ ...common, kind: "conv", filters, kernel: [size, size], bias: true, activation }];
    }
    case "depthwise": {
      const { multiplier } = growth;
      return [{
        ...common,
        kind: "depthwise",
        kernel: [3, 3],
        multiplier,
        bias: true,
        activation: "relu",
      }];
    }
    case "batchnorm":
      return [{
        name,
        kind: "batchnorm",
        inputs: [source],
        epsilon: 1e-3,
        momentum: 0.9,
        activation: "relu",
      }];
    case "max-pool":
    case "average-pool":
      return [{ ...common, kind: growth.use, size: [2, 2] }];
    case "pad":
      // Back to the size it had, so that adds and concats still find partners.
      return [
        { name: `${name}.zeros`, kind: "pad", inputs: [source], amounts: [[1, 0], [0, 1]] },
        { ...common, inputs: [`${name}.zeros`], kind: "max-pool", size: [2, 2], padding: "valid" },
      ];
    case "add": {
      const same = names.filter((other) => shapes[other]!.join() === shapes[source]!.join());
      const partner = same[growth.with % same.length]!;
      return [{ name, kind: "add", inputs: [source, partner], activation: "relu" }];
    }
    case "concat":
      return [{ name, kind: "concat", inputs: [source, names[growth.with % names.length]!] }];
  }
}

function ended(ending: string, names: readonly string[]): Layer[] {
  const last = names.at(-1)!;
  const dense = (name: string, input: string, units: number): Layer => ({
    name,
    kind: "dense",
    inputs: [input],
    units,
    bias: true,
    activation: units === 3 ? "linear" : "relu",
  });
  const flatten: Layer = { name: "flatten", kind: "flatten", inputs: [last] };
  const pool: Layer = { name: "pool", kind: "global-average-pool", inputs: [last] };
  switch (ending) {
    case "flatten":
      return [flatten, dense("hidden", "flatten", 4), dense("head", "hidden", 3)];
    case "reshape": {
      const reshape: Layer = { name: "reshape", kind: "reshape", inputs: [last], shape: [16, -1] };
      const flat: Layer = { ...flatten, inputs: ["reshape"] };
      return [reshape, flat, dense("head", "flatten", 3)];
    }
    case "pool":
      return [pool, dense("head", "pool", 3)];
    default:
      return [
        flatten,
        pool,
        dense("wide", "flatten", 4),
        dense("narrow", "pool", 4),
        { name: "sum", kind: "add", inputs: ["wide", "narrow"], activation: "relu" },
        { name: "joined", kind: "concat", inputs: ["sum", "pool"] },
        dense("head", "joined", 3),
      ];
  }
}
