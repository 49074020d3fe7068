/** A field that a block has not: what was probably meant. */
// deno-lint-ignore-file camelcase -- fields of recipes
import assert from "node:assert/strict";
import { Choice, ListOf, type TSchema, Type } from "../../../../engine/field.ts";
import { formOf } from "../../../../engine/recipe/words/form.ts";
import { problemList } from "../../../../engine/recipe/parse/problems.ts";
import { unknownField } from "../../../../engine/recipe/check/unknown_field.ts";
import { told, treeOf } from "../trees.ts";

const number = Type.Number({ description: "A number" });
const optimizer = Choice({
  sgd: Type.Object({ learning_rate: number, momentum: number }),
  adam: Type.Object({ learning_rate: number }),
}, { description: "How weights move", default: { use: "adam" } });
const fields: Readonly<Record<string, TSchema>> = {
  epochs: number,
  batch: number,
  optimizer,
  loss: ListOf(
    Choice({ soft: Type.Object({ temperature: number }) }, { description: "A term" }),
    { description: "The terms" },
  ),
};

interface Surplus {
  readonly block?: string;
  /** Where the block stands, if it is called otherwise. */
  readonly field?: string;
  readonly written?: readonly string[];
  readonly fields?: Readonly<Record<string, TSchema>>;
  readonly choice?: TSchema;
}

/** The help that a surplus field gets, and the field that was meant. */
function help(name: string, given: Surplus = {}) {
  const problems = problemList();
  const form = given.choice && formOf(given.choice);
  const meant = unknownField({
    tree: treeOf("1"),
    path: `${given.field ?? given.block ?? "train"}.${name}`,
  }, {
    name,
    block: given.block ?? "train",
    fields: given.fields ?? fields,
    written: new Map((given.written ?? []).map((name) => [name, 0])),
    choice: form?.form === "choice" ? form : undefined,
  }, problems);
  const [{ code, message, help }] = problems.list as [typeof problems.list[number]];
  return { code, message, help, meant };
}

Deno.test("a slip, another toolkit's word or another way to write it is answered with the field", () => {
  assert.deepEqual(help("epoch"), {
    code: "unknown-field",
    message: "`train` has no field `epoch`",
    help: "did you mean epochs?",
    meant: "epochs",
  });
  assert.equal(help("num_epochs").meant, "epochs");
  assert.equal(help("batch_size").meant, "batch");
  const weight_decay = { weight_decay: number };
  assert.equal(help("weightDecay", { fields: weight_decay }).meant, "weight_decay");
  assert.equal(help("weight-decay", { fields: weight_decay }).meant, "weight_decay");
});

Deno.test("a field that is written already was not meant: all are shown, the nearest first", () => {
  const { help: said, meant } = help("epoch", { written: ["epochs"] });
  assert.deepEqual([said, meant], ["it has: epochs, batch, loss, optimizer", undefined]);
});

Deno.test("a field that stands one level further in is shown there, in the usual alternative first", () => {
  assert.equal(
    help("lr").help,
    "it goes one level further in: optimizer: { use: adam, learning_rate: … }",
  );
  assert.equal(
    help("momentum").help,
    "it goes one level further in: optimizer: { use: sgd, momentum: … }",
  );
  assert.equal(
    help("T").help,
    "it goes one level further in: loss: [{ use: soft, temperature: … }]",
  );
});

Deno.test("a field of another alternative says with which it goes", () => {
  const { help: said, meant } = help("momentum", { block: "adam", choice: optimizer });
  assert.deepEqual([said, meant], ["it goes with use: sgd", undefined]);
});

Deno.test("a field of the language that has no code yet is told as that, by block or by field", () => {
  assert.equal(help("rounding", { block: "quantize" }).code, "not-yet");
  assert.equal(help("rounding", { block: "int8", field: "quantize" }).code, "not-yet");
  assert.equal(help("rounding", { block: "int8", field: "steps.1.quantize.0" }).code, "not-yet");
  assert.equal(help("rounding", { field: "quantize.finetune" }).code, "unknown-field");
  assert.equal(help("rounding").code, "unknown-field");
});

