/** Ways to be wrong beyond those the specification shows: for each the code, what is marked, the sentence, the help. */
import assert from "node:assert/strict";
import { compile } from "../../../engine/graph/compile.ts";
import type { Code, Diagnostic } from "../../../engine/error.ts";
import { parseRecipe } from "../../../engine/recipe/parse_recipe.ts";
import { formats } from "../../../ops/formats/formats.ts";
import { fakeOps } from "./fake_ops.ts";

const roles = `decant: 1
name: mine
data: digits
teacher: { use: lenet5, train: { epochs: 1 } }
student: { use: mobilenet-v1 }
`;

function wrong(text: string): readonly Diagnostic[] {
  return compile(parseRecipe(text, "mine.yaml", fakeOps), fakeOps).diagnostics;
}

/** One mistake: the code, the text that is marked, the sentence, the help where it matters. */
type Case = readonly [
  text: string,
  code: Code,
  marked: string,
  message: string | RegExp,
  help?: string | RegExp,
];

function assertSays(said: string | undefined, expected: string | RegExp): void {
  if (typeof expected === "string") assert.equal(said, expected);
  else assert.match(String(said), expected);
}

const cases: Readonly<Record<string, Case>> = {
  "steps as a map": [
    roles + "steps:\n  prune: { granularity: weight, ratio: 0.5 }\n  quantize: { scheme: int8 }\n",
    "wrong-type",
    "steps",
    "`steps` is a list of steps, and this is a map",
    "steps:\n  - { op: prune, … }\n  - { op: quantize, … }",
  ],
  "steps as a map of names": [
    roles + "steps: { first: { op: distill, epochs: 1 } }\n",
    "wrong-type",
    "steps",
    "`steps` is a list of steps, and this is a map",
    "steps:\n  - { op: distill, as: first, … }",
  ],
  "a step under the name of its op": [
    roles + "steps:\n  - distill: { epochs: 1 }\n",
    "missing-field",
    "distill: { epochs: 1 }",
    "`steps` needs `op`",
    "{ op: distill, … } in place of distill: { … }",
  ],
  "a choice under the name of what is chosen": [
    roles + "distill: { epochs: 1, optimizer: { adam: { learning_rate: 0.1 } } }\n",
    "missing-field",
    "{ adam: { learning_rate: 0.1 } }",
    "`optimizer` needs `use`",
    "{ use: adam, … } in place of adam: { … }",
  ],
  "a role with a name": [
    roles.replace("use: mobilenet-v1", "use: mobilenet-v1, name: small") +
    "distill: { epochs: 1 }\n",
    "unknown-field",
    "name",
    "`mobilenet-v1` has no field `name`",
    "did you mean as?",
  ],
  "a step with a name": [
    roles + "steps: [{ op: distill, name: taught, epochs: 1 }]\n",
    "unknown-field",
    "name",
    "`distill` has no field `name`",
    "did you mean as?",
  ],
  "data by a bare path": [
    roles.replace("data: digits", "data: ../folder") + "distill: { epochs: 1 }\n",
    "wrong-type",
    "../folder",
    "`data` takes a path in `from`, not as a bare word",
    "data: { from: ../folder }",
  ],
  "data by a file whose name has blanks": [
    roles.replace("data: digits", "data: my numbers.csv") + "distill: { epochs: 1 }\n",
    "wrong-type",
    "my numbers.csv",
    "`data` takes a path in `from`, not as a bare word",
    'data: { from: "my numbers.csv" }',
  ],
  "a path in use": [
    roles.replace("{ use: mobilenet-v1 }", "{ use: ./small/model.json }") +
    "distill: { epochs: 1 }\n",
    "wrong-type",
    "./small/model.json",
    "`student.use` takes a path in `from`, not as a bare word",
    "from: ./small/model.json, and no use",
  ],
  "a recipe that is a list": [
    "- decant: 1\n",
    "wrong-type",
    "- decant: 1",
    "a recipe is a map of fields",
  ],
  "an empty document": ["# nothing\n", "wrong-type", "# nothing", "a recipe is a map of fields"],
  "no version": [
    "name: mine\ndata: digits\n",
    "missing-field",
    "name",
    /needs `decant`/,
    "decant: 1",
  ],
  "a version to come": ["decant: 2\nname: x\nfoo: 1\n", "version", "2", /reads version 1.*says 2/],
  "no name": [
    "decant: 1\nmodel: { from: ./m.json }\nexport: tfjs\n",
    "missing-field",
    "decant: 1",
    "a recipe needs `name`",
  ],
  "a name that cannot be a folder": [
    "decant: 1\nname: My Net!\nmodel: { from: ./m.json }\nexport: tfjs\n",
    "bad-name",
    "My Net!",
    /`name` must begin with a lower-case letter/,
    "did you mean my-net?",
  ],
  "two keys alike": [roles + "student: lenet5\n", "yaml", "student", "`student` stands here twice"],
  "an anchor": [
    roles + "distill: &d { epochs: 1 }\n",
    "yaml",
    "{ epochs: 1 }",
    /no anchors \(`&d`\)/,
    /variables:/,
  ],
  "a tag": [roles + "distill: { epochs: !int 3 }\n", "yaml", "!int", /no tags/],
  "a standard tag": [roles + "distill: { epochs: !!int 3 }\n", "yaml", "3", /no tags/],
  "two documents": [roles + "distill: { epochs: 1 }\n---\na: 1\n", "yaml", "---", /one document/],
  "a directive": [
    "%YAML 1.1\n---\n" + roles + "distill: { epochs: 1 }\n",
    "yaml",
    "%YAML 1.1",
    /no directives/,
  ],
  "a tab": ["decant: 1\nname: x\ndata:\n\tuse: digits\n", "yaml", "\t", /tab/, "use spaces"],
  "an open quote": ["decant: 1\nname: 'x\n", "yaml", "", /missing closing/i],
  "a map inside a line": ["decant: 1\nname: a: b\n", "yaml", "a", /a second `: ` on one line/],
  "a number that loses digits": [
    roles + "seed: 9007199254740993\ndistill: { epochs: 1 }\n",
    "wrong-type",
    "9007199254740993",
    /beyond 2\^53/,
  ],
  "a number that is none": [
    roles + "distill: { epochs: .inf }\n",
    "wrong-type",
    ".inf",
    /not a finite number/,
  ],
  "null": [
    roles + "distill: { epochs: null }\n",
    "wrong-type",
    "null",
    "`distill.epochs` must be a whole number; this is null",
    /only removes an inherited field/,
  ],
  "a number in quotes": [
    roles + 'distill: { epochs: "3" }\n',
    "wrong-type",
    '"3"',
    '`distill.epochs` must be a whole number; this is the text "3"',
    "without quotes it is one: 3",
  ],
  "a switch": [
    roles + "distill: { epochs: true }\n",
    "wrong-type",
    "true",
    /this is true/,
    /no switches/,
  ],
  "half an epoch": [
    roles + "distill: { epochs: 2.5 }\n",
    "out-of-range",
    "2.5",
    "`distill.epochs` must be a whole number; this is 2.5",
    "did you mean 3?",
  ],
  "a misspelt field": [
    roles + "distil: { epochs: 1 }\ndistill: { epochs: 1 }\n",
    "unknown-field",
    "distil",
    "a recipe has no field `distil`",
  ],
  "a synonym": [
    roles + "distill: { num_epochs: 3 }\n",
    "unknown-field",
    "num_epochs",
    "`distill` has no field `num_epochs`",
    "did you mean epochs?",
  ],
  "camel case": [
    roles + "distill: { epochs: 1, optimizer: { use: adam, learningRate: 0.1 } }\n",
    "unknown-field",
    "learningRate",
    "`adam` has no field `learningRate`",
    "did you mean learning_rate?",
  ],
  "a field of another alternative": [
    roles + "distill: { epochs: 1 }\nprune: { granularity: weight, ratio: 0.5, round_to: 4 }\n",
    "unknown-field",
    "round_to",
    "`prune` has no field `round_to`",
    "it goes with granularity: channel",
  ],
  "a misspelt value": [
    roles + "distill: { epochs: 1 }\nquantize: { scheme: int88 }\n",
    "unknown-value",
    "int88",
    "`quantize.scheme` has no value `int88`",
    "did you mean int8? All: int8, int4, float16",
  ],
  "a family that comes later": [
    roles.replace("mobilenet-v1", "ghostnet") + "distill: { epochs: 1 }\n",
    "not-yet",
    "ghostnet",
    "`ghostnet` is part of the language, but this version does not have it yet",
  ],
  "a field that comes later": [
    roles + "distill: { epochs: 1 }\nquantize: { scheme: int8, recalibrate: 3 }\n",
    "not-yet",
    "recalibrate",
    "`recalibrate` is part of the language, but this version does not have it yet",
  ],
  "a curve that is misspelt": [
    roles +
    "distill: { epochs: 1, optimizer: { use: adam, learning_rate: { use: cosin, start: 1, end: 0 } } }\n",
    "unknown-value",
    "cosin",
    "`distill.optimizer.learning_rate.use` has no value `cosin`",
    /did you mean cosine\?/,
  ],
  "a curve that leaves its limits": [
    roles +
    "distill: { epochs: 1, optimizer: { use: adam, learning_rate: { use: cosine, start: -1, end: 0 } } }\n",
    "out-of-range",
    "-1",
    "`distill.optimizer.learning_rate.start` is the step size, at least 0; this is -1",
  ],
  "a curve that no factor begins": [
    roles +
    "distill: { epochs: 1 }\nprune: { granularity: weight, ratio: { use: exponential, start: 0, end: 0.9 } }\n",
    "out-of-range",
    "0",
    "`prune.ratio` is exponential from 0, and no factor leads away from 0",
    "use: linear, cosine or cubic, or start: 0.009",
  ],
  "a curve that no factor ends": [
    roles +
    "distill: { epochs: 1, optimizer: { use: adam, learning_rate: { use: exponential, start: 0.01, end: 0 } } }\n",
    "out-of-range",
    "0",
    "`distill.optimizer.learning_rate` is exponential to 0, and no factor leads there",
    "use: linear, cosine or cubic, or end: 0.0001",
  ],
  "a curve between numbers that no factor joins": [
    roles +
    "distill: { epochs: 1, optimizer: { use: adam, learning_rate: { use: exponential, start: 1e-320, end: 0.5 } } }\n",
    "out-of-range",
    "0.5",
    "`distill.optimizer.learning_rate` is exponential from 1e-320 to 0.5, and no factor leads there",
  ],
  "a curve whose end is lost beside its start": [
    roles +
    "distill: { epochs: 1, loss: [{ use: soft-targets, temperature: { use: linear, start: 4, end: 1e-17 } }] }\n",
    "out-of-range",
    "1e-17",
    "`distill.loss.0.temperature` is the softening, above 0; between 4 and 1e-17 this comes to 0",
    "use: exponential",
  ],
  "a curve whose steps leave its limits": [
    roles +
    "distill: { epochs: 1 }\nprune: { granularity: weight, ratio: { use: step, start: 0.4, factor: 2, at: [2, 1] } }\n",
    "out-of-range",
    "2",
    "`prune.ratio` is the fraction removed, at least 0 and below 1; from epoch 2 on this is 1.6",
    "a factor nearer to 1, or fewer epochs in `at`",
  ],
  "a curve whose steps come to nothing": [
    roles +
    "distill: { epochs: 2, optimizer: { use: adam, learning_rate: { use: step, start: 0.1, factor: 1e-30, at: [1, 2] } } }\n",
    "out-of-range",
    "1e-30",
    /is the step size, at least 0; from epoch 2 on this is 1e-61, which is too near to 0 for single precision$/,
  ],
  "a curve whose reached steps leave its limits, beside one that is not": [
    roles +
    "distill: { epochs: 1 }\nprune: { granularity: weight, ratio: { use: step, start: 0.4, factor: 2, at: [1, 2, 9] }, finetune: { epochs: 4 } }\n",
    "out-of-range",
    "2",
    "`prune.ratio` is the fraction removed, at least 0 and below 1; from epoch 2 on this is 1.6",
  ],
  "a temperature that is 0 in single precision": [
    roles + "distill: { epochs: 1, loss: [{ use: soft-targets, temperature: 1.0e-40 }] }\n",
    "out-of-range",
    "1.0e-40",
    "`distill.loss.0.temperature` is the softening, above 0; this is 1e-40, which is too near to 0 for single precision",
  ],
  "a temperature that goes where single precision ends": [
    roles +
    "distill: { epochs: 1, loss: [{ use: soft-targets, temperature: { use: exponential, start: 4, end: 1e-300 } }] }\n",
    "out-of-range",
    "1e-300",
    /above 0; this is 1e-300, which is too near to 0 for single precision$/,
  ],
  "an exponential learning rate to what is no number of single precision": [
    roles +
    "distill: { epochs: 1, optimizer: { use: adam, learning_rate: { use: exponential, start: 0.01, end: 1e-300 } } }\n",
    "out-of-range",
    "1e-300",
    "`distill.optimizer.learning_rate` is exponential to 1e-300, which is too near to 0 for single precision",
    "use: linear, cosine or cubic, or end: 0.0001",
  ],
  "an exponential learning rate below the smallest normal number": [
    roles +
    "distill: { epochs: 1, optimizer: { use: adam, learning_rate: { use: exponential, start: 0.01, end: 1.1e-38 } } }\n",
    "out-of-range",
    "1.1e-38",
    "`distill.optimizer.learning_rate` is exponential to 1.1e-38, which is too near to 0 for single precision",
  ],
  "steps from nothing": [
    roles +
    "distill: { epochs: 1 }\nprune: { granularity: weight, ratio: { use: step, start: 0, factor: 2, at: 1 } }\n",
    "out-of-range",
    "0",
    "`prune.ratio` goes in steps from 0, and no factor leads away from 0",
  ],
  "a ratio that moves and is nothing all the time": [
    roles +
    "distill: { epochs: 1 }\nprune: { granularity: weight, ratio: { use: cubic, start: 0, end: 0.0 } }\n",
    "out-of-range",
    "0.0",
    "`prune.ratio` is the fraction removed, above 0 and below 1; this is 0 all the time",
  ],
  "a temperature that rises from nothing": [
    roles +
    "distill: { epochs: 1, loss: [{ use: soft-targets, temperature: { use: linear, start: 4, end: 1, warmup: 1 } }] }\n",
    "out-of-range",
    "1",
    "`distill.loss.0.temperature` is the softening, above 0; a warmup begins at 0",
    "leave warmup out",
  ],
  "epochs that fall": [
    roles +
    "distill: { epochs: 9, optimizer: { use: adam, learning_rate: { use: linear, start: 1, end: 0, epochs: [5, 2] } } }\n",
    "out-of-range",
    "[5, 2]",
    "`distill.optimizer.learning_rate.epochs` must rise; this is [5, 2]",
  ],
  "a source that no one may read": [
    "decant: 1\nname: x\nmodel: { from: ftp://x.org/m }\nexport: tfjs\n",
    "source",
    "ftp://x.org/m",
    '`model.from` is no source: "ftp://x.org/m"',
  ],
  "data that say neither what nor where": [
    roles.replace("digits", "{ limit: 3 }") + "distill: { epochs: 1 }\n",
    "missing-field",
    "{ limit: 3 }",
    "`data` needs `use` or `from`",
  ],
  "both stages and steps": [
    roles + "distill: { epochs: 1 }\nsteps: [{ op: distill, epochs: 1 }]\n",
    "unknown-field",
    "distill",
    /stands beside `steps`/,
  ],
  "both a student and a model": [
    roles + "model: lenet5\ndistill: { epochs: 1 }\n",
    "unknown-field",
    "model",
    /a `student` or a `model`, not both/,
  ],
  "a name that nothing has": [
    roles + "steps: [{ op: distill, model: studnt, epochs: 1 }]\n",
    "unknown-name",
    "studnt",
    "there is no model `studnt` above this step",
    /there is: student/,
  ],
  "a name of another kind": [
    roles + "steps: [{ op: distill, model: data, epochs: 1 }]\n",
    "wrong-kind",
    "data",
    "`data` is a data set, and a model is needed here",
  ],
  "a step that names itself": [
    roles + "steps: [{ op: distill, as: a, model: a, epochs: 1 }]\n",
    "unknown-name",
    "a",
    /is the name of this step itself/,
  ],
  "two steps of one name": [
    roles + "steps:\n  - { op: distill, epochs: 1 }\n  - { op: distill, epochs: 2 }\n",
    "duplicate-name",
    "{ op: distill, epochs: 2 }",
    "`distilled` is the name of two steps; the first is at line 7",
    "give one of them another name: as: …",
  ],
  "a reserved name": [
    roles + "steps: [{ op: distill, as: result, epochs: 1 }]\n",
    "bad-name",
    "result",
    /`result` is reserved/,
  ],
  "no data": [
    "decant: 1\nname: x\nmodel: { use: lenet5, input: [28, 28, 1], outputs: 10, train: { epochs: 1 } }\n",
    "missing-input",
    "{ epochs: 1 }",
    "`model` needs a data set as `data`, and there is none",
    "data: digits",
  ],
  "no shapes": [
    "decant: 1\nname: x\nmodel: lenet5\nprune: { granularity: weight, ratio: 0.5 }\n",
    "missing-parameter",
    "lenet5",
    /needs `input` and `outputs`: there are no data/,
  ],
  "a term without a teacher": [
    "decant: 1\nname: x\ndata: digits\nstudent: lenet5\n" +
    "distill: { epochs: 1, loss: [labels, soft-targets] }\n",
    "missing-input",
    "soft-targets",
    "`soft-targets` needs a teacher, and there is none",
  ],
  "a distillation whose loss reads no teacher": [
    roles + "distill: { epochs: 1, loss: [labels] }\n",
    "missing-input",
    "[labels]",
    "`distill` learns from no teacher: none of its terms reads one",
    /use train instead/,
  ],
  "a training whose loss reads a teacher": [
    roles + "steps: [{ op: train, epochs: 1, loss: soft-targets }]\n",
    "unknown-value",
    "soft-targets",
    /./,
  ],
  "a parameter that cannot work": [
    roles.replace("lenet5", "resnet, depth: 9") + "distill: { epochs: 1 }\n",
    "out-of-range",
    "9",
    "`depth` is 6n + 2; this is 9",
  ],
  "training after quantization": [
    roles +
    "steps:\n  - { op: quantize, model: teacher, scheme: int8 }\n  - { op: train, epochs: 1 }\n" +
    "  - { op: train, as: also, model: student, epochs: 1 }\n",
    "order",
    "{ op: train, epochs: 1 }",
    "`trained` stands after `quantized`: training would undo the quantization",
  ],
  "data that nobody uses": [
    roles + "steps:\n  - { op: data, as: more, use: iris }\n  - { op: distill, epochs: 1 }\n",
    "unused",
    "{ op: data, as: more, use: iris }",
    "nobody uses `more`",
  ],
  "a student that nobody teaches": [
    roles,
    "unused",
    "{ use: mobilenet-v1 }",
    "nobody uses `student`",
  ],
  "a choice without validation samples": [
    roles.replace("digits", "{ use: digits, split: { validation: 0 } }") +
    "distill: { epochs: 1, checkpoint: best }\n",
    "missing-input",
    "{ epochs: 1, checkpoint: best }",
    "`distilled` chooses on validation samples, and `data` has none",
    "split: { validation: 0.1 }",
  ],
  "a stage on a model that nobody teaches": [
    "decant: 1\nname: x\ndata: digits\nmodel: lenet5\nprune: { granularity: weight, ratio: 0.5 }\n",
    "untrained",
    "lenet5",
    "`model` has random weights: nothing trains or loads it",
    /add train/,
  ],
  "a step that must say which model it takes": [
    "decant: 1\nname: x\ndata: digits\nsteps:\n  - { op: model, as: a, use: lenet5 }\n" +
    "  - { op: model, as: b, use: lenet5 }\n  - { op: train, epochs: 1 }\n",
    "missing-input",
    "{ op: train, epochs: 1 }",
    "`trained` needs a model as `model`, and there is none",
    "model: a, or b",
  ],
  "percent where a fraction is meant": [
    roles + "distill: { epochs: 1 }\nprune: { granularity: weight, ratio: 50% }\n",
    "wrong-type",
    "50%",
    /`prune.ratio` must be a number/,
    "percent is for claims; as a fraction: 0.5",
  ],
  "a number in quotes where a curve may stand": [
    roles + "distill: { epochs: 1 }\nprune: { granularity: weight, ratio: '0.5' }\n",
    "wrong-type",
    "'0.5'",
    /`prune.ratio` must be a number/,
    "without quotes it is one: 0.5",
  ],
  "all of it": [
    roles + "distill: { epochs: 1 }\nprune: { granularity: weight, ratio: 1.0 }\n",
    "out-of-range",
    "1.0",
    /above 0 and below 1; this is 1/,
    /^undefined$/,
  ],
  "another toolkit's word for a value": [
    roles + "distill: { epochs: 1, loss: [labels, { use: KL-div }] }\n",
    "unknown-value",
    "KL-div",
    "`distill.loss.1.use` has no value `KL-div`",
    /^did you mean soft-targets\?/,
  ],
  "another toolkit's word for the field that chooses": [
    roles + "distill: { epochs: 1 }\nquantize: { bits: 8 }\n",
    "missing-field",
    "{ bits: 8 }",
    "`quantize` needs `scheme`",
    /^`scheme` in place of `bits`, /,
  ],
  "a number where a stage stands": [
    roles + "distill: { epochs: 1 }\nprune: 0.5\n",
    "wrong-type",
    "0.5",
    /`prune` must be a name or a map with `granularity`/,
    /^a map: \{ granularity: /,
  ],
  "a claim about nobody": [
    roles + "distill: { epochs: 1 }\nexpect:\n  - resutl.accuracy >= 1 %\n",
    "unknown-name",
    "resutl.accuracy",
    "there is no model `resutl`",
    /result/,
  ],
  "a claim about what has not learned": [
    roles + "distill: { epochs: 1 }\nexpect: student.accuracy >= 1 %\n",
    "claim",
    "student.accuracy",
    /has not learned anything/,
  ],
  "a claim about what is not measured": [
    roles + "distill: { epochs: 1 }\nexpect: result.recall.3 >= 1 %\n",
    "claim",
    "result.recall.3",
    "`recall` of `result` is not measured",
    "evaluate: { metrics: [accuracy, loss, recall] }",
  ],
  "a claim about time that nobody takes": [
    roles + "distill: { epochs: 1 }\nexpect: result.latency <= 3 ms\n",
    "claim",
    "result.latency",
    "`latency` of `result` is not measured",
    "evaluate: { latency: { batch: 1, repeats: 30 } }",
  ],
  "a claim about bytes that nobody counts": [
    roles + "distill: { epochs: 1 }\nexport: onnx\nexpect: result.bytes.zip <= 3 kB\n",
    "claim",
    "result.bytes.zip",
    "`bytes.zip` of `result` is not counted",
    "one of: raw, encoded, gzip, onnx",
  ],
  "a claim about every class at once": [
    roles + "distill: { epochs: 1 }\nevaluate: { metrics: recall }\nexpect: result.recall >= 3 %\n",
    "claim",
    "result.recall",
    "`recall` is one number for each class: say which",
    "result.recall.CLASS",
  ],
  "a claim about a part of one number": [
    roles + "distill: { epochs: 1 }\nexpect: result.accuracy.3 >= 3 %\n",
    "claim",
    "result.accuracy.3",
    "`accuracy` is one number: it has no `3`",
  ],
  "a claim about samples without data": [
    "decant: 1\nname: x\nmodel: { from: ./m.json }\nexpect: model.accuracy >= 3 %\n",
    "claim",
    "model.accuracy",
    "`accuracy` of `model` is not measured",
    "it is measured on samples, and the recipe has no data",
  ],
  "a claim in quotes is marked whole": [
    roles + 'distill: { epochs: 1 }\nexpect: "result.accuracy >= 1"\n',
    "claim-unit",
    '"result.accuracy >= 1"',
    /has no unit/,
  ],
};

for (const [name, [text, code, marked, message, help]] of Object.entries(cases)) {
  Deno.test(`a mistake is named once, at its place: ${name}`, () => {
    const found = wrong(text);
    assert.equal(found.length, 1, found.map((each) => `${each.code} ${each.message}`).join("\n"));
    const [diagnostic] = found;
    assert.equal(diagnostic!.code, code, diagnostic!.message);
    assertSays(diagnostic!.message, message);
    if (help !== undefined) assertSays(diagnostic!.help, help);
    const { line, column, length } = diagnostic!.place!;
    assert.equal(
      text.split("\n")[line - 1]!.slice(column - 1, column - 1 + length).trim(),
      marked.trim(),
    );
  });
}

Deno.test("what is wrong with every evaluation is said once", async () => {
  const { ops } = await import("../../../ops/mod.ts");
  const { opSet } = await import("../../../engine/op.ts");
  const set = opSet(ops);
  const text = roles + "distill: { epochs: 1 }\nevaluate: { metrics: [mae] }\n";
  const { diagnostics } = compile(parseRecipe(text, "mine.yaml", set), set);
  assert.deepEqual(diagnostics.map(({ code, path }) => `${code} ${path}`), [
    "unknown-value evaluate.metrics.0",
  ]);
});

Deno.test("a line that ends in a carriage return is shown without it", () => {
  const [diagnostic] = wrong(roles.replaceAll("\n", "\r\n") + "distill: { epoch: 1 }\r\n");
  assert.equal(diagnostic!.place!.text, "distill: { epoch: 1 }");
});

Deno.test("a warning does not stop a recipe", () => {
  const found = wrong(
    roles + "steps:\n  - { op: quantize, model: teacher, scheme: int8 }\n" +
      "  - { op: prune, granularity: weight, ratio: 0.5 }\n" +
      "  - { op: train, as: also, model: student, epochs: 1 }\n",
  );
  assert.deepEqual(found.map(({ code, severity }) => [code, severity]), [["order", "warning"]]);
});

Deno.test("one cause has one message: what follows from a mistake is not reported", () => {
  const found = wrong(
    roles.replace("use: lenet5", "use: lenet7") +
      "distill: { epochs: 1 }\nprune: { granularity: channel, ratio: 0.5, exclude: nothing-here, finetune: { epochs: 1 } }\n" +
      "expect: [pruned-cut.accuracy >= 1 %, teacher.recall >= 1 %]\n",
  );
  assert.deepEqual(found.map(({ path }) => path), ["teacher.use"]);
});

Deno.test("in TypeScript the place is the path", async () => {
  const { recipeFromValue } = await import("../../../engine/recipe/parse_recipe.ts");
  const { renderDiagnostics } = await import("../../../engine/recipe/check/render_diagnostics.ts");
  const value = {
    name: "x",
    data: "digits",
    model: "lenet5",
    prune: { granularity: "weight", ratio: 50 },
  };
  const { diagnostics } = recipeFromValue(value, "./", fakeOps);
  assert.equal(
    renderDiagnostics(diagnostics),
    "prune.ratio  out-of-range  `prune.ratio` is the fraction removed, above 0 and below 1; this is 50\n" +
      "     help: did you mean 0.5?\n\n1 problem. Nothing has run.\n",
  );
});

Deno.test("what JSON cannot say is no recipe", async () => {
  const { recipeFromValue } = await import("../../../engine/recipe/parse_recipe.ts");
  const codes = (value: unknown) =>
    recipeFromValue(value, "./", fakeOps).diagnostics.map(({ code, path }) => `${code} ${path}`);
  assert.deepEqual(codes({ name: "x", seed: NaN }), ["wrong-type seed"]);
  assert.deepEqual(codes({ name: "x", seed: 3n }), ["wrong-type seed"]);
  assert.deepEqual(codes({ name: () => "x" }), ["wrong-type name"]);
  assert.deepEqual(codes({ name: new Date(0) }), ["wrong-type name"]);
  assert.deepEqual(codes("digits"), ["wrong-type "]);
  const loop: Record<string, unknown> = { name: "x" };
  loop.data = loop;
  assert.match(codes(loop)[0]!, /^too-large/);
});

Deno.test("what a sentence quotes of a recipe is short and printable", () => {
  const long = `\u0007${"x".repeat(5000)}`;
  const quoted = JSON.stringify(long);
  const texts = [
    `decant: 1\nname: ${quoted}\ndata: digits\n`,
    `${roles}${quoted}: 1\n`,
    `${roles}distill: ${quoted}\n`,
    `${roles}distill: { epochs: ${quoted} }\n`,
    `${roles}quantize: { scheme: ${quoted} }\n`,
    `${roles}quantize: { scheme: int8, ${quoted}: 1 }\n`,
    `${roles}seed: $${"x".repeat(5000)}\n`,
    `${roles}variables: { ${quoted}: 1 }\n`,
    `${roles}expect: [${JSON.stringify(`result.${long} >= 1`)}]\n`,
    `${roles}expect: [${quoted}]\n`,
    `${roles}seed: 1${"0".repeat(5000)}\n`,
    `${roles}seed: &${"x".repeat(5000)} 1\n`,
    `${roles}seed: !${"x".repeat(5000)} 1\n`,
    `${roles}seed: |${"x".repeat(5000)}\n`,
  ];
  for (const text of texts) {
    const found = wrong(text);
    assert.ok(found.length > 0, text.slice(-100));
    for (const { message, help = "" } of found) {
      assert.ok(message.length < 400, `${message.length}: ${message.slice(0, 200)}`);
      assert.doesNotMatch(message, /\p{Cc}/u);
      assert.ok(help.length < 1000, help.slice(0, 200));
    }
  }
});

Deno.test("a format that nothing writes is said to be one, with those that can be written", async () => {
  const { recipe, RecipeError } = await import("../../../mod.ts");
  const writable = formats.flatMap((each) => "write" in each ? [each.name] : []);
  for (const format of ["tflite", "Keras", "h5", "torch-script"]) {
    for (const written of [format, { use: format }]) {
      const value = { name: "mine", data: "digits", model: "lenet5", export: ["tfjs", written] };
      assert.throws(() => recipe(value as never), (error) => {
        assert.ok(error instanceof RecipeError);
        const { code, message, help } = error.diagnostics.find(({ path }) => /export/.test(path))!;
        assert.deepEqual([code, message, help], [
          "not-yet",
          `\`${format}\` is a format that cannot be written yet`,
          `those that can: ${writable.join(", ")}`,
        ]);
        return true;
      });
    }
  }
});

Deno.test("steps behind the last epoch of a training, and small numbers that single precision has, are sound", () => {
  const step = "{ use: step, start: 0.5, factor: 1.9, at: [1, 9] }";
  const rate = (curve: string) => `optimizer: { use: adam, learning_rate: ${curve} }`;
  for (
    const rest of [
      `distill: { epochs: 1 }\nprune: { granularity: weight, ratio: ${step}, finetune: { epochs: 4 } }\n`,
      `distill: { epochs: 4, ${rate("{ use: step, start: 0.1, factor: 1e-30, at: [1, 9] }")} }\n`,
      `distill: { epochs: 4, loss: [{ use: soft-targets, temperature: { use: step, start: 4, factor: 1e-25, at: [1, 9] } }] }\n`,
      `distill: { epochs: 4, ${rate("{ use: exponential, start: 0.1, end: 1.2e-38 }")} }\n`,
      "distill: { epochs: 1, loss: [{ use: soft-targets, temperature: 3e-39 }] }\n",
    ]
  ) assert.deepEqual(wrong(roles + rest), [], rest);
});
