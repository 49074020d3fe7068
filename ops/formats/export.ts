/** The op `export`: a model as files, loaded again and compared. */
import type { Json } from "../../engine/digest.ts";
import { filesKind } from "../../engine/files.ts";
import { defineOp, input, type ModelFacts, openFacts } from "../../engine/op.ts";
import { datasetInput } from "../data/dataset.ts";
import { modelKind, ownFiles } from "../model/kind.ts";
import type { Model } from "../model/model.ts";
import { assertHeld, exportFormat, formatField } from "./formats.ts";

/** Writes a model in a format that a runtime loads. */
export const exportFiles = defineOp({
  name: "export",
  version: 2,
  summary: "Writes a model as files, loads them again and compares",
  inputs: {
    model: input(modelKind, "The model that is written", { learned: true }),
    data: datasetInput("Its first 64 test samples are compared", ["test"], { optional: true }),
  },
  output: filesKind,
  makes: ({ params: { use } }) => `export-${use}`,
  alsoCalled: ["output", "exports", "formats"],
  params: formatField,
  example: { use: "tfjs" },
  facts({ model }, format) {
    assertHeld(model as ModelFacts, format, "");
    return openFacts("files");
  },
  fetches: (format) => exportFormat(format).verify.package,
  saves: async (model: Model) => (await import("./encode_files.ts")).usualFiles(model),
  page: {
    version: 2,
    async make(name, model: Model, data) {
      const { tryPage } = await import("./page/try_page.ts");
      return await tryPage(name, model, data);
    },
  },
  document: {
    file: "preprocessing.json",
    async make(manifest, data) {
      const { preprocessing } = await import("./preprocessing/preprocessing.ts");
      return preprocessing(manifest as unknown as Model, data) as unknown as Json;
    },
  },
  async run({ model, data }, format, { note, progress, signal }) {
    const { bytesOfFiles, encodeFiles } = await import("./encode_files.ts");
    const { checkExport } = await import("./check_export.ts");
    const { vocabularyFile } = await import("./vocabulary_file.ts");
    const files = await encodeFiles(model, format);
    progress(0.1, "compares");
    note("check", await checkExport(model, files, format, { data, signal }));
    const written = { ...files, ...vocabularyFile(data?.meta) };
    // Of a model as it was loaded `evaluate` counts the files that it came in, and nobody else these.
    if (ownFiles(model) !== undefined) {
      note("bytes", { ...bytesOfFiles(Object.values(written)) });
    }
    return written;
  },
});
