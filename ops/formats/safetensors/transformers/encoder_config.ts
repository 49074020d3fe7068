/** What `config.json` says of an encoder that transformers has saved: BERT, RoBERTa and DistilBERT. */
import { LARGEST } from "../../../../engine/field.ts";
import { given } from "../../../../engine/given.ts";
import { excerpt, quoted, quotedJson, type Said, said } from "../../../../engine/quote.ts";
import { isJsonObject, type JsonObject } from "../../json_object.ts";
import { rowsAside } from "./roberta.ts";

/** An encoder, its numbers as BERT calls them. */
export interface EncoderConfig {
  readonly type: "bert" | "roberta" | "distilbert";
  /** The class that was saved, `BertForSequenceClassification`; absent: the file says none. */
  readonly class?: string;
  readonly vocabulary: number;
  readonly hidden: number;
  readonly depth: number;
  readonly heads: number;
  readonly feedforward: number;
  /** The longest text. */
  readonly length: number;
  /** The token number that attention leaves out. */
  readonly padding: number;
  readonly dropout: number;
  /** What layer normalisation adds to variances. */
  readonly epsilon: number;
  /** The function between the two dense layers of a block, as transformers calls it. */
  readonly activation: string;
  /** In index order; empty where they are called LABEL_0, LABEL_1 … */
  readonly classes: readonly string[];
  /** What is asked of the logits: one class of several, several of several, numbers. */
  readonly problem: typeof PROBLEMS[number];
}

const PROBLEMS = [
  "single_label_classification",
  "multi_label_classification",
  "regression",
] as const;

const BERT = {
  vocabulary: ["vocab_size", 30522],
  hidden: ["hidden_size", 768],
  depth: ["num_hidden_layers", 12],
  heads: ["num_attention_heads", 12],
  feedforward: ["intermediate_size", 3072],
  length: ["max_position_embeddings", 512],
} as const;

/** Names and usual values of `BertConfig`, `RobertaConfig` and `DistilBertConfig` (transformers 4.48). */
const FIELDS = {
  bert: BERT,
  roberta: { ...BERT, vocabulary: ["vocab_size", 50265] },
  distilbert: {
    vocabulary: ["vocab_size", 30522],
    hidden: ["dim", 768],
    depth: ["n_layers", 6],
    heads: ["n_heads", 12],
    feedforward: ["hidden_dim", 3072],
    length: ["max_position_embeddings", 512],
  },
} as const;

/** What files say of encoders of RoBERTa's form. */
const ROBERTAS: readonly unknown[] = ["roberta", "xlm-roberta", "camembert"];

/** Of every normalisation of DistilBERT, whose config has no field for it. */
const EPSILON = 1e-12;

/** What a config says of its model. Throws a RangeError where it is no JSON. */
export function saidInConfig(bytes: Uint8Array): Said {
  const config = parsed(bytes);
  return said(SAID.map((name) => [name, config[name]]));
}

const SAID = [
  ...["license", "author", "_name_or_path", "architectures", "model_type", "transformers_version"],
] as const;

