/** Code of one's own, defined and used: what each definition becomes in a language, and what its steps make. */
import assert from "node:assert/strict";
import {
  type Chosen,
  defineAugmentation,
  defineFamily,
  defineFormat,
  defineMetric,
  defineReader,
  defineTerm,
  type Layer,
  type Scalar,
} from "../../../engine/api/define.ts";
import {
  language,
  type LanguageParts,
  memoryStore,
  type Model,
  ops,
  type Run,
  Type,
} from "../../../mod.ts";
import { RecipeError } from "../../../engine/error.ts";
import type { Preimage } from "../../../engine/graph/key.ts";

const about = { version: 1, summary: "Is one's own" } as const;

const factor = Type.Number({ default: 2, description: "The factor of the loss" });

/** Cross-entropy, taken from Decant's own and multiplied. */
const times = (text = 1) =>
  defineTerm({
    ...about,
    name: "times",
    fields: { factor },
    reads: { labels: true },
    compares: "classes",
    value: text === 1
      ? ({ room: { tf }, logits, targets }, { factor }) =>
        tf.mul(
          tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), targets!), -1))),
          factor,
        ) as Scalar
      : ({ room: { tf }, logits }) => tf.mean(tf.square(logits)) as Scalar,
  });

const blank = defineAugmentation({
  ...about,
  name: "blank",
  fields: {},
  subject: "images",
  change: (values) => void values.fill(0),
});

const halves = defineReader({
  ...about,
  name: "halves",
  suffixes: ["half"],
  read: ([file]) => {
    const x = Float32Array.from(file!.bytes, (byte) => byte / 2);
    return { count: x.length, input: [1], x, y: Int32Array.from(x, (value) => value > 8 ? 1 : 0) };
  },
});

const single = defineFamily({
  ...about,
  name: "single",
  fields: {
    bias: Type.Boolean({ default: true, description: "Whether a bias is added" }),
  },
  build: (input, outputs, { bias }) => ({
    family: "single",
    inputs: [{ name: "in", shape: input }],
    layers: [{
      ...{ kind: "dense", name: "only", inputs: ["in"], units: outputs, bias },
      activation: "linear",
    }],
    outputs: ["only"],
    head: "softmax",
  }),
});

/** Weights as decimal numbers; `off` is added to each when they are read. */
const decimal = (off = 0) =>
  defineFormat({
    ...about,
    name: "decimal",
    fields: { note: Type.String({ default: "", description: "A note" }) },
    suffixes: ["decimal"],
    write(model, { note }) {
      const weights = Object.entries(model.weights).map(([name, each]) =>
        [name, { ...each, data: [...each.data as Float32Array] }] as const
      );
      const text = JSON.stringify({ ...model, note, weights: Object.fromEntries(weights) });
      return { "m.decimal": new TextEncoder().encode(text) };
    },
    read(files) {
      const [bytes] = Object.values(files);
      const { note: _, weights, ...model } = JSON.parse(new TextDecoder().decode(bytes)) as
        & Model
        & { readonly note: string };
      const read = Object.entries(weights).map(([name, each]) =>
        [name, { ...each, data: Float32Array.from(each.data, (value) => value + off) }] as const
      );
      return { ...model, weights: Object.fromEntries(read) };
    },
  });

const rights = defineMetric({
  ...about,
  name: "rights",
  label: "right answers",
  dimension: "count",
  better: "more",
  tasks: ["classification"],
  of: (answered) => {
    const { answers, y } = answered as Chosen;
    return answers.reduce((sum, answer, at) => sum + (answer === y[at] ? 1 : 0), 0);
  },
});

const mean = defineMetric({
  ...about,
  name: "mean-made",
  dimension: "plain",
  better: "less",
  tasks: ["reconstruction"],
  ofMade: ({ made }) => made.reduce((sum, value) => sum + value, 0) / made.length,
});

const iris = { name: "own", data: "iris" } as const;
const mlp = (more: object = {}) => ({ use: "mlp", hidden: [4], train: { epochs: 1, ...more } });

const opened = (parts: LanguageParts, value: object) =>
  language(parts).recipe(value as Readonly<Record<string, unknown>>);

/** A run all of whose steps are done; how well its models answer does not matter. */
async function ran(parts: LanguageParts, value: object) {
  const run = await opened(parts, value).run({ cache: memoryStore() });
  assert.deepEqual(run.problems.filter(({ code }) => code !== "at-chance"), []);
  return run;
}

