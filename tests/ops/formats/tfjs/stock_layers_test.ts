/** Each layer class of tfjs-layers as stock tfjs saves it: what is read of its files answers as stock tfjs does. */
import type { SymbolicTensor, TfLayers } from "../../../../engine/deps/tfjs_layers.ts";
import { assertClose } from "../../../close.ts";
import { bothAnswers } from "./both_answers.ts";

const rows = [6, 4];
const image = [6, 5, 4];
const volume = [4, 6, 4, 2];

/** Stock tfjs cannot make orthogonal weights without parts of it that are not loaded. */
const cell = { units: 3, recurrentInitializer: "glorotUniform" } as const;

type Layers = TfLayers["layers"];
type Build = (l: Layers, x: SymbolicTensor) => unknown;

/** What stands behind one input, by name. */
const cases: Readonly<Record<string, readonly [shape: readonly number[], build: Build]>> = {
  "a GRU": [rows, (l, x) => l.gru({ ...cell, returnSequences: true }).apply(x)],
  "a simple RNN": [rows, (l, x) => l.simpleRNN(cell).apply(x)],
  "an LSTM with relu": [rows, (l, x) => l.lstm({ ...cell, activation: "relu" }).apply(x)],
  "a cell in an RNN": [rows, (l, x) => l.rnn({ cell: l.gruCell(cell) }).apply(x)],
  "LSTMs both ways": [
    rows,
    (l, x) =>
      l.bidirectional({
        layer: l.lstm({ ...cell, returnSequences: true }) as never,
        mergeMode: "concat",
      }).apply(x),
  ],
  "GRUs both ways, summed": [
    rows,
    (l, x) => l.bidirectional({ layer: l.gru(cell) as never, mergeMode: "sum" }).apply(x),
  ],
  "a dense layer for each step": [
    rows,
    (l, x) => l.timeDistributed({ layer: l.dense({ units: 3 }) }).apply(x),
  ],
  "a convolution of rows": [
    rows,
    (l, x) => l.conv1d({ filters: 3, kernelSize: 3, padding: "same" }).apply(x),
  ],
  "an average of rows": [rows, (l, x) => l.averagePooling1d({ poolSize: 2 }).apply(x)],
  "an average of all rows": [rows, (l, x) => l.globalAveragePooling1d({}).apply(x)],
  "slopes of every value": [
    rows,
    (l, x) => l.prelu({ alphaInitializer: "glorotUniform" }).apply(x),
  ],
  "a threshold": [rows, (l, x) => l.thresholdedReLU({ theta: 0.3 }).apply(x)],
  "a softmax inside": [
    image,
    (l, x) => l.dense({ units: 2 }).apply(l.softmax({ axis: -1 }).apply(x) as SymbolicTensor),
  ],
  "a product": [rows, (l, x) => l.multiply().apply([x, dense(l, x)])],
  "an average of two": [rows, (l, x) => l.average().apply([x, dense(l, x)])],
  "products of rows": [rows, (l, x) => l.dot({ axes: [2, 2] }).apply([x, dense(l, x)])],
  "rows behind rows": [rows, (l, x) => l.concatenate({ axis: 1 }).apply([x, dense(l, x)])],
  "a row, again and again": [[4], (l, x) => l.repeatVector({ n: 3 }).apply(x)],
  "a pool of a volume": [
    volume,
    (l, x) => l.maxPooling3d({ poolSize: [2, 2, 2] }).apply(x),
  ],
  "a convolution of a volume": [
    volume,
    (l, x) => l.conv3d({ filters: 3, kernelSize: [3, 2, 2], strides: [2, 1, 1] }).apply(x),
  ],
  "the same read backwards": [
    volume,
    (l, x) => l.conv3dTranspose({ filters: 3, kernelSize: [2, 2, 2], strides: [2, 1, 1] }).apply(x),
  ],
  "convolutions step by step": [
    [3, 4, 4, 2],
    (l, x) =>
      l.convLstm2d({
        filters: 2,
        kernelSize: [3, 3],
        padding: "same",
        recurrentInitializer: "glorotUniform",
      }).apply(x),
  ],
  "a scale inside": [rows, (l, x) => l.rescaling({ scale: 2, offset: 1 }).apply(dense(l, x))],
  "a norm along the first axis": [image, (l, x) => l.batchNormalization({ axis: 1 }).apply(x)],
  "a dropout of channels": [rows, (l, x) => l.spatialDropout1d({ rate: 0.3 }).apply(dense(l, x))],
  ...Object.fromEntries(
    (["hardSigmoid", "swish", "mish", "selu", "softplus", "softsign", "gelu", "elu"] as const)
      .map((activation): [string, readonly [readonly number[], Build]] => [
        activation,
        [rows, (l, x) => dense(l, l.activation({ activation }).apply(dense(l, x)) as never)],
      ]),
  ),
};

const dense = (l: Layers, x: SymbolicTensor) => l.dense({ units: 4 }).apply(x) as SymbolicTensor;

for (const [name, [shape, build]] of Object.entries(cases)) {
  Deno.test(`stock tfjs and the engine answer the same: ${name}`, async () => {
    const { ours, stock } = await bothAnswers(({ layers, input, model }) => {
      const x = input({ shape: [...shape] });
      return model({ inputs: x, outputs: build(layers, x) as SymbolicTensor });
    }, shape);
    assertClose(ours, stock, 1e-5);
  });
}
