import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { data } from "../../../../ops/data/data.ts";
import type { Dataset } from "../../../../ops/data/dataset.ts";
import { encodedBytes } from "../../../../ops/formats/encode_files.ts";
import { usualFormat } from "../../../../ops/formats/formats.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import type { Model, Weight } from "../../../../ops/model/model.ts";
import { countParameters, floatWeight } from "../../../../ops/model/weights.ts";
import { charLstm } from "../../../../ops/model/zoo/char_lstm.ts";
import { quantize } from "../../../../ops/quantize/quantize.ts";
import { runContext } from "../../run_context.ts";
import { testWith } from "../support/test_data.ts";

refuseLeaks(true);

const LENGTH = 1000;

/** Characters 1,000,000 … 1,020,000 of the text in windows, as published, the unknown ones as number 0. */
async function shakespeare(folder: string): Promise<Dataset> {
  const text = readFileSync(`${folder}/shakespeare.txt`, "utf8").slice(1_000_000, 1_020_001);
  const files = {
    "part.txt": new TextEncoder().encode(text),
    "vocab.json": new Uint8Array(readFileSync(`${folder}/model/vocab.json`)),
  };
  return await data.run({}, {
    from: "part.txt",
    task: "next-token",
    text: { tokens: "characters", length: LENGTH, vocabulary: "vocab.json" },
    split: { validation: 0, test: 0.9, by: "order" },
    normalize: { use: "none" },
    seed: 0,
  }, runContext({ files }));
}

/** The published model: a dump of TensorFlow's BasicLSTMCell, gates i, j, f, o and a forget bias that is added later. */
function published(folder: string): Model {
  const read = (name: string) =>
    new Float32Array(new Uint8Array(readFileSync(`${folder}/model/${name}`)).buffer);
  const units = 128;
  const architecture = charLstm.build([LENGTH], 65, {
    embedding: units,
    units,
    depth: 2,
    answer: "each",
    dropout: 0,
    vocabulary: 65,
  });
  const gates = [0, 2, 1, 3];
  const columns = (values: Float32Array) =>
    values.map((_, at) => {
      const [row, column] = [Math.floor(at / 512), at % 512];
      return values[row * 512 + gates[Math.floor(column / units)]! * units + column % units]!;
    });
  const cell = (index: number): Record<string, Weight> => {
    const name = `rnnlm_multi_rnn_cell_cell_${index}_basic_lstm_cell`;
    const bias = columns(read(`${name}_biases`));
    for (let unit = units; unit < 2 * units; unit++) bias[unit]! += 1;
    return {
      [`lstm${index + 1}/kernel`]: floatWeight([256, 512], columns(read(`${name}_weights`))),
      [`lstm${index + 1}/bias`]: floatWeight([512], bias),
    };
  };
  return {
    ...initialModel(architecture, 0),
    weights: {
      "embedding/kernel": floatWeight([65, units], read("embedding")),
      ...cell(0),
      ...cell(1),
      "head.dense/kernel": floatWeight([units, 65], read("rnnlm_softmax_w")),
      "head.dense/bias": floatWeight([65], read("rnnlm_softmax_b")),
    },
    learned: true,
  };
}

/** Nats per character and the share of characters guessed, within each window and behind its first 20, which warm up. */
async function measured(model: Model, { parts }: Dataset) {
  let [nats, hits, count] = [0, 0, 0];
  for (const part of Object.values(parts)) {
    const logits = await withTensors((room) => inferLogits(room, model, part));
    const truths = part.y as Int32Array;
    for (const [row, truth] of truths.entries()) {
      const place = row % LENGTH;
      if (place < 20 || place === LENGTH - 1) continue;
      const z = logits.subarray(row * 65, (row + 1) * 65);
      const largest = Math.max(...z);
      const sum = z.reduce((total, value) => total + Math.exp(value - largest), 0);
      nats += Math.log(sum) + largest - z[truth]!;
      hits += z.indexOf(largest) === truth ? 1 : 0;
      count++;
    }
  }
  assert.equal(count, 20 * (LENGTH - 21));
  return { nats: nats / count, accuracy: hits / count };
}

testWith(
  "charrnn-shakespeare",
  "the published character model has its published 2.080 nats per character, and nearly so in int8",
  async (folder) => {
    const windows = await shakespeare(folder);
    const model = published(folder);
    assert.equal(countParameters(model), 279_873);
    const exact = await measured(model, windows);
    assert.equal(exact.nats.toFixed(3), "2.080");
    assert.equal(exact.accuracy.toFixed(3), "0.527");
    const params = {
      scheme: "int8",
      granularity: "channel",
      symmetry: "symmetric",
      activations: { use: "none" },
      calibrate: { use: "mse", samples: 16 },
      fold: "batchnorm",
      equalize: "none",
      bias_correction: "none",
      rules: "onnx",
    } as const;
    const rounded = await quantize.run({ model, data: windows }, params, runContext());
    const small = await measured(rounded, windows);
    assert.ok(small.nats - exact.nats < 0.01, `${small.nats}`);
    const bytes = async (of: Model) => (await encodedBytes(of, usualFormat)).encoded;
    assert.ok(await bytes(rounded) * 3.8 < await bytes(model));
  },
);
