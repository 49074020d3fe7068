/**
 * The 60 operators of ONNX that are commonest in vision models and text encoders (`tests/fixtures/onnx/commonest.json`), and
 * what becomes of a file that has each: read with its author's answers, trained, pruned, quantized and exported again.
 */
import { fromBinary, ModelProtoSchema } from "../../../../engine/deps/onnx_buf.ts";
import { given } from "../../../../engine/given.ts";
import { sizeOf } from "../../../../engine/shape.ts";
import { type Dataset, heldValues } from "../../../../ops/data/dataset.ts";
import { encodeOnnx } from "../../../../ops/formats/onnx/encode.ts";
import { readOnnx } from "../../../../ops/formats/onnx/read/read_onnx.ts";
import { onnxLogits } from "../../../../ops/formats/onnx/run_onnx.ts";
import { train } from "../../../../ops/learn/train.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { prune } from "../../../../ops/prune/prune.ts";
import { quantize } from "../../../../ops/quantize/quantize.ts";
import { training } from "../../learn/small_trainings.ts";
import { modelDigest } from "../../model_digest.ts";
import { noiseData } from "../../noise_data.ts";
import { recordingContext, runContext } from "../../run_context.ts";
import { besideBytes, exported, exportedBytes, openSamples } from "./support/exported.ts";
import { answersOf, asAuthor } from "./read/one_graph.ts";

const folder = new URL("../../../fixtures/onnx/", import.meta.url);

/** The pinned list: in how many models each occurs. */
const commonest: { readonly operators: Readonly<Record<string, number>> } = JSON.parse(
  await Deno.readTextFile(new URL("commonest.json", folder)),
);

/** The file of the table. */
export const TABLE = new URL("OPERATORS.md", folder);

/** The smallest file with each operator. */
function filesByOperator(): ReadonlyMap<string, string> {
  const sizes = new Map<string, number>();
  const files = new Map<string, string>();
  for (const name of Object.keys(exported)) {
    const bytes = exportedBytes(name);
    for (const { opType: op } of fromBinary(ModelProtoSchema, bytes).graph!.node) {
      if (bytes.length >= (sizes.get(op) ?? Infinity)) continue;
      sizes.set(op, bytes.length);
      files.set(op, name);
    }
  }
  return files;
}

/** The model in a file, whose author gets its own answers. */
async function read(name: string): Promise<Model> {
  const files = new Map([["beside.data", besideBytes("beside.data")]]);
  const beside = { files, ...given({ sample: openSamples[name] }) };
  const model = readOnnx(exportedBytes(name), `${name}.onnx`, beside);
  const { found, wanted } = await asAuthor(model, exported[name]!);
  const far = wanted.findIndex((value, at) => !(Math.abs(value - found[at]!) <= 1e-4));
  if (far >= 0) throw new Error(`at ${far} it answers ${found[far]}, its author ${wanted[far]}`);
  return model;
}

/** Samples of noise with numbers to learn. */
async function dataFor(model: Model): Promise<Dataset> {
  const data = noiseData(model, 4);
  const { train } = data.parts;
  const outputs =
    (await answersOf(model, 1, heldValues(train!.x).slice(0, sizeOf(data.meta.input)))).length;
  const y = Float32Array.from({ length: 4 * outputs }, (_, i) => Math.sin(i));
  const whole = { ...train!, y };
  return { meta: { ...data.meta, outputs }, parts: { train: whole, validation: whole } };
}

const INT8 = {
  scheme: "int8",
  granularity: "channel",
  symmetry: "symmetric",
  activations: { use: "int8", granularity: "tensor", symmetry: "asymmetric" },
  calibrate: { use: "minmax", samples: 4 },
  fold: "batchnorm",
  equalize: "none",
  "bias_correction": "none",
  rules: "onnx",
} as const;
const HALF = {
  granularity: "weight",
  criterion: "magnitude",
  scope: "layer",
  ratio: 0.5,
} as const;

