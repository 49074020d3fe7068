/** The parts of `recipes/README.md` that derive from the code: each block of the language as a list of its fields. */
import type { TSchema } from "../../engine/field.ts";
import type { AnyOp, Inputs, OpSet } from "../../engine/op.ts";
import { formOf } from "../../engine/recipe/words/form.ts";
import { units } from "../../engine/recipe/claims/claim_units.ts";
import { grammarOf } from "../../engine/recipe/words/grammar.ts";
import { type FieldShape, parametersOf, valuesText } from "../../engine/recipe/words/parameters.ts";
import { topics } from "../../engine/recipe/words/topics.ts";
import { families } from "../../ops/model/zoo/families.ts";
import { searchSchema, sweepSchema } from "../../engine/recipe/words/points_schema.ts";

/** All parts by name. */
export function referenceParts(
  ops: OpSet,
  hasSection: (name: string) => boolean,
): Readonly<Record<string, string>> {
  const training = parametersOf(trainingOf(ops));
  const shared = new Set(training.map(({ name }) => name));
  const own = (name: string) =>
    listOf(parametersOf(ops.get(name)!.params).filter((each) => !shared.has(each.name)));
  const all = (name: string) => listOf(parametersOf(ops.get(name)!.params));
  const stages = [...ops.values()].filter(({ name, stage, learns }) =>
    stage !== undefined && !learns && hasSection(name)
  ).map(({ name }) => name);
  const sections = ["data", "model", "load", "head", "train", "evaluate", "export"];
  const toldApart = new Set([...sections, ...["distill", "mutual"], ...stages]);
  const top = parametersOf(grammarOf(ops));
  return {
    top: listOf(top.map((each) => described(each, ops)), 0),
    data: all("data"),
    families: familyList(),
    load: all("load"),
    head: all("head"),
    training: listOf(training),
    distill: listOf(blockFields(top, "distill", shared)),
    mutual: listOf(blockFields(top, "mutual", shared)),
    ...Object.fromEntries(stages.map((name) => [name, all(name)])),
    evaluate: listOf(blockFields(top, "evaluate", new Set())),
    export: all("export"),
    units: unitList(),
    ...Object.fromEntries(
      topics.map(({ name, description }) => [`topic: ${name}`, sentence(description)]),
    ),
    sweep: listOf(parametersOf(sweepSchema)),
    search: listOf(parametersOf(searchSchema)),
    ops: table(["op", "what it does", "reads", "makes"], [...ops.values()].map(opRow)),
    steps: [...ops.keys()].filter((name) => !toldApart.has(name)).map((name) =>
      [
        `**\`${name}\`** ${lower(ops.get(name)!.summary)}.`,
        "",
        own(name) || "It has no parameters.",
        "",
      ].join("\n")
    ).join("\n"),
  };
}

/** A stage is described by its op. */
function described(field: FieldShape, ops: OpSet): FieldShape {
  const summary = ops.get(field.name)?.summary;
  return summary === undefined
    ? field
    : { ...field, schema: { ...field.schema, description: summary } };
}

/** The training block as it stands in `finetune`, where it is whole. */
function trainingOf(ops: OpSet): TSchema {
  const { finetune } = fieldsByName(ops.get("prune")!.params);
  return finetune!.schema;
}

function fieldsByName(schema: TSchema): Readonly<Record<string, FieldShape>> {
  return Object.fromEntries(parametersOf(schema).map((each) => [each.name, each]));
}

/** The fields of a block of the short form, less those that are told elsewhere. */
function blockFields(
  top: readonly FieldShape[],
  name: string,
  elsewhere: ReadonlySet<string>,
): readonly FieldShape[] {
  const block = top.find((each) => each.name === name)!;
  return parametersOf(block.schema).filter((each) => !elsewhere.has(each.name));
}

/** Fields as a list; what stands inside a field, `depth` levels deep, below it. */
function listOf(fields: readonly FieldShape[], depth = 2): string {
  return fields.flatMap((each) => fieldLines(each, depth)).join("\n");
}

function fieldLines({ name, required, schema, form, where }: FieldShape, depth: number): string[] {
  const preset = schema.default === undefined ? "" : `, default \`${short(schema.default)}\``;
  const only = where === undefined ? "" : ` (only ${where.map(alternativeName).join(" ")})`;
  const head = `- \`${name}\`${required ? "\\*" : ""}${only}: ${valueWords(schema)}${preset}. ${
    sentence(schema.description ?? "")
  }`.trimEnd();
  return [head, ...inside(form, depth).map((line) => `  ${line}`)];
}

