/**
 * What a recipe may say, as it is declared: fields with their bounds, defaults and descriptions, what ops read, attributes
 * of layers. A word that is taken back or a default that is another breaks recipes and keys of others, so all of it is
 * held against `declarations.txt`, which `deno task docs` writes after a change that is meant.
 */
import assert from "node:assert/strict";
import { declarationLines, type Modules } from "./declarations.ts";
import * as m1 from "../../engine/recipe/words/points_schema.ts";
import * as m3 from "../../ops/data/embedded/embedded_set.ts";
import * as m4 from "../../ops/data/embedded/latent.ts";
import * as m5 from "../../ops/data/normalize.ts";
import * as m6 from "../../ops/data/text/text_fields.ts";
import * as m7 from "../../ops/distill/cohort.ts";
import * as m8 from "../../ops/evaluate/runtimes.ts";
import * as m9 from "../../ops/formats/onnx/format.ts";
import * as m10 from "../../ops/formats/packed/format.ts";
import * as m11 from "../../ops/formats/safetensors/format.ts";
import * as m12 from "../../ops/formats/tfjs/format.ts";
import * as m13 from "../../ops/formats/tflite/format.ts";
import * as m14 from "../../ops/learn/augment/augment.ts";
import * as m15 from "../../ops/learn/optimizer.ts";
import * as m16 from "../../ops/learn/recalibrate_field.ts";
import * as m17 from "../../ops/learn/terms/adversarial.ts";
import * as m18 from "../../ops/learn/terms/attention_scores.ts";
import * as m19 from "../../ops/learn/terms/attention_transfer.ts";
import * as m20 from "../../ops/learn/terms/correlation_congruence.ts";
import * as m21 from "../../ops/learn/terms/elbo.ts";
import * as m22 from "../../ops/learn/terms/fsp.ts";
import * as m23 from "../../ops/learn/terms/hint.ts";
import * as m24 from "../../ops/learn/terms/labels.ts";
import * as m25 from "../../ops/learn/terms/logits.ts";
import * as m26 from "../../ops/learn/terms/nst.ts";
import * as m27 from "../../ops/learn/terms/output.ts";
import * as m28 from "../../ops/learn/terms/parts/match.ts";
import * as m29 from "../../ops/learn/terms/parts/own_weights.ts";
import * as m30 from "../../ops/learn/terms/peers.ts";
import * as m31 from "../../ops/learn/terms/perceptual.ts";
import * as m32 from "../../ops/learn/terms/pkt.ts";
import * as m33 from "../../ops/learn/terms/rkd.ts";
import * as m34 from "../../ops/learn/terms/similarity_preserving.ts";
import * as m35 from "../../ops/learn/terms/soft_targets.ts";
import * as m36 from "../../ops/learn/terms/term.ts";
import * as m37 from "../../ops/learn/terms/value_relations.ts";
import * as m38 from "../../ops/model/kinds/arrange.ts";
import * as m39 from "../../ops/model/kinds/attention.ts";
import * as m40 from "../../ops/model/kinds/attributes.ts";
import * as m41 from "../../ops/model/kinds/codes/contrast.ts";
import * as m42 from "../../ops/model/kinds/codes/lookup.ts";
import * as m43 from "../../ops/model/kinds/codes/one_hot.ts";
import * as m44 from "../../ops/model/kinds/conv.ts";
import * as m45 from "../../ops/model/kinds/conv_transpose.ts";
import * as m46 from "../../ops/model/kinds/dense.ts";
import * as m47 from "../../ops/model/kinds/divide.ts";
import * as m48 from "../../ops/model/kinds/elementwise.ts";
import * as m49 from "../../ops/model/kinds/image.ts";
import * as m50 from "../../ops/model/kinds/merge.ts";
import * as m51 from "../../ops/model/kinds/norm.ts";
import * as m52 from "../../ops/model/kinds/pool.ts";
import * as m53 from "../../ops/model/kinds/recurrent.ts";
import * as m54 from "../../ops/model/kinds/rnn.ts";
import * as m55 from "../../ops/model/kinds/sequence.ts";
import * as m56 from "../../ops/model/kinds/volumes/conv3d.ts";
import * as m57 from "../../ops/model/kinds/volumes/conv_lstm.ts";
import * as m58 from "../../ops/model/zoo/bert.ts";
import * as m59 from "../../ops/model/zoo/char_lstm.ts";
import * as m60 from "../../ops/model/zoo/cnn.ts";
import * as m61 from "../../ops/model/zoo/cvae.ts";
import * as m62 from "../../ops/model/zoo/dcgan.ts";
import * as m63 from "../../ops/model/zoo/generator.ts";
import * as m64 from "../../ops/model/zoo/mlp.ts";
import * as m65 from "../../ops/model/zoo/mobilenet_v1.ts";
import * as m66 from "../../ops/model/zoo/mobilenet_v2.ts";
import * as m67 from "../../ops/model/zoo/mobilenet_v3.ts";
import * as m68 from "../../ops/model/zoo/resnet.ts";
import * as m69 from "../../ops/model/zoo/resnet_imagenet.ts";
import * as m70 from "../../ops/model/zoo/shufflenet_v2.ts";
import * as m71 from "../../ops/model/zoo/squeezenet.ts";
import * as m72 from "../../ops/model/zoo/stacked.ts";
import * as m73 from "../../ops/model/zoo/text_cnn.ts";
import * as m74 from "../../ops/model/zoo/wide_resnet.ts";
import * as m75 from "../../ops/cluster/fields.ts";
import * as m76 from "../../ops/data/common_fields.ts";
import * as m77 from "../../ops/data/data_fields.ts";
import * as m78 from "../../ops/formats/formats.ts";
import * as m79 from "../../ops/learn/terms/terms.ts";
import * as m80 from "../../ops/learn/training_fields.ts";
import * as m81 from "../../ops/prune/fields.ts";
import * as m82 from "../../ops/quantize/fields.ts";
import * as m83 from "../../ops/replace/fields.ts";
import * as m84 from "../../ops/transfer/fields.ts";
import * as m85 from "../../ops/cluster/cluster.ts";
import * as m86 from "../../ops/data/data.ts";
import * as m87 from "../../ops/data/subset.ts";
import * as m88 from "../../ops/distill/choose.ts";
import * as m89 from "../../ops/distill/distill.ts";
import * as m90 from "../../ops/distill/ensemble.ts";
import * as m91 from "../../ops/distill/mutual.ts";
import * as m92 from "../../ops/distill/pick.ts";
import * as m93 from "../../ops/evaluate/evaluate.ts";
import * as m94 from "../../ops/evaluate/measure.ts";
import * as m95 from "../../ops/formats/export.ts";
import * as m96 from "../../ops/formats/load.ts";
import * as m97 from "../../ops/formats/model.ts";
import * as m98 from "../../ops/learn/predict.ts";
import * as m99 from "../../ops/learn/train.ts";
import * as m100 from "../../ops/model/part.ts";
import * as m101 from "../../ops/prune/prune.ts";
import * as m102 from "../../ops/quantize/quantize.ts";
import * as m103 from "../../ops/replace/replace.ts";
import * as m104 from "../../ops/transfer/head.ts";