const valueOf = async (run: Run, name: string) => await run.model(name).value() as Model;

const problemsOf = async (parts: LanguageParts, value: object): Promise<readonly string[]> => {
  try {
    await opened(parts, value).compile();
  } catch (error) {
    assert.ok(error instanceof RecipeError);
    return error.diagnostics.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
};

Deno.test("a loss term of one's own computes what Decant's own does, where it says the same", async () => {
  const weights = async (loss: readonly object[]) =>
    (await valueOf(await ran({ terms: [times()] }, { ...iris, model: mlp({ loss }) }), "model"))
      .weights;
  const [own, shipped, other] = [
    await weights([{ use: "times", factor: 3 }]),
    await weights([{ use: "labels", weight: 3 }]),
    await weights([{ use: "times" }]),
  ];
  for (const [name, { data }] of Object.entries(shipped)) {
    data.forEach((value, at) =>
      assert.ok(Math.abs(value - own[name]!.data[at]!) < 1e-6, `${name} ${at}`)
    );
  }
  assert.notDeepEqual(other, own);
});

/** The preimages of the steps of a recipe that are known before a run. */
async function preimages(parts: LanguageParts, value: object) {
  const recipe = opened(parts, value);
  const cache = memoryStore();
  await recipe.run({ cache });
  const { steps } = await recipe.plan({ cache });
  return new Map(steps.map((step) => [
    step.node.step.name,
    (step as unknown as { readonly preimage: Preimage }).preimage,
  ]));
}

Deno.test("a key holds the code of what a step uses, and nothing else has another key than without it", async () => {
  const value = { ...iris, model: mlp({ loss: [{ use: "times" }] }) };
  const [one, again, other] = [
    await preimages({ terms: [times()] }, value),
    await preimages({ terms: [times()], metrics: [rights], ops: [] }, value),
    await preimages({ terms: [times(2)] }, value),
  ];
  const using = [...one].filter(([, { own }]) => own !== undefined).map(([name]) => name);
  assert.deepEqual(using, ["model"]);
  const { code } = times();
  assert.deepEqual(one.get("model")!.own, [{
    list: "terms",
    name: "times",
    version: 1,
    code,
  }]);
  assert.deepEqual([...one], [...again]);
  assert.notDeepEqual(one.get("model")!.own, other.get("model")!.own);
  const plain = { ...iris, model: mlp() };
  const shipped = await preimages({}, plain);
  const beside = await preimages(
    { terms: [times()], readers: [halves], formats: [decimal()], augmentations: [blank] },
    plain,
  );
  assert.deepEqual([...beside], [...shipped]);
});

Deno.test("an augmentation of one's own is what the model sees: of blank images it learns no first weight", async () => {
  const digits = { name: "own", data: { use: "digits", limit: 100 } };
  const kernel = async (more: object) => {
    const run = await ran({ augmentations: [blank] }, { ...digits, model: mlp(more) });
    return [...(await valueOf(run, "model")).weights["dense1/kernel"]!.data];
  };
  const sgd = { optimizer: { use: "sgd", learning_rate: 0.5 } };
  const [seen, blanked, never] = [
    await kernel(sgd),
    await kernel({ ...sgd, augment: ["blank"] }),
    await kernel({ ...sgd, augment: [{ use: "blank", chance: 0 }] }),
  ];
  assert.deepEqual(never, seen);
  assert.notDeepEqual(blanked, seen);
  // Pixels of 0 give no gradient to the weights that multiply them.
  assert.deepEqual(blanked, await kernel({ optimizer: { use: "sgd", learning_rate: 1e-30 } }));
});

Deno.test("an augmentation of one's own suits its subject alone", async () => {
  const value = { ...iris, model: mlp({ augment: ["blank"] }) };
  assert.match(
    (await problemsOf({ augmentations: [blank] }, value)).join(),
    /`blank` varies images, and a sample here is 4/,
  );
});

/** Runs in a folder with these files. */
async function inFolder<T>(
  files: Readonly<Record<string, Uint8Array>>,
  body: (meta: { readonly url: string }) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, bytes] of Object.entries(files)) {
      await Deno.writeFile(`${folder}/${name}`, bytes);
    }
    return await body({ url: `file://${folder}/recipe.ts` });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a reader of one's own reads files by their ending or by the format, and texts are none of its", async () => {
  const bytes = Uint8Array.from({ length: 40 }, (_, at) => at);
  await inFolder({ "a.half": bytes, "b.bin": bytes }, async (meta) => {
    const { recipe } = language({ readers: [halves] });
    const read = async (data: object, input = [1]) => {
      const steps = [
        { op: "data", ...data },
        { op: "model", use: "mlp", hidden: [2], input, outputs: 2 },
        { op: "train", model: "model", data: "data", epochs: 1 },
      ];
      const run = await recipe(meta, { name: "own", steps }).run({ cache: memoryStore() });
      return run.problems[0]?.message ??
        run.lock!.steps.map(({ name, artifact }) => `${name} ${artifact.digest}`).join();
    };
    const split = { split: { validation: 0.1, test: 0.1 } };
    const [ending, named] = [
      await read({ from: "./a.half", ...split }),
      await read({ from: "./b.bin", format: "halves", ...split }),
    ];
    assert.match(ending, /^data \w{64},model /);
    assert.equal(ending, named);
    assert.match(
      await read({ from: "./a.half", text: { tokens: "words" } }, [128]),
      /the reader halves gives numbers; leave `text` out/,
    );
  });
});

