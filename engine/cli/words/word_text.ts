/** Words of recipes as `decant ops WORD` and `--search` tell them. */
import { given } from "../../given.ts";
import type { Json, OpSet } from "../../op.ts";
import { formOf } from "../../recipe/words/form.ts";
import { writeYaml } from "../../recipe/parse/write_yaml.ts";
import { type FieldShape, parametersOf, valuesText } from "../../recipe/words/parameters.ts";
import { alternativeSample, tellingSample } from "../../recipe/words/sample.ts";
import { synonyms } from "../../recipe/words/synonyms.ts";
import { isOneOf, meantValue } from "../../recipe/words/value_synonyms.ts";
import type { Meaning, WordSet } from "../../recipe/words/vocabulary.ts";
import { holding } from "./sought.ts";

/** So many places of a word are named; of the others their number. */
const PLACES = 4;

/** One meaning of a word: what it is, where it stands, its options and an example. */
export function meaningText(meaning: Meaning): string {
  const { word, role, description, where, schema } = meaning;
  const rows = schema === undefined ? [] : optionRows(optionsOf(meaning));
  const value = role === "field" && schema !== undefined ? fieldValue(schema) : undefined;
  const [first] = where;
  return [
    `${word}${first === "" ? "" : ` (${roleText(meaning)})`}: ${description}.`,
    ...(first === "" || first === word ? [] : [`In: ${placesText(where)}.`]),
    ...(value === undefined ? [] : [`Takes: ${value}.`]),
    ...(rows.length === 0 ? [] : ["", "options (* must be written)", ...columns(rows)]),
    "",
    `Example: ${exampleOf(meaning)}`,
    "",
  ].join("\n");
}

function roleText({ role, where }: Meaning): string {
  if (role === "field") return "a field";
  return role === "metric" ? "a metric" : `of ${lastField(where[0]!)}`;
}

/** `loss` of `distill.loss[soft-targets]`. */
function lastField(path: string): string {
  return path.replace(/\[[^\]]*\]/g, "").split(".").at(-1)!;
}

function placesText(where: readonly string[]): string {
  const more = where.length - PLACES;
  return where.slice(0, PLACES).join(", ") + (more > 0 ? `, and ${more} more` : "");
}

function fieldValue(schema: NonNullable<Meaning["schema"]>): string {
  return [valuesText(formOf(schema)), defaultText(schema.default)].filter((each) => each !== "")
    .join("; ");
}

/** The fields beside the word itself: of an alternative its own, of a field those of what it holds. */
function optionsOf({ role, schema }: Meaning): readonly FieldShape[] {
  if (schema === undefined) return [];
  const form = formOf(schema);
  if (role === "alternative") return parametersOf(schema);
  if (form.form === "list") return optionsOf({ role, schema: form.items } as Meaning);
  if (form.form === "by-type" && form.curve === undefined && form.types.object !== undefined) {
    return parametersOf(form.types.object);
  }
  return form.form === "object" ? parametersOf(schema) : [];
}

/** Lines of a recipe that use a word in one of its meanings. */
export function exampleOf({ word, role, where, schema, tag, example }: Meaning): string {
  if (example !== undefined) return example;
  const field = lastField(where[0]!);
  const fields: Readonly<Record<string, Json>> = role === "field"
    ? { [word]: tellingSample(schema!) }
    : { [field]: role === "value" ? word : alternativeSample(tag!, word, schema!) };
  return writeYaml(fields).trimEnd();
}

/** A word that was found, and what it is. */
interface FoundWord {
  readonly word: string;
  readonly about: string;
}

/** The ops and words whose name, description or name elsewhere says what is sought, those by name first. */
export function findWords(sought: string, vocabulary: WordSet, ops: OpSet): FoundWord[] {
  const holds = holding(sought);
  const all: FoundWord[] = [
    ...[...ops.values()].map(({ name, summary }) => ({ word: name, about: `an op: ${summary}` })),
    ...[...vocabulary.values()].flat().filter(({ word, role }) =>
      role !== "field" || !ops.has(word)
    ).map((meaning) => ({
      word: meaning.word,
      about: `${meaning.where[0] === "" ? "" : `${roleText(meaning)}: `}${meaning.description}`,
    })),
    ...[...ops.values()].flatMap(({ name, alsoCalled }) =>
      alsoCalled.map((word) => ({ word, about: synonymText([name]) }))
    ),
    ...Object.entries(synonyms).map(([word, meant]) => ({ word, about: synonymText(meant) })),
  ];
  const byName = all.filter(({ word }) => holds(word));
  return [...byName, ...all.filter(({ word, about }) => !holds(word) && holds(`${word} ${about}`))];
}

/** What a word of another toolkit is here; undefined for one that is not known. */
export function calledHere(word: string, vocabulary: WordSet, ops: OpSet): string | undefined {
  if (Object.hasOwn(synonyms, word)) return synonymText(synonyms[word]!);
  const op = [...ops.values()].find(({ alsoCalled }) => isOneOf(word, alsoCalled));
  const meant = op?.name ?? meantValue(word, [...vocabulary.keys()]);
  return meant === undefined ? undefined : synonymText([meant]);
}

function synonymText(meant: readonly string[] | string): string {
  return typeof meant === "string"
    ? meant
    : `it is ${meant.map((each) => `\`${each}\``).join(" or ")} here`;
}

/** A meaning as data. */
export function meaningDocument(meaning: Meaning) {
  const { word, role, description, where, schema } = meaning;
  const field = role === "field" && schema !== undefined
    ? { values: valuesText(formOf(schema)), default: schema.default ?? null }
    : undefined;
  return {
    word,
    role,
    description,
    where: where.filter((path) => path !== ""),
    ...field,
    options: optionsOf(meaning).map(fieldDocument),
    example: exampleOf(meaning),
  };
}

/** A field as data. */
export function fieldDocument({ name, required, schema, form, where }: FieldShape) {
  return {
    name,
    ...given({ where }),
    required,
    values: valuesText(form),
    default: schema.default ?? null,
    description: schema.description ?? "",
  };
}

/** Fields as rows: name, values with default, description. */
export function optionRows(fields: readonly FieldShape[]): string[][] {
  return fields.map(({ name, required, schema, form, where }) => [
    `${name}${required ? "*" : ""}${where === undefined ? "" : ` (${where.join(", ")})`}`,
    [valuesText(form), defaultText(schema.default)].filter((each) => each !== "").join("; "),
    schema.description ?? "",
  ]);
}

function defaultText(value: Json | undefined): string {
  return value === undefined ? "" : `default ${JSON.stringify(value)}`;
}

/** Rows with their first two cells beneath one another. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const width = (at: number) => Math.min(40, Math.max(...rows.map((row) => row[at]!.length)));
  const widths = [0, 1].map((at) => rows.length === 0 ? 0 : width(at));
  return rows.map((row) =>
    `  ${row.map((cell, at) => at < 2 ? cell.padEnd(widths[at]!) : cell).join("  ")}`.trimEnd()
  );
}
