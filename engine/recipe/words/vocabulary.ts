/**
 * Every word of the language with what it means: found by walking the grammar, so that no list of words can be out of
 * date. A word is a field (`epochs`), an alternative of a choice (`adam`, as in `use: adam`), a value of a closed list
 * (`best`) or a metric (`accuracy`). Ops are described by themselves.
 */
import type { TSchema } from "../../field.ts";
import { given } from "../../given.ts";
import { type Dimension, type Metric, metricsOf } from "../../metrics.ts";
import type { OpSet } from "../../op.ts";
import { formOf } from "./form.ts";
import { writeYaml } from "../parse/write_yaml.ts";
import { pointFields } from "./points_schema.ts";
import { grammarOf } from "./grammar.ts";
import { valuesText } from "./parameters.ts";
import { heading } from "./recipe_schema.ts";
import { topics } from "./topics.ts";

/** One meaning of a word; what is said alike in several places is one meaning. */
export interface Meaning {
  readonly word: string;
  readonly role: "field" | "alternative" | "value" | "metric" | "topic";
  /** What it is, a sentence without a period. */
  readonly description: string;
  /**
   * The fields it is, or stands in, by their paths: `distill.loss`, `distill.loss[soft-targets].temperature` of one
   * alternative alone.
   */
  readonly where: readonly string[];
  /** Of a field what it holds, of an alternative its other fields. */
  readonly schema?: TSchema;
  /** Of an alternative: the field that names it, `use` or `op`. */
  readonly tag?: string;
  /** Of a topic, a metric, a field without a schema: how it looks in a recipe. */
  readonly example?: string;
}

/** The meanings of each word. */
export type WordSet = ReadonlyMap<string, readonly Meaning[]>;

/** A meaning while its places are being gathered, each with the schema that it has there. */
type PlacedMeaning = Omit<Meaning, "where"> & {
  readonly places: Map<string, TSchema | undefined>;
};

const known = new WeakMap<OpSet, WordSet>();

/** The words of recipes with these ops. */
export function vocabularyOf(ops: OpSet): WordSet {
  let vocabulary = known.get(ops);
  if (vocabulary === undefined) known.set(ops, vocabulary = gather(ops));
  return vocabulary;
}

function gather(ops: OpSet): WordSet {
  const meanings = new Map<string, PlacedMeaning>();
  // A block occurs in many places: a training stands in each role and behind each stage.
  const add: AddMeaning = (where, meaning) => {
    const { word, role, description, schema } = meaning;
    const shape = role === "field" && schema !== undefined ? shapeOf(schema) : "";
    const key = JSON.stringify([word, role, description, shape]);
    const same = meanings.get(key);
    if (same === undefined) meanings.set(key, { ...meaning, places: new Map([[where, schema]]) });
    else if (!same.places.has(where)) same.places.set(where, schema);
  };

  const inside = (schema: TSchema, path: string) => wordsIn(schema, path, add);
  inside(describedStages(ops), "");
  for (const [word, { description, examples: [value] }] of Object.entries(heading)) {
    const example = writeYaml({ [word]: value }).trimEnd();
    add(word, { word, role: "field", description, example });
  }
  for (const [name, schema] of Object.entries(pointFields)) {
    add(name, { word: name, role: "field", description: schema.description ?? "", schema });
    inside(schema, name);
  }
  for (const metric of metricsOf(ops.values()).values()) addMetric(metric, add);
  for (const { name, description, example } of topics) {
    add("", { word: name, role: "topic", description, example });
  }
  return Map.groupBy([...meanings.values()].map(settled), ({ word }) => word);
}

/** What is said of a field; of two that are equal in it one is shown. */
function shapeOf(schema: TSchema): string {
  return JSON.stringify([schema.description, schema.default, valuesText(formOf(schema))]);
}

/** A number of each dimension, as claims say it. */
const numbers = {
  fraction: "90 %",
  bytes: "100 kB",
  count: "10 k",
  time: "5 ms",
  plain: "1",
} as const satisfies Readonly<Record<Dimension, string>>;

function addMetric(
  { name, label, dimension, better, tasks, parts, perClass }: Metric,
  add: AddMeaning,
): void {
  const description = [
    `A metric${label === undefined || label === name ? "" : `: ${label}`}`,
    ...(dimension === undefined ? ["it is no number, so nothing is claimed of it"] : []),
    ...(better === undefined ? [] : [`${better} is better`]),
    ...(tasks === undefined ? [] : [`for data of ${tasks.join(", ")}`]),
    ...(parts === undefined ? [] : [`its parts: ${Object.keys(parts).join(", ")}`]),
  ].join("; ");
  const [sign, number] = [better === "less" ? "<=" : ">=", dimension && numbers[dimension]];
  const example = number === undefined
    ? `evaluate: { metrics: [${name}] }`
    : `expect: [result.${name}${perClass ? ".1" : ""} ${sign} ${number}]`;
  add("expect", { word: name, role: "metric", description, example });
}

/** Takes a meaning that a word has at a path. */
type AddMeaning = (where: string, meaning: Omit<Meaning, "where">) => void;

/** The words of a block, and of all that stands in it. */
function wordsIn(schema: TSchema, path: string, add: AddMeaning): void {
  const form = formOf(schema);
  const inside = (inner: TSchema) => wordsIn(inner, path, add);
  const { description = "" } = schema;
  switch (form.form) {
    case "object":
      for (const [word, field] of Object.entries(form.fields)) {
        const where = path === "" ? word : `${path}.${word}`;
        const { description = "" } = field;
        add(where, { word, role: "field", description, schema: field });
        wordsIn(field, where, add);
      }
      return;
    case "choice": {
      const { tag, alternatives, untagged } = form;
      for (const [word, alternative] of Object.entries(alternatives)) {
        // A step is its op, which describes itself; its fields are the op's.
        if (tag !== "op") {
          const meaning = { description, ...given({ description: alternative.description }) };
          add(path, { word, role: "alternative", ...meaning, schema: alternative, tag });
        }
        wordsIn(alternative, `${path}[${word}]`, add);
      }
      if (untagged !== undefined) inside(untagged);
      return;
    }
    case "by-type":
      return Object.values(form.types).forEach(inside);
    case "list":
      return inside(form.items);
    case "tuple":
      return form.items.forEach(inside);
    case "map":
      return inside(form.values);
    case "word":
      return form.words.forEach((word) => add(path, { word, role: "value", description }));
  }
}

/** The shortest paths first: what is nearest the top of a recipe is what most people write. */
function settled({ places, ...meaning }: PlacedMeaning): Meaning {
  const depth = (path: string) => path.split(".").length + (path.startsWith("steps") ? 10 : 0);
  const paths = [...places.keys()].sort((a, b) => depth(a) - depth(b));
  const byBlock = Map.groupBy(paths, (path) => path.replace(/\[[^\]]*\]/g, ""));
  const where = [...byBlock.values()].map(pathOfAll);
  return { ...meaning, where, ...given({ schema: places.get(paths[0]!) }) };
}

/** One path for several that differ in alternatives: it names those that all have. */
function pathOfAll(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split("."));
  return first.map((part, at) =>
    others.every((other) => other[at] === part) ? part : part.replace(/\[.*$/, "")
  ).join(".");
}

/** The grammar; a stage that says nothing itself is described by its op. */
function describedStages(ops: OpSet): TSchema {
  const grammar = grammarOf(ops);
  const fields = Object.entries(grammar.properties).map(([name, field]) => {
    const { description = ops.get(name)?.summary ?? "" } = field;
    return [name, { ...field, description }];
  });
  return { ...grammar, properties: Object.fromEntries(fields) };
}
