/** An encoder out of what transformers saves: `model.safetensors` and `config.json`. */
import { listed, quoted } from "../../../../engine/quote.ts";
import { given } from "../../../../engine/given.ts";
import type { RunContext } from "../../../../engine/op.ts";
import { show } from "../../../../engine/shape.ts";
import { weightSlots } from "../../../model/layers.ts";
import type { Model, Weight } from "../../../model/model.ts";
import { allFinite } from "../../../model/sound.ts";
import { floatWeight } from "../../../model/weights.ts";
import type { AskedModel } from "../../asked.ts";
import { UnreadableModelError } from "../../format.ts";
import { publishedTensor, weightNamed } from "../named_weights.ts";
import type { SafetensorsFile } from "../safetensors_file.ts";
import { type EncoderConfig, encoderConfig } from "./encoder_config.ts";
import { asBert } from "./roberta.ts";
import { ENCODER_OUTPUTS, encoderNetwork, type EncoderOutput } from "./encoder_network.ts";

const CLASSIFIER = "classifier.weight";
/** The class that has a classifier over a whole text. */
const CLASSIFIES = /ForSequenceClassification$/;
/** Tensors that transformers saves and that nothing is computed with here: places, and the rows of segments. */
const ASIDE = /(?:^|\.)(?:position_ids|token_type_ids|token_type_embeddings\.weight)$/;
/** Tensors of the encoder itself. */
const INSIDE = /^(?:\w+\.)?(?:embeddings|encoder|transformer)\./;
const POOLER = /(?:^|\.)pooler\.dense\./;

/**
 * The encoder, for texts of as many tokens as `input` asks for, else as it has positions for; without a classifier with
 * the `output` of ENCODER_OUTPUTS that is asked for, else its pooler's, else the first token's. Throws a RangeError that
 * says what of the two files is not as it should be.
 */
export function readEncoder(
  saved: SafetensorsFile,
  config: Uint8Array,
  { input, output }: AskedModel,
  { warn }: Pick<RunContext, "warn">,
): Model {
  const told = encoderConfig(config);
  const file = told.type === "roberta" ? asBert(saved, told.padding) : saved;
  const { tensors } = file;
  const classified = told.class === undefined
    ? tensors.has(CLASSIFIER)
    : CLASSIFIES.test(told.class);
  const classes = classified ? tensors.get(CLASSIFIER)?.shape[0] : undefined;
  if (classified && (classes === undefined || classes < 1)) {
    throw new RangeError(
      `it has no ${CLASSIFIER}, and its config.json says ${quoted(told.class!)}`,
    );
  }
  const pooled = [...tensors.keys()].some((name) => POOLER.test(name));
  const network = encoderNetwork(told, {
    ...given({ length: lengthOf(input, told), classes }),
    output: outputOf(output, classified, pooled),
  });
  const used = new Set<string>();
  const weights: Record<string, Weight> = {};
  for (const slot of weightSlots(network)) {
    const values = weightNamed(file, network.family, slot);
    if (values === undefined) throw new RangeError(`it has nothing for ${slot.name}`);
    const source = publishedTensor(file, network.family, slot.name)!;
    if (!allFinite(values)) {
      throw new RangeError(`its ${quoted(source)} holds a number that is not finite`);
    }
    used.add(source);
    weights[slot.name] = floatWeight(slot.shape, values);
  }
  const left = [...tensors.keys()].filter((name) => !used.has(name) && !ASIDE.test(name));
  const unknown = left.filter((name) => classified || INSIDE.test(name));
  if (unknown.length > 0) {
    throw new RangeError(`it has ${listed(unknown, 3)}, for which its config.json has no layer`);
  }
  const others = left.filter((name) => !POOLER.test(name));
  if (others.length > 0) {
    warn(`the encoder is read alone: ${listed(others, 3)} are of another task, and left out`);
  }
  const named = told.classes.length === classes ? told.classes : [];
  return {
    ...network,
    weights,
    preprocess: null,
    classes: named,
    established: {},
    learned: true,
    quantization: null,
  };
}

/** The tokens of a text. */
function lengthOf(input: AskedModel["input"], { length: most }: EncoderConfig): number | undefined {
  const [length, ...others] = input ?? [];
  if (length === undefined || others.length === 0 && length <= most) return length;
  throw new UnreadableModelError(
    `the encoder has positions for ${most} tokens, and samples of ${show(input!)} are asked for`,
    { field: "input", help: `input: [${most}] or less; and the data's \`length\` alike` },
  );
}

function outputOf(
  asked: string | undefined,
  classified: boolean,
  pooled: boolean,
): EncoderOutput {
  if (asked === undefined) return pooled ? "pooler_output" : "first_token";
  const found = ENCODER_OUTPUTS.find((name) => name === asked);
  if (classified || found === undefined || found === "pooler_output" && !pooled) {
    const names = ENCODER_OUTPUTS.filter((name) => pooled || name !== "pooler_output");
    throw new UnreadableModelError(
      `the encoder has no output ${quoted(asked)}; it has ${
        classified ? "logits alone" : listed(names)
      }`,
      { field: "output" },
    );
  }
  return found;
}