/** An alternative by its word; the one without a tag is known by its field `from`. */
function alternativeName(word: string): string {
  return word.startsWith("no ") ? "`from`" : `\`${word}\``;
}

/** What may stand in a field, in words. */
function valueWords(schema: TSchema): string {
  const form = formOf(schema);
  if (form.form === "by-type" && form.curve !== undefined) {
    return `${valuesText(formOf(form.types.number!))}, or a [curve](#curves)`;
  }
  if (form.form === "object") {
    return isTraining(form.fields) ? "a [training block](#the-training-block)" : "a map";
  }
  if (form.form === "list") return `a list of: ${valueWords(form.items)}`;
  if (form.form === "choice") return "a choice";
  if (form.form === "any") return "any value";
  if (form.form === "word") return form.words.map((each) => `\`${each}\``).join(" ");
  return valuesText(form);
}

function isTraining(fields: Readonly<Record<string, TSchema>>): boolean {
  return "epochs" in fields && "optimizer" in fields;
}

/** The fields of what stands in a field: of a map, of the alternatives of a choice, of the entries of a list. */
function inside(form: ReturnType<typeof formOf>, depth: number): string[] {
  if (depth === 0) return [];
  if (form.form === "list") return inside(formOf(form.items), depth);
  if (form.form === "object" && !isTraining(form.fields)) {
    return Object.keys(form.fields).length === 0
      ? []
      : parametersIn(form).flatMap((each) => fieldLines(each, depth - 1));
  }
  if (form.form === "by-type" && form.curve === undefined && form.types.object !== undefined) {
    return inside(formOf(form.types.object), depth);
  }
  return form.form === "choice" ? alternativeLines(form.alternatives, depth) : [];
}

/** The alternatives of a choice; fields that three or more of them have in one shape are told once, ahead of them. */
function alternativeLines(
  alternatives: Readonly<Record<string, TSchema>>,
  depth: number,
): string[] {
  const words = new Map<string, { readonly field: FieldShape; readonly where: string[] }>();
  for (const [word, alternative] of Object.entries(alternatives)) {
    for (const field of parametersOf(alternative)) {
      const known = words.get(shapeOf(field));
      if (known === undefined) words.set(shapeOf(field), { field, where: [word] });
      else known.where.push(word);
    }
  }
  const common = [...words].filter(([, { where }]) => where.length > 2);
  const told = new Set(common.map(([shape]) => shape));
  const everywhere = Object.keys(alternatives).length;
  return [
    ...common.flatMap(([, { field, where }]) =>
      fieldLines(where.length === everywhere ? field : { ...field, where }, depth - 1)
    ),
    ...Object.entries(alternatives).flatMap(([word, alternative]) => [
      `- \`use: ${word}\`: ${sentence(alternative.description ?? "")}`.replace(/: $/, ""),
      ...parametersOf(alternative).filter((field) => !told.has(shapeOf(field)))
        .flatMap((field) => fieldLines(field, depth - 1)).map((line) => `  ${line}`),
    ]),
  ];
}

function shapeOf({ name, required, schema }: FieldShape): string {
  return JSON.stringify([name, required, schema]);
}

function parametersIn(form: { readonly fields: Readonly<Record<string, TSchema>> }) {
  return parametersOf({ type: "object", properties: form.fields } as unknown as TSchema);
}

function familyList(): string {
  return Object.entries(families).map(([name, { options }]) => {
    const fields = parametersOf(options as TSchema);
    return [
      `- \`${name}\`: ${sentence(options.description ?? "")}`,
      ...fields.flatMap((each) => fieldLines(each, 0)).map((line) => `  ${line}`),
    ].join("\n");
  }).join("\n");
}

function unitList(): string {
  const byDimension = Map.groupBy(Object.entries(units), ([, { dimension }]) => dimension);
  return [...byDimension].map(([dimension, entries]) =>
    `- ${dimension}: ${entries.map(([unit]) => `\`${unit}\``).join(" ")}`
  ).join("\n");
}

function opRow({ name, summary, inputs, output }: AnyOp): string[] {
  const read = Object.entries(inputs as Inputs).map(([input, { optional }]) =>
    optional ? `${input}?` : input
  );
  return [`\`${name}\``, summary, read.join(", ") || "–", output.name];
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n");
}

/** A default as it would be written in a recipe. */
function short(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return `[${value.map(short).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{ ${Object.entries(value).map(([key, each]) => `${key}: ${short(each)}`).join(", ")} }`;
  }
  return String(value);
}

function sentence(text: string): string {
  return text === "" || text.endsWith(".") ? text : `${text}.`;
}

function lower(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
