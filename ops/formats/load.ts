/** The op `load`: a model from files. */
import {
  defineOp,
  ListOf,
  type ModelFacts,
  OneOf,
  ParameterError,
  Source,
  Type,
} from "../../engine/op.ts";
import { modelKind, withOwnFiles } from "../model/kind.ts";
import { readable } from "./formats.ts";

/** From this share of zeros on, a model that is not asked to keep them gets a warning. */
const SPARSE = 0.3;

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
    }),
    preserve: ListOf(OneOf(["zeros"], { description: "What is kept" }), {
      default: [],
      description: "What is found in the file and that later steps must keep: zeros",
    }),
  }),
  example: { from: "./model/model.json" },
  source: ({ from }) => [from],
  beside: (_source, bytes) => readable.flatMap(({ read }) => read.beside(bytes)),
  facts: (): ModelFacts => ({ kind: "model", learned: true, family: "loaded", established: [] }),
  async run(_inputs, { from, preserve }, context) {
    const { readModel } = await import("./read_model.ts");
    const { model, files } = await readModel(from, context);
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
