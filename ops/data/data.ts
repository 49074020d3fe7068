/** The op `data`: samples from the package or from files, divided, in an order of their own. */
import { given } from "../../engine/given.ts";
import { type DatasetFacts, defineOp, ParameterError } from "../../engine/op.ts";
import { audioShape } from "./audio/audio_fields.ts";
import { dataFields, sourcesOf, type WrittenData } from "./data_fields.ts";
import { datasetKind } from "./dataset.ts";
import { embeddedSet } from "./embedded_sets.ts";
import { fittedShape } from "./images/fit.ts";
import { textFacts, textWishes } from "./text/text_fields.ts";

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
    ..."from" in params ? sourcesOf(params) : [],
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
    if ("from" in params) return fileFacts(params);
    // Files may have a test part of their own where nothing is divided; an embedded set has none.
    return {
      ...embeddedSet(params.use).facts(params),
      ...given({ test: test === 0 ? "none" : undefined }),
    };
  },
  fetches: (params) => "from" in params ? undefined : embeddedSet(params.use).package,
  needs: (params) => "from" in params ? undefined : embeddedSet(params.use).needs?.(params),
  async run(_inputs, params, context) {
    const { loadData } = await import("./load_data.ts");
    return await loadData(params, context);
  },
});

type FileData = Extract<WrittenData, { from: unknown }>;

/** Shapes stay open: the files are read when the step runs. */
function fileFacts(params: FileData): DatasetFacts {
  const { task, classes, format, resize, color, audio, labels } = params;
  const text = textWishes(params);
  if (text !== undefined) assertNoCells(params.columns ?? {});
  assertAnswers(params);
  assertUnlabelled(params);
  assertDividable(params.split, text !== undefined);
  const { label } = params.columns ?? {};
  const answers = typeof label === "object"
    ? { outputs: label.length, ...given({ classes: task === "multi-label" ? label : undefined }) }
    : undefined;
  const named = typeof classes === "object" ? { classes, outputs: classes.length } : undefined;
  const input = format === "images" && resize !== undefined && color !== undefined
    ? fittedShape([], params)
    : audio && audioShape(audio);
  return {
    kind: "dataset",
    task,
    ...text && textFacts(text),
    ...given({ input, labels }),
    ...answers,
    ...named,
  };
}

/** Groups and times stand in a column of a table, and nothing else does. */
function assertDividable({ by, column }: FileData["split"], isText: boolean): void {
  const keyed = by === "group" || by === "time";
  if (keyed && isText) {
    throw new ParameterError(
      "unknown-value",
      "split.by",
      `\`${by}\` is of tables of numbers and categories, and these are read as text`,
      "by: label",
    );
  }
  if (keyed === (column !== undefined)) return;
  throw keyed
    ? new ParameterError(
      "missing-parameter",
      "split",
      `to divide by ${by}, say which column it stands in`,
      `split: { by: ${by}, column: … }`,
    )
    : new ParameterError(
      "unknown-field",
      "split.column",
      `a column says groups or times, and the samples are divided by ${by}`,
      "by: group, or by: time",
    );
}

/** Several answers are numbers or labels, and labels alone stand in one cell. */
function assertAnswers({ task, columns = {} }: FileData): void {
  const { label, separator } = columns;
  if (typeof label === "object" && task !== "regression" && task !== "multi-label") {
    throw new ParameterError(
      "unknown-value",
      "columns.label",
      `several columns are answers of a regression or labels, and the task is ${task}`,
      "task: multi-label, or regression",
    );
  }
  if (separator === undefined || task === "multi-label" && typeof label !== "object") return;
  throw new ParameterError(
    "unknown-field",
    "columns.separator",
    task === "multi-label"
      ? "a separator stands between labels of one column, and several are named"
      : `a separator stands between labels of a sample, and the task is ${task}`,
    task === "multi-label" ? "leave it out" : "task: multi-label",
  );
}

/** Samples that nobody has labelled have no column of labels, and a running text is its own answer. */
function assertUnlabelled({ labels, task, columns }: FileData): void {
  if (labels === undefined) return;
  if (task === "next-token") {
    throw new ParameterError(
      "unknown-value",
      "labels",
      "the answers of next-token are the tokens of the text themselves: no one has to label them",
      "leave labels out",
    );
  }
  if (columns?.label === undefined) return;
  throw new ParameterError(
    "unknown-value",
    "labels",
    "`labels: none` says that there are none, and `columns.label` names their column",
    "leave one of them out",
  );
}

/** Words of a text are neither numbers nor categories. */
function assertNoCells(columns: NonNullable<FileData["columns"]>): void {
  for (const name of ["missing", "categories"] as const) {
    if (columns[name] === undefined) continue;
    throw new ParameterError(
      "unknown-field",
      `columns.${name}`,
      `\`${name}\` is of columns of numbers and categories, and these are read as text`,
      "leave it out",
    );
  }
}