/** What is tried, in the order of the columns. Each throws where it fails. */
const trials: Readonly<Record<string, (model: Model, data: Dataset) => Promise<void>>> = {
  async trains(model, data) {
    // Of a regression: the head, which a file leaves to the data, is none.
    const block = training({ batch: 4 });
    const trained = await train.run(
      { model: { ...model, head: "none" }, data },
      block,
      runContext(),
    );
    changed(model, trained);
  },
  async prunes(model, data) {
    changed(model, await prune.run({ model, data }, HALF, recordingContext().context));
  },
  async quantizes(model, data) {
    changed(model, await quantize.run({ model, data }, INT8, recordingContext().context));
  },
  async exports(model, data) {
    const size = sizeOf(data.meta.input);
    const x = Float32Array.from(heldValues(data.parts.train!.x).slice(0, size));
    const plain = { ...model, head: "none" as const };
    const files = encodeOnnx(plain, { form: "float", opset: 17 });
    const [found, wanted] = [await onnxLogits(files, plain, x), await answersOf(plain, 1, x)];
    if (wanted.some((value, at) => !(Math.abs(value - found[at]!) <= 1e-4))) {
      throw new Error("the runtime answers otherwise");
    }
  },
};

function changed(before: Model, after: Model): void {
  if (modelDigest(before) === modelDigest(after)) throw new Error("nothing changes");
}

/** An operator, the models that have it, a file with it, and what fails. */
interface OperatorRow {
  readonly op: string;
  readonly models: number;
  readonly file: string | undefined;
  /** By column: nothing where it does not fail. */
  readonly failures: Readonly<Record<string, string>>;
}

const COLUMNS = ["read", ...Object.keys(trials)];

/** All of them tried. */
export async function operatorRows(): Promise<readonly OperatorRow[]> {
  const files = filesByOperator();
  const tried = new Map<string, Readonly<Record<string, string>>>();
  const rows: OperatorRow[] = [];
  for (const [op, models] of Object.entries(commonest.operators)) {
    const file = files.get(op);
    const failures = file === undefined
      ? { read: "no file" }
      : tried.get(file) ?? await failuresOf(file);
    if (file !== undefined) tried.set(file, failures);
    rows.push({ op, models, file, failures });
  }
  return rows;
}

async function failuresOf(file: string): Promise<Readonly<Record<string, string>>> {
  const failures: Record<string, string> = {};
  const attempt = async (name: string, run: () => Promise<void>) => {
    try {
      await run();
    } catch (error) {
      failures[name] = (error as Error).message;
    }
  };
  let model: Model | undefined;
  await attempt("read", async () => void (model = await read(file)));
  if (model === undefined) return failures;
  const data = await dataFor(model);
  for (const [name, run] of Object.entries(trials)) await attempt(name, () => run(model!, data));
  return failures;
}

/** The table as Markdown. */
export function tableOf(rows: readonly OperatorRow[]): string {
  const readRows = rows.filter(({ failures }) => failures.read === undefined).length;
  const cells = rows.map(({ op, models, file, failures }) => {
    const marks = COLUMNS.map((column) =>
      failures.read !== undefined || failures[column] !== undefined ? "no" : "yes"
    );
    return `| ${[op, models, file ?? "", ...marks].join(" | ")} |`;
  });
  return [
    "# The 60 commonest operators of ONNX",
    "",
    "`commonest.py` counted them in vision models and text encoders. Each is tried on the smallest file here",
    "that has it: read with its author's answers within 1e-4, trained, pruned, quantized to int8, and exported",
    "to ONNX with ONNX Runtime's answers. `deno run -A tests/ops/formats/onnx/write_operator_table.ts` writes",
    "this page anew.",
    "",
    `${readRows} of ${rows.length} are read.`,
    "",
    `| operator | models | file | ${COLUMNS.join(" | ")} |`,
    `| --- | --- | --- | ${COLUMNS.map(() => "---").join(" | ")} |`,
    ...cells,
    "",
  ].join("\n");
}