const modules: Modules = {
  "engine/recipe/words/points_schema.ts": m1,
  "ops/data/embedded/embedded_set.ts": m3,
  "ops/data/embedded/latent.ts": m4,
  "ops/data/normalize.ts": m5,
  "ops/data/text/text_fields.ts": m6,
  "ops/distill/cohort.ts": m7,
  "ops/evaluate/runtimes.ts": m8,
  "ops/formats/onnx/format.ts": m9,
  "ops/formats/packed/format.ts": m10,
  "ops/formats/safetensors/format.ts": m11,
  "ops/formats/tfjs/format.ts": m12,
  "ops/formats/tflite/format.ts": m13,
  "ops/learn/augment/augment.ts": m14,
  "ops/learn/optimizer.ts": m15,
  "ops/learn/recalibrate_field.ts": m16,
  "ops/learn/terms/adversarial.ts": m17,
  "ops/learn/terms/attention_scores.ts": m18,
  "ops/learn/terms/attention_transfer.ts": m19,
  "ops/learn/terms/correlation_congruence.ts": m20,
  "ops/learn/terms/elbo.ts": m21,
  "ops/learn/terms/fsp.ts": m22,
  "ops/learn/terms/hint.ts": m23,
  "ops/learn/terms/labels.ts": m24,
  "ops/learn/terms/logits.ts": m25,
  "ops/learn/terms/nst.ts": m26,
  "ops/learn/terms/output.ts": m27,
  "ops/learn/terms/parts/match.ts": m28,
  "ops/learn/terms/parts/own_weights.ts": m29,
  "ops/learn/terms/peers.ts": m30,
  "ops/learn/terms/perceptual.ts": m31,
  "ops/learn/terms/pkt.ts": m32,
  "ops/learn/terms/rkd.ts": m33,
  "ops/learn/terms/similarity_preserving.ts": m34,
  "ops/learn/terms/soft_targets.ts": m35,
  "ops/learn/terms/term.ts": m36,
  "ops/learn/terms/value_relations.ts": m37,
  "ops/model/kinds/arrange.ts": m38,
  "ops/model/kinds/attention.ts": m39,
  "ops/model/kinds/attributes.ts": m40,
  "ops/model/kinds/codes/contrast.ts": m41,
  "ops/model/kinds/codes/lookup.ts": m42,
  "ops/model/kinds/codes/one_hot.ts": m43,
  "ops/model/kinds/conv.ts": m44,
  "ops/model/kinds/conv_transpose.ts": m45,
  "ops/model/kinds/dense.ts": m46,
  "ops/model/kinds/divide.ts": m47,
  "ops/model/kinds/elementwise.ts": m48,
  "ops/model/kinds/image.ts": m49,
  "ops/model/kinds/merge.ts": m50,
  "ops/model/kinds/norm.ts": m51,
  "ops/model/kinds/pool.ts": m52,
  "ops/model/kinds/recurrent.ts": m53,
  "ops/model/kinds/rnn.ts": m54,
  "ops/model/kinds/sequence.ts": m55,
  "ops/model/kinds/volumes/conv3d.ts": m56,
  "ops/model/kinds/volumes/conv_lstm.ts": m57,
  "ops/model/zoo/bert.ts": m58,
  "ops/model/zoo/char_lstm.ts": m59,
  "ops/model/zoo/cnn.ts": m60,
  "ops/model/zoo/cvae.ts": m61,
  "ops/model/zoo/dcgan.ts": m62,
  "ops/model/zoo/generator.ts": m63,
  "ops/model/zoo/mlp.ts": m64,
  "ops/model/zoo/mobilenet_v1.ts": m65,
  "ops/model/zoo/mobilenet_v2.ts": m66,
  "ops/model/zoo/mobilenet_v3.ts": m67,
  "ops/model/zoo/resnet.ts": m68,
  "ops/model/zoo/resnet_imagenet.ts": m69,
  "ops/model/zoo/shufflenet_v2.ts": m70,
  "ops/model/zoo/squeezenet.ts": m71,
  "ops/model/zoo/stacked.ts": m72,
  "ops/model/zoo/text_cnn.ts": m73,
  "ops/model/zoo/wide_resnet.ts": m74,
  "ops/cluster/fields.ts": m75,
  "ops/data/common_fields.ts": m76,
  "ops/data/data_fields.ts": m77,
  "ops/formats/formats.ts": m78,
  "ops/learn/terms/terms.ts": m79,
  "ops/learn/training_fields.ts": m80,
  "ops/prune/fields.ts": m81,
  "ops/quantize/fields.ts": m82,
  "ops/replace/fields.ts": m83,
  "ops/transfer/fields.ts": m84,
  "ops/cluster/cluster.ts": m85,
  "ops/data/data.ts": m86,
  "ops/data/subset.ts": m87,
  "ops/distill/choose.ts": m88,
  "ops/distill/distill.ts": m89,
  "ops/distill/ensemble.ts": m90,
  "ops/distill/mutual.ts": m91,
  "ops/distill/pick.ts": m92,
  "ops/evaluate/evaluate.ts": m93,
  "ops/evaluate/measure.ts": m94,
  "ops/formats/export.ts": m95,
  "ops/formats/load.ts": m96,
  "ops/formats/model.ts": m97,
  "ops/learn/predict.ts": m98,
  "ops/learn/train.ts": m99,
  "ops/model/part.ts": m100,
  "ops/prune/prune.ts": m101,
  "ops/quantize/quantize.ts": m102,
  "ops/replace/replace.ts": m103,
  "ops/transfer/head.ts": m104,
};

const file = new URL("declarations.txt", import.meta.url);
const text = `${declarationLines(modules).join("\n")}\n`;

if (import.meta.main) await Deno.writeTextFile(file, text);

Deno.test("fields, bounds, defaults, words and descriptions are those that are written down", async () => {
  const [now, then] = [text, await Deno.readTextFile(file)].map((each) => each.split("\n"));
  const added = now!.filter((line) => !then!.includes(line)).map((line) => `+ ${line}`);
  const removed = then!.filter((line) => !now!.includes(line)).map((line) => `- ${line}`);
  assert.deepEqual(
    now,
    then,
    `declarations.txt is not what is declared now. Run \`deno task docs\`, which writes it anew, and review the ` +
      `difference before it is committed: it is what recipes may say.\n${
        [...removed.slice(0, 20), ...added.slice(0, 20)].join("\n")
      }`,
  );
});
