/** Multilayer perceptrons: dense layers with relu on whatever shape comes in. */
import { LARGEST, ListOf, Type } from "../../../engine/op.ts";
import type { Architecture } from "../model.ts";
import { denseHead, flattened, INPUT, network } from "./block.ts";
import { dropoutField, family } from "./family.ts";

/** `dense1 …`, `head.dense`; an image is flattened first. */
export const mlp = family({
  options: Type.Object({
    hidden: ListOf(Type.Integer({ minimum: 1, maximum: LARGEST.units }), {
      maxItems: LARGEST.layers,
      minItems: 1,
      description: "The units of each hidden layer, from the input",
    }),
    dropout: dropoutField,
  }, { description: "A multilayer perceptron with relu" }),
  build: (input, outputs, { hidden, dropout }) =>
    perceptron("mlp", input, { hidden, dropout, outputs }),
});

/** LeCun et al. 1998's 784-300-100-10 network with relu; 266,610 parameters on 28×28×1 and 10 classes. */
export const lenet300 = family({
  options: Type.Object({}, { description: "LeNet-300-100, the perceptron of the pruning papers" }),
  build: (input, outputs) =>
    perceptron("lenet-300-100", input, { hidden: [300, 100], dropout: 0, outputs }),
});

function perceptron(
  name: string,
  input: readonly number[],
  { hidden, dropout, outputs }: {
    readonly hidden: readonly number[];
    readonly dropout: number;
    readonly outputs: number;
  },
): Architecture {
  if (input.length === 1) {
    return network(name, input, denseHead(INPUT, hidden, dropout, outputs));
  }
  const flat = flattened(INPUT, hidden);
  return network(name, input, [flat, ...denseHead(flat.name, hidden, dropout, outputs)]);
}
