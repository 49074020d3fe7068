/** The op `load`: a model from files. */
import {
  ByType,
  defineOp,
  LARGEST,
  ListOf,
  type ModelFacts,
  OneOf,
  ParameterError,
  type RunContext,
  Source,
  Type,
} from "../../engine/op.ts";
import { modelKind, withOwnFiles } from "../model/kind.ts";
import type { Model } from "../model/model.ts";
import { LABEL } from "../model/zoo/generator.ts";
import type { AskedModel } from "./asked.ts";
import { readable } from "./formats.ts";

/** From this share of zeros on, a model that is not asked to keep them gets a warning. */
const SPARSE = 0.3;

/** What is given to an input of a network that reads several. */
const GivenInput = ByType({
  number: Type.Number({ description: "Each of its values" }),
  string: OneOf(["positions", "mask", "sample", "columns", "class"], {
    description: "What is made of the sample",
  }),
}, { description: "A number, or what is made of the sample" });

/** A model read from files. */
export const load = defineOp({
  name: "load",
  version: 2,
  summary: "Reads a model from files",
  inputs: {},
  output: modelKind,
  numerics: "none",
  params: Type.Object({
    from: Source({
      description: `The model's files: ${readable.map(({ read }) => read.field).join("; or ")}`,
      own: { list: "formats" },
    }),
    input: Type.Optional(Type.Array(Type.Integer({ minimum: 1, maximum: LARGEST.units }), {
      minItems: 1,
      maxItems: 4,
      description:
        "The shape of one sample, [height, width, channels], [length] or [features]; default: the file's, which may leave it open",
    })),
    inputs: Type.Optional(Type.Record(Type.String(), GivenInput, {
      description:
        "What each further input of the network is given, by its name: a number, which each of its values is; or `positions`, 0, 1, 2 … along its last axis; `mask`, 0 where the sample has token 0, padding, else 1; `sample`, the sample; `columns`, as many columns of a row as it reads; `class`, a row that is 1 at the class of the sample. The one that is not named reads the samples",
    })),
    output: Type.Optional(Type.String({
      description:
        "The output that is trained, measured and exported, by its name; what only others need is left out. Default: the one that the file has",
    })),
    preserve: ListOf(OneOf(["zeros", "integers"], { description: "What is kept" }), {
      default: [],
      description:
        "What is found in the file and that later steps must keep: zeros; or integers, in which the model then computes as the file says",
    }),
  }),
  example: { from: "./model/model.json" },
  source: ({ from }) => [from],
  beside: (source, bytes) => readable.flatMap(({ read }) => read.beside(bytes, source)),
  facts: (_inputs, { preserve }): ModelFacts => ({
    kind: "model",
    learned: true,
    family: "loaded",
    established: preserve.includes("integers") ? ["format"] : [],
  }),
  async run(_inputs, { preserve, ...named }, context) {
    const { readModel } = await import("./read_model.ts");
    const integers = preserve.includes("integers");
    const { model, files } = await readModel({ ...named, integers }, context);
    if (integers && model.established.format === undefined) {
      throw new ParameterError(
        "out-of-range",
        "preserve",
        "the file has no integers to preserve, or its reader makes reals of them",
        "those of TensorFlow Lite, and of packed and safetensors files written here, are kept; others without `preserve`",
      );
    }
    warnOfClasses(model, named, context);
    const { withZerosHeld, zeroShare } = await import("./preserve_zeros.ts");
    const zeros = zeroShare(model);
    context.note("zeros", zeros);
    if (preserve.includes("zeros")) {
      if (zeros > 0) return withOwnFiles(withZerosHeld(model), files);
      throw new ParameterError("out-of-range", "preserve", "the file has no zeros to preserve");
    }
    if (zeros >= SPARSE) {
      const percent = (zeros * 100).toFixed(1);
      context.warn(
        `${percent} % of the weights in the file are zero and later steps may fill them; ` +
          "preserve: zeros keeps them",
      );
    }
    return withOwnFiles(model, files);
  },
});

/** Says which input reads the class of each sample where nobody said so. */
function warnOfClasses(
  { inputs: [, ...conditions] }: Model,
  { inputs = {} }: AskedModel,
  { warn }: Pick<RunContext, "warn">,
): void {
  for (const { name } of conditions) {
    if (name === LABEL || inputs[name] === "class") continue;
    warn(
      `The model reads \`${name}\` besides the sample, and is given the class of each sample there; ` +
        `\`inputs: { ${name}: … }\` gives it something else`,
    );
  }
}
