/** Shapes of a layer's weights by role. */
import type { Layer, Role } from "../model.ts";
import type { Shape } from "./shape.ts";
import { answer, type LayerTable } from "./table.ts";

/** Weight shapes by role, in the order in which a layer's weights are listed. */
export type WeightShapes = Readonly<Partial<Record<Role, Shape>>>;

const none = (): WeightShapes => ({});

const weights: LayerTable<[inputs: readonly Shape[]], WeightShapes> = {
  dense: ({ units, bias }, [input]) => withBias({ kernel: [input!.at(-1)!, units] }, bias, units),
  conv: ({ kernel, filters, bias }, [input]) =>
    withBias({ kernel: [...kernel, input!.at(-1)!, filters] }, bias, filters),
  depthwise: ({ kernel, multiplier, bias }, [input]) => {
    const channels = input!.at(-1)!;
    return withBias({ kernel: [...kernel, channels, multiplier] }, bias, channels * multiplier);
  },
  "conv-transpose": ({ kernel, filters, bias }, [input]) =>
    withBias({ kernel: [...kernel, input!.at(-1)!, filters] }, bias, filters),
  batchnorm: (_layer, [input]) => {
    const channels = [input!.at(-1)!];
    return { gamma: channels, beta: channels, mean: channels, variance: channels };
  },
  embedding: ({ vocabulary, size }) => ({ kernel: [vocabulary, size] }),
  position: (_layer, [input]) => ({ kernel: input! }),
  "layer-norm": (_layer, [input]) => ({ gamma: [input!.at(-1)!], beta: [input!.at(-1)!] }),
  attention: none,
  first: none,
  activation: none,
  "max-pool": none,
  "average-pool": none,
  "global-average-pool": none,
  "global-max-pool": none,
  recurrent: ({ units }, [input]) => ({
    kernel: [input!.at(-1)! + units, 4 * units],
    bias: [4 * units],
  }),
  upsample: none,
  flatten: none,
  reshape: none,
  pad: none,
  crop: none,
  permute: none,
  add: none,
  concat: none,
  split: none,
  shuffle: none,
  mixture: none,
  dropout: none,
  sample: none,
};

/** Shapes of a layer's weights by role, given the shapes of what it reads: kernels [I, O], HWIO, HWCM. */
export function weightShapes(layer: Layer, inputs: readonly Shape[]): WeightShapes {
  return answer(weights, layer, inputs);
}

function withBias(shapes: { kernel: Shape }, bias: boolean, extent: number): WeightShapes {
  return bias ? { ...shapes, bias: [extent] } : shapes;
}
