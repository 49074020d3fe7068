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
import { isJsonObject } from "./json_object.ts";
import { isGraphModel } from "./tfjs/config.ts";

/** From this share of zeros on, a model that is not asked to keep them gets a warning. */
const SPARSE = 0.3;

/** A model read from a tfjs layers-model. */
export const load = defineOp({
  name: "load",
  version: 2,
  summary: "Reads a model from files",
  inputs: {},
  output: modelKind,
  numerics: "none",
  params: Type.Object({
    from: Source({
      description:
        "The model's files: the folder of a tfjs layers-model, or the model.json in it; by URL always the model.json",
    }),
    preserve: ListOf(OneOf(["zeros"], { description: "What is kept" }), {
      default: [],
      description: "What is found in the file and that later steps must keep: zeros",
    }),
  }),
  example: { from: "./model/model.json" },
  source: ({ from }) => [from],
  beside: (_source, bytes) => shardsNamed(bytes),
  facts: (): ModelFacts => ({ kind: "model", learned: true, family: "loaded", established: [] }),
  async run(_inputs, { from, preserve }, context) {
    const { loadFolder } = await import("./tfjs/load_folder.ts");
    const { model, files } = await loadFolder(from, context);
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

/** The shards that a layers-model's `model.json` names; none where it is none, which is said when the step runs. */
function shardsNamed(bytes: Uint8Array): readonly string[] {
  let json: { readonly weightsManifest?: unknown } | null;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return [];
  }
  if (isJsonObject(json) && isGraphModel(json)) return [];
  const groups = Array.isArray(json?.weightsManifest) ? json.weightsManifest : [];
  return groups.flatMap((group: { readonly paths?: unknown } | null) =>
    Array.isArray(group?.paths) ? group.paths.filter((path) => typeof path === "string") : []
  );
}
