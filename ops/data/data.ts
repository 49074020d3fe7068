/** The op `data`: samples from the package or from files, divided, in an order of their own. */
import { type DatasetFacts, defineOp, ParameterError } from "../../engine/op.ts";
import { dataFields, type DataParams, type FileParams } from "./data_fields.ts";
import { datasetKind } from "./dataset.ts";
import { DIGIT_CLASSES, DIGIT_SHAPE } from "./digits.ts";
import { IRIS_CLASSES, IRIS_SHAPE } from "./iris.ts";
import { sourcesOf } from "./load_files.ts";

export const data = defineOp({
  name: "data",
  version: 1,
  summary: "Brings samples and divides them into train, validation and test",
  inputs: {},
  output: datasetKind,
  params: dataFields,
  example: { use: "digits", limit: 100 },
  numerics: "none",
  random: true,
  source: (params) => isFiles(params) ? sourcesOf(params) : [],
  facts: (_inputs, params) => {
    const { validation, test } = params.split;
    if (validation + test >= 1) {
      throw new ParameterError(
        "out-of-range",
        "split",
        `\`split\` leaves nothing to train on: validation ${validation} and test ${test} make ${
          validation + test
        }`,
        "split: { validation: 0.1, test: 0.2 }",
      );
    }
    return isFiles(params) ? fileFacts(params) : embeddedFacts(params);
  },
  async run(_inputs, params, context) {
    const { loadData } = await import("./load_data.ts");
    return await loadData(params, context);
  },
});

const embedded = {
  digits: { input: DIGIT_SHAPE, classes: DIGIT_CLASSES },
  iris: { input: IRIS_SHAPE, classes: IRIS_CLASSES },
};

function isFiles(params: DataParams): params is FileParams {
  return "from" in params;
}

function embeddedFacts({ use, classes: given }: Exclude<DataParams, FileParams>): DatasetFacts {
  const { input, classes } = embedded[use];
  if (given !== undefined && given.length !== classes.length) {
    throw new ParameterError(
      "out-of-range",
      "classes",
      `\`classes\` names ${given.length}, and ${use} has ${classes.length}`,
    );
  }
  return {
    kind: "dataset",
    task: "classification",
    input,
    outputs: classes.length,
    classes: given ?? classes,
  };
}

/** Shapes stay open: the files are read when the step runs. */
function fileFacts({ task, classes }: FileParams): DatasetFacts {
  const known = { kind: "dataset", task } as const;
  return classes === undefined ? known : { ...known, classes, outputs: classes.length };
}
