/** The op `data`: samples from the package or from files, divided, in an order of their own. */
import { type DatasetFacts, defineOp, ParameterError } from "../../engine/op.ts";
import { dataFields, type WrittenData } from "./data_fields.ts";
import { needOf } from "./data_needs.ts";
import { datasetKind } from "./dataset.ts";
import { DIGIT_CLASSES, DIGIT_SHAPE } from "./digits.ts";
import { IRIS_CLASSES, IRIS_SHAPE } from "./iris.ts";
import { conditionNames } from "./latent.ts";
import { fittedShape } from "./images/fit.ts";
import { sourcesOf } from "./readers/load_files.ts";
import { NAME_CLASSES } from "./text/names.ts";
import { MAIL_CLASSES } from "./text/spam.ts";
import { type TextParams, textWishes } from "./text/text_fields.ts";

export const data = defineOp({
  name: "data",
  version: 2,
  summary: "Brings samples and divides them into train, validation and test",
  inputs: {},
  output: datasetKind,
  params: dataFields,
  example: { use: "digits", limit: 100 },
  numerics: "none",
  random: true,
  source: (params) => [
    ...isFiles(params) ? sourcesOf(params) : [],
    ...("classes" in params && typeof params.classes === "string" ? [params.classes] : []),
  ],
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
    if (isFiles(params)) return fileFacts(params);
    return params.use === "latent" ? latentFacts(params) : embeddedFacts(params);
  },
  needs: needOf,
  async run(_inputs, params, context) {
    const { loadData } = await import("./load_data.ts");
    return await loadData(params, context);
  },
});

const embedded: {
  readonly [U in EmbeddedParams["use"]]: {
    /** Absent: samples are texts. */
    readonly input?: readonly number[];
    readonly classes: readonly string[];
  };
} = {
  digits: { input: DIGIT_SHAPE, classes: DIGIT_CLASSES },
  iris: { input: IRIS_SHAPE, classes: IRIS_CLASSES },
  names: { classes: NAME_CLASSES },
  spam: { classes: MAIL_CLASSES },
};

type FileParams = Extract<WrittenData, { from: unknown }>;
type Latent = Extract<WrittenData, { use: "latent" }>;
type EmbeddedParams = Exclude<WrittenData, FileParams | Latent>;

function isFiles(params: WrittenData): params is FileParams {
  return "from" in params;
}

function embeddedFacts(params: EmbeddedParams): DatasetFacts {
  const { use, classes: given } = params;
  const { input, classes } = embedded[use];
  const listed = typeof given === "string" ? undefined : given;
  if (listed !== undefined && listed.length !== classes.length) {
    throw new ParameterError(
      "out-of-range",
      "classes",
      `\`classes\` names ${listed.length}, and ${use} has ${classes.length}`,
    );
  }
  const { task = "classification" } = params;
  return {
    kind: "dataset",
    task,
    ...input && { input: params.use === "digits" ? fittedShape(input, params) : input },
    ...("text" in params && textFacts(params.text)),
    ...task !== "next-token" && { outputs: classes.length },
    ...task !== "next-token" && typeof given !== "string" && { classes: given ?? classes },
  };
}

function latentFacts({ size, conditions, task }: Latent): DatasetFacts {
  const classes = conditionNames(conditions);
  return { kind: "dataset", task, input: [size], outputs: conditions, classes };
}

/** Shapes stay open: the files are read when the step runs. */
function fileFacts(params: FileParams): DatasetFacts {
  const { task, classes, format, resize, color } = params;
  const text = textWishes(params);
  const known = format === "images" && resize !== undefined && color !== undefined;
  return {
    kind: "dataset",
    task,
    ...text && textFacts(text),
    ...known && { input: fittedShape([], params) },
    ...typeof classes === "object" && { classes, outputs: classes.length },
  };
}

/** How many tokens there are is learned from the texts. */
function textFacts({ length }: TextParams): Pick<DatasetFacts, "input" | "text"> {
  return { input: [length], text: {} };
}
