import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import { cutChannels } from "../../../ops/prune/cut_channels.ts";
import { maskWeights } from "../../../ops/prune/mask_weights.ts";
import type { IntegerParams, QuantizeParams } from "../../../ops/quantize/fields.ts";
import { quantize } from "../../../ops/quantize/quantize.ts";
import { livelyModel } from "../lively_model.ts";
import { modelDigest } from "../model_digest.ts";
import { noiseData } from "../noise_data.ts";
import { recordingContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";

refuseLeaks(true);

const int8: IntegerParams = {
  scheme: "int8",
  granularity: "channel",
  symmetry: "symmetric",
  activations: { use: "int8", granularity: "tensor", symmetry: "asymmetric" },
  calibrate: { use: "mse", samples: 64 },
  fold: "batchnorm",
  equalize: "none",
  "bias_correction": "none",
  rules: "onnx",
};

const quantizations: Readonly<Record<string, QuantizeParams>> = {
  "int8": int8,
  "int2, one scale": { ...int8, scheme: "int2", granularity: "tensor" },
  "asymmetric, TFLite": { ...int8, symmetry: "asymmetric", rules: "tflite" },
  "percentile, TensorFlow": {
    ...int8,
    calibrate: { use: "percentile", percentile: 99, samples: 64 },
    rules: "tensorflow",
  },
  "moving average": { ...int8, calibrate: { use: "moving-average", momentum: 0.9, samples: 128 } },
  "equalized and corrected": { ...int8, equalize: "cross-layer", "bias_correction": "measured" },
  "weights alone": { ...int8, activations: { use: "none" } },
  "half precision": { scheme: "float16" },
};

for (const [name, params] of Object.entries(quantizations)) {
  Deno.test(`quantizing twice gives the same bytes and leaves its input alone: ${name}`, async () => {
    const channels = {
      criterion: "l1",
      scope: "layer",
      ratio: 0.3,
      min_keep: 1,
      round_to: 1,
    } as const;
    const masks = { criterion: "magnitude", scope: "layer", ratio: 0.3 } as const;
    const cut = cutChannels(livelyModel(zooNetworks["mobilenet-v1"]!), channels, 0);
    const model = maskWeights(cut, masks, 0);
    const data = noiseData(model, 128);
    const before = modelDigest(model);
    const run = async () => await quantize.run({ model, data }, params, recordingContext().context);
    const [one, other] = [await run(), await run()];
    assert.equal(modelDigest(one), modelDigest(other));
    assert.equal(modelDigest(model), before);
    assert.notEqual(quantize.effect!({ model, data }, one), undefined);
    // Masks and channel counts of the steps before still hold.
    assert.equal(modelKind.holds!(model, one), undefined);
  });
}