Deno.test("a word that means different things has advice; a block without fields says so", () => {
  assert.match(help("alpha").help!, /^toolkits disagree/);
  assert.equal(help("xyz", { fields: {} }).help, "it has no fields");
  const many = Object.fromEntries(Array.from({ length: 13 }, (_, at) => [`field${at}`, number]));
  assert.match(help("qqq", { fields: many }).help!, /^it has: (\w+, ){12}…$/);
});

Deno.test("the recipe itself is called so, and where problems crowd there is no help", () => {
  const crowd = (count: number) =>
    told((problems) => {
      for (let at = 0; at < count; at++) {
        problems.add({ code: "yaml", severity: "error", message: "x", path: "" });
      }
      unknownField(
        { tree: treeOf("1"), path: "epoch" },
        { name: "epoch", block: "", fields, written: new Map() },
        problems,
      );
    }).at(-1);
  assert.equal(
    crowd(0),
    "unknown-field epoch: a recipe has no field `epoch` | did you mean epochs?",
  );
  assert.equal(crowd(101), "unknown-field epoch: a recipe has no field `epoch`");
});

/** Fields of other toolkits, and what they are here: the first that the block has. */
const meanings: Readonly<Record<string, string>> = {
  weight: "alphas",
  temperature: "temp T tau",
  learning_rate: "lr rate learning_rates",
  epochs: "num_epochs n_epochs epoch iterations",
  batch: "batch_size batchsize minibatch",
  weight_decay: "wd l2",
  clip_norm: "grad_clip max_grad_norm",
  augment: "augmentation augmentations",
  loss: "losses criterion",
  patience: "early_stopping",
  freeze: "frozen",
  ratio: "sparsity amount fraction prune_ratio rate",
  finetune: "heal fine_tune finetuning retrain recovery qat",
  scheme: "bits num_bits bitwidth dtype precision method",
  clusters: "bits clusters_count k",
  symmetry: "symmetric",
  calibrate: "calibration",
  use: "method type kind model arch architecture",
  criterion: "method",
  op: "type kind",
  as: "id name",
  name: "id",
  exclude: "skip ignore",
  layers: "targets",
  from: "path file url src source pretrained",
  weights: "checkpoint_path pretrained",
  data: "dataset dataloader",
  steps: "pipeline",
  expect: "assert expectations",
  variables: "vars",
  seed: "random_seed",
  decant: "version",
  extends: "extend base",
  authors: "author",
};
for (const [field, words] of Object.entries(meanings)) {
  Deno.test(`what other toolkits write for \`${field}\` is known`, () => {
    for (const word of words.split(" ")) {
      assert.equal(help(word, { fields: { [field]: number } }).meant, field, word);
    }
  });
}

Deno.test("where a word could be two fields, the first that the block has is meant", () => {
  const meant = (word: string, ...names: string[]) =>
    help(word, { fields: Object.fromEntries(names.map((name) => [name, number])) }).meant;
  assert.equal(meant("rate", "ratio", "learning_rate"), "learning_rate");
  assert.equal(meant("bits", "clusters", "scheme"), "scheme");
  assert.equal(meant("method", "scheme", "criterion", "use"), "use");
  assert.equal(meant("method", "scheme", "criterion"), "criterion");
  assert.equal(meant("type", "op", "use"), "use");
  assert.equal(meant("id", "name", "as"), "as");
  assert.equal(meant("pretrained", "from", "weights"), "weights");
});

Deno.test("a word that means other things in other places is answered with how each is said", () => {
  const moving =
    "a value that moves is a curve in its own field: learning_rate: { use: cosine, start: 0.1, end: 0 }";
  const said: Readonly<Record<string, string>> = {
    alpha: "toolkits disagree about which side alpha weighs. Say both:\n" +
      "loss: [{ use: labels, weight: 0.1 }, { use: soft-targets, weight: 0.9 }]",
    kd_weight: "a weight belongs to its term: loss: [{ use: soft-targets, weight: 0.9 }]",
    schedule: moving,
    scheduler: moving,
    lr_schedule: moving,
    per_channel: "say what shares a scale: granularity: channel",
    per_tensor: "say what shares a scale: granularity: tensor",
    structured: "say what goes: granularity: channel",
    unstructured: "say what goes: granularity: weight",
  };
  for (const [word, sentence] of Object.entries(said)) {
    assert.deepEqual([help(word).help, help(word).meant], [sentence, undefined], word);
  }
});
