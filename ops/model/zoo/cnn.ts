/** Plain convolutional networks: convolution, relu, max pooling, dense layers. */
import { LARGEST, ListOf, Type } from "../../../engine/op.ts";
import type { Layer, LayerOf } from "../model.ts";
import { convolution, denseHead, flattened, halved, INPUT, network } from "./block.ts";
import { assertImage, dropoutField, family } from "./family.ts";

/** Per filter a group `conv1 …`: convolution 3×3 with relu, `.pool`; `flatten`; `dense1 …`; `head.dense`. */
export const cnn = family({
  options: Type.Object({
    filters: ListOf(Type.Integer({ minimum: 1, maximum: LARGEST.units }), {
      maxItems: LARGEST.layers,
      minItems: 1,
      description:
        "The filters of each 3×3 convolution, from the input; each is followed by max pooling by 2",
    }),
    dense: ListOf(Type.Integer({ minimum: 1, maximum: LARGEST.units }), {
      maxItems: LARGEST.layers,
      default: [],
      description: "The units of each hidden dense layer behind the convolutions",
    }),
    dropout: dropoutField,
  }, { description: "Convolutions with relu and max pooling, then dense layers" }),
  build(input, outputs, { filters, dense, dropout }) {
    assertImage("cnn", input);
    const convolutions = filters.map((count) => ({ filters: count, size: 3 }));
    return pooled("cnn", input, { convolutions, padding: "same", dense, dropout, outputs });
  },
});

/** LeNet-5 as in Caffe's example and the pruning papers, with relu; 431,080 parameters on 28×28×1 and 10 classes. */
export const lenet5 = family({
  options: Type.Object({}, {
    description: "LeNet-5: two 5×5 convolutions with max pooling and a dense layer of 500",
  }),
  build(input, outputs) {
    assertImage("lenet5", input);
    const convolutions = [{ filters: 20, size: 5 }, { filters: 50, size: 5 }];
    const dense = { dense: [500], dropout: 0, outputs };
    return pooled("lenet5", input, { convolutions, padding: "valid", ...dense });
  },
});

function pooled(
  name: string,
  input: readonly number[],
  { convolutions, padding, dense, dropout, outputs }: {
    readonly convolutions: readonly { readonly filters: number; readonly size: number }[];
    readonly padding: "same" | "valid";
    readonly dense: readonly number[];
    readonly dropout: number;
    readonly outputs: number;
  },
) {
  const layers: Layer[] = [];
  let last = INPUT;
  for (const [index, shape] of convolutions.entries()) {
    const plain = convolution(`conv${index + 1}`, last, shape);
    const layer: LayerOf<"conv"> = { ...plain, padding, bias: true, activation: "relu" };
    const pool = halved(layer.name);
    layers.push(layer, pool);
    last = pool.name;
  }
  const flat = flattened(last, dense);
  layers.push(flat, ...denseHead(flat.name, dense, dropout, outputs));
  return network(name, input, layers);
}