Deno.test("a family of one's own is a model like others, its options checked at their place", async () => {
  const run = await ran({ families: [single] }, {
    ...iris,
    teacher: {
      use: "single",
      train: { epochs: 30, optimizer: { use: "adam", learning_rate: 0.05 } },
    },
    student: { use: "single", bias: false, seed: 5 },
    distill: { epochs: 1 },
  });
  const names = async (model: string) => Object.keys((await valueOf(run, model)).weights).sort();
  assert.deepEqual(await names("teacher"), ["only/bias", "only/kernel"]);
  assert.deepEqual(await names("distilled"), ["only/kernel"]);
  assert.match(
    (await problemsOf({ families: [single] }, { ...iris, model: { use: "single", bias: 3 } }))
      .join(),
    /^model\.bias: /,
  );
  assert.deepEqual(
    await problemsOf({ families: [single] }, {
      ...iris,
      model: { use: "single", train: { epochs: 1 } },
    }),
    [],
  );
});

Deno.test("what a family of one's own lists as layers and is none is told when checked, odd values when built", async () => {
  const listing = (changed: object) =>
    defineFamily({
      ...about,
      name: "listing",
      fields: {},
      build: (input, outputs) => ({
        family: "listing",
        inputs: [{ name: "in", shape: input }],
        layers: [{
          ...{ name: "only", kind: "dense", inputs: ["in"], units: outputs, bias: true },
          activation: "linear",
          ...changed,
        } as Layer],
        outputs: ["only"],
        head: "softmax",
      }),
    });
  const model = { use: "listing", train: { epochs: 1 } };
  const told = (changed: object) =>
    problemsOf({ families: [listing(changed)] }, { ...iris, model });
  assert.deepEqual(await told({}), []);
  assert.match((await told({ kind: "dens" })).join(), /^model: layer "only" is of kind "dens"; /);
  assert.match((await told({ bais: false })).join(), /^model: layer "only" has "bais"; /);
  const run = await opened({ families: [listing({ activation: "swish" })] }, { ...iris, model })
    .run({ cache: memoryStore() });
  assert.match(
    run.problems[0]!.message,
    /failed: layer "only": its activation cannot be "swish"$/,
  );
});

Deno.test("a format of one's own is written, held against the model, and loaded", async () => {
  const value = { ...iris, model: mlp(), export: [{ use: "decimal", note: "n" }] };
  const run = await ran({ formats: [decimal()] }, value);
  const model = await valueOf(run, "model");
  const bad = await opened({ formats: [decimal(1)] }, value).run({ cache: memoryStore() });
  assert.match(bad.problems[0]!.message, /the files do not compute what the model does/);
  const written = await decimal().definition.writes!.write(model, { note: "", tolerance: 0 });
  const bytes = written["m.decimal"]!;
  await inFolder({ "m.decimal": bytes }, async (meta) => {
    const { recipe } = language({ formats: [decimal()] });
    const loading = recipe(meta, {
      name: "own",
      data: "iris",
      model: { from: "./m.decimal" },
    });
    const loaded = await loading.run({ cache: memoryStore() });
    assert.deepEqual((await valueOf(loaded, "model")).weights, model.weights);
  });
});