/** The config. Throws a RangeError that names the field that is not as it should be, or cannot be had here. */
export function encoderConfig(bytes: Uint8Array): EncoderConfig {
  const config = parsed(bytes);
  const type = ROBERTAS.includes(config.model_type) ? "roberta" : config.model_type;
  if (type !== "bert" && type !== "roberta" && type !== "distilbert") {
    throw wrong(
      config,
      "model_type",
      `bert, ${ROBERTAS.join(", ")} and distilbert are those that can be read`,
    );
  }
  const whole = (field: string, usual: number, least: number, most: number): number => {
    const value = config[field] ?? usual;
    if (Number.isInteger(value) && value as number >= least && value as number <= most) {
      return value as number;
    }
    throw wrong(config, field, `a whole number from ${least} to ${most} is needed`);
  };
  const fraction = (field: string, usual: number): number => {
    const value = config[field] ?? usual;
    if (typeof value === "number" && value >= 0 && value < 1) return value;
    throw wrong(config, field, "a number from 0 up to 1 is needed");
  };
  assertPlain(config);
  const names = FIELDS[type];
  const size = (of: keyof typeof names, most: number = LARGEST.units) =>
    whole(names[of][0], names[of][1], 1, most);
  const vocabulary = size("vocabulary");
  const bert = type !== "distilbert";
  const padding = whole("pad_token_id", type === "roberta" ? 1 : 0, 0, vocabulary - 1);
  const positions = size("length");
  const length = type === "roberta" ? positions - rowsAside(padding) : positions;
  if (length < 1) {
    throw wrong(config, "max_position_embeddings", `more than ${positions - length} is needed`);
  }
  return {
    type,
    ...classOf(config),
    vocabulary,
    hidden: size("hidden"),
    depth: size("depth", LARGEST.layers),
    heads: size("heads"),
    feedforward: size("feedforward"),
    length,
    padding,
    dropout: fraction(bert ? "hidden_dropout_prob" : "dropout", 0.1),
    epsilon: bert ? fraction("layer_norm_eps", EPSILON) : EPSILON,
    activation: textOf(config, bert ? "hidden_act" : "activation", "gelu"),
    classes: classesOf(config),
    problem: problemOf(config),
  };
}

/** Throws for what no network here computes. */
function assertPlain(config: JsonObject): void {
  const positions = textOf(config, "position_embedding_type", "absolute");
  if (positions !== "absolute") {
    throw wrong(config, "position_embedding_type", "absolute is the one that can be read");
  }
  for (const field of ["is_decoder", "add_cross_attention"]) {
    if (config[field] === true) throw wrong(config, field, "an encoder is what can be read");
  }
}

function classOf({ architectures }: JsonObject): { readonly class?: string } {
  const [saved] = Array.isArray(architectures) ? architectures : [];
  return given({ class: typeof saved === "string" ? saved : undefined });
}

function classesOf(config: JsonObject): readonly string[] {
  const { id2label } = config;
  if (id2label === undefined || id2label === null) return [];
  const names = isJsonObject(id2label) ? id2label : {};
  const classes = Object.keys(names).map((_, number) => names[`${number}`]);
  if (!isJsonObject(id2label) || !classes.every(isName)) {
    throw wrong(config, "id2label", "a name for each class from 0 on is needed");
  }
  return classes.every((name, number) => name === `LABEL_${number}`) ? [] : classes as string[];
}

/** A text that is printed as it is. */
function isName(name: unknown): boolean {
  return typeof name === "string" && excerpt(name, name.length) === name;
}

function problemOf(config: JsonObject): EncoderConfig["problem"] {
  const problem = config.problem_type ?? PROBLEMS[0];
  const known = PROBLEMS.find((each) => each === problem);
  if (known !== undefined) return known;
  throw wrong(config, "problem_type", `${PROBLEMS.join(", ")} are known`);
}

function textOf(config: JsonObject, field: string, usual: string): string {
  const value = config[field] ?? usual;
  if (typeof value === "string") return value;
  throw wrong(config, field, "a name is needed");
}

function wrong(config: JsonObject, field: string, way: string): RangeError {
  return new RangeError(
    `\`${field}\` in its config.json is ${quotedJson(config[field] ?? null)}; ${way}`,
  );
}

/** That of a network with twenty thousand classes has a megabyte; lists in lists become a hundred times as large in memory. */
const LARGEST_CONFIG = 1 << 21;

function parsed(bytes: Uint8Array): JsonObject {
  if (bytes.length > LARGEST_CONFIG) {
    throw new RangeError(
      `its config.json has ${bytes.length} bytes, and ${LARGEST_CONFIG} is the most`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new RangeError("its config.json is no JSON");
  }
  if (isJsonObject(json)) return json;
  throw new RangeError(`its config.json is no ${quoted("{ … }")}`);
}