Deno.test("a metric of one's own is measured, claimed, and said to suit its tasks alone", async () => {
  const value = (metrics: string[], claim: string) => ({
    ...iris,
    model: mlp(),
    evaluate: { metrics },
    expect: [claim],
  });
  const run = await ran(
    { metrics: [rights] },
    value(["accuracy", "rights"], "result.rights >= 0"),
  );
  const { metrics, accuracy, samples } = run.models.at(-1)!;
  assert.equal(metrics.rights, Math.round(accuracy! * samples!));
  assert.match(
    (await problemsOf({ metrics: [mean] }, value(["mean-made"], "result.bytes >= 1 B"))).join(),
    /`mean-made` is of what a model makes, and says nothing about classification/,
  );
});

Deno.test("a metric of what is made is computed from what the model gives", async () => {
  const run = await ran({ metrics: [mean] }, {
    name: "own",
    data: { use: "digits", limit: 60, task: "reconstruction" },
    model: { use: "cvae", latent: 2, train: { epochs: 1 } },
    evaluate: { metrics: ["mean-made", "output-error"] },
  });
  const { metrics } = run.models.at(-1)!;
  assert.ok(Number.isFinite(metrics["mean-made"]));
});

Deno.test("what a recipe may say of an entry is its fields, described by its summary; of a term its weight besides", () => {
  const entries = [times(), blank, single, decimal()];
  const said = entries.map(({ name, fields }) => [
    name,
    fields?.description,
    Object.keys(fields?.properties ?? {}),
  ]);
  assert.deepEqual(said, [
    ["times", about.summary, ["weight", "factor"]],
    ["blank", about.summary, []],
    ["single", about.summary, ["bias"]],
    ["decimal", about.summary, ["note"]],
  ]);
});

Deno.test("an entry stands in its own list, under a name that nobody else has there", () => {
  assert.throws(() => language({ terms: [blank] as never }), {
    name: "DecantError",
    code: "usage",
    message: 'Cannot list "blank" under terms: it is defined for augmentations',
  });
  assert.throws(() => language({ terms: [{ name: "x" }] as never }), /it is defined for none/);
  const named = defineMetric({ ...rights, ...about, name: "accuracy", tasks: [] } as never);
  assert.throws(() => language({ metrics: [named] }), /two metrics named "accuracy"/);
  assert.throws(() => language({ ops: [ops[0]] as never }), {
    name: "DecantError",
    code: "usage",
    message: 'Cannot list two ops named "data"',
    help: "give yours another name",
  });
});

Deno.test("code of one's own that throws is named with its list and the line of its file", async () => {
  const module = import.meta.url;
  const parts = {
    terms: [defineTerm({
      ...about,
      name: "oops",
      module,
      fields: {},
      reads: { labels: true },
      compares: "classes",
      // Thrown by tfjs, which is far from the line that calls it.
      value: ({ room: { tf }, logits }) => tf.mean(tf.matMul(logits, logits)) as Scalar,
    })],
    families: [defineFamily({
      ...about,
      name: "none",
      module,
      fields: {},
      build: () => {
        throw new TypeError("no layers");
      },
    })],
    metrics: [
      defineMetric({
        ...about,
        name: "nothing",
        module,
        dimension: "plain",
        better: "less",
        tasks: ["classification"],
        of: () => NaN,
      }),
    ],
  };
  const problem = async (value: object) => {
    const run = await opened(parts, { ...iris, ...value }).run({ cache: memoryStore() });
    const { code, message, help } = run.problems[0]!;
    return [code, message.replace(/:\d+:\d+\)/, ":LINE)"), help];
  };
  const file = "tests/engine/api/define_test.ts";
  const [code, message] = await problem({ model: mlp({ loss: ["oops"] }) });
  assert.equal(code, "step-failed");
  const found = message!.startsWith(`\`model\` failed in \`oops\`, one of terms (${file}:LINE): `);
  assert.ok(found, message);
  assert.deepEqual(await problem({ model: mlp(), evaluate: { metrics: ["nothing"] } }), [
    "step-failed",
    "`model-test` failed: `nothing` came out as NaN, which is no result",
    "it runs code that did not come with Decant: `nothing`, one of metrics",
  ]);
  const built = opened(parts, { ...iris, model: { use: "none", train: { epochs: 1 } } });
  await assert.rejects(async () => await built.compile(), (error: Error) => {
    assert.match(
      error.message,
      /^`model-init` failed in `none`, one of families \(.*\): no layers$/,
    );
    return true;
  });
});
