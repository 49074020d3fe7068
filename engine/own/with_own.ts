/** Ops with entries of one's own in the lists that their parameters choose from. */
import { given } from "../given.ts";
import { DecantError } from "../error.ts";
import { type OwnPlace, type TObject, type TSchema, Type } from "../field.ts";
import type { AnyOp, OwnReference } from "../op.ts";
import { DEFINITION, endsAs, ENTRIES, type OwnEntry } from "./entry.ts";

/**
 * The op, with these entries where its parameters have a place for such. What its functions are given names their
 * definitions, and `own` says which of them parameters use. An op that has no such place is given back as it is.
 */
export function withOwn(op: AnyOp, entries: readonly OwnEntry[]): AnyOp {
  const params = extended(op.params, entries);
  if (params === op.params) return op;
  // deno-lint-ignore no-explicit-any -- parameters are those of the op
  const bind = (values: any): any => bound(params, values, entries).params;
  const rows = entries.flatMap(({ metric }) => metric ?? []);
  const { needs, fetches, metrics } = op;
  return {
    ...op,
    params,
    own: (values) => bound(params, values, entries).used.map(referenceOf),
    ...given({ metrics: metrics && [...metrics, ...rows] }),
    random: (values) => op.random(bind(values)),
    trainsInside: (values) => op.trainsInside(bind(values)),
    source: (values) => op.source(bind(values)),
    facts: (inputs, values) => op.facts(inputs, bind(values)),
    ...given({
      needs: needs && ((values: object) => needs.call(op, bind(values))),
      fetches: fetches && ((values: object) => fetches.call(op, bind(values))),
    }),
    run: (inputs, values, context) => op.run(inputs, bind(values), context),
  };
}

/** An entry without what it does. */
function referenceOf({ list, name, version, code, module }: OwnEntry): OwnReference {
  return { list, name, version, code, ...given({ module }) };
}

const placeOf = (schema: TSchema): OwnPlace | undefined => schema["x-own"];

type Schemas = Readonly<Record<string, TSchema>>;

/** The schema with the entries added wherever it chooses from their list; itself where it does nowhere. */
function extended(schema: TSchema, entries: readonly OwnEntry[]): TSchema {
  const each = (inner: TSchema) => extended(inner, entries);
  const all = (inner: Schemas): Schemas => {
    const made = Object.entries(inner).map(([name, one]) => [name, each(one)] as const);
    return made.every(([name, one]) => inner[name] === one) ? inner : Object.fromEntries(made);
  };
  const changes: Record<string, unknown> = {};
  const change = <T>(name: string, before: T | undefined, after: (before: T) => T): void => {
    if (before === undefined) return;
    const made = after(before);
    if (made !== before) changes[name] = made;
  };
  change<Schemas>("properties", schema.properties, all);
  change<Schemas>("x-by-type", schema["x-by-type"], all);
  const list = schema["x-list"] as { readonly items: TSchema } | undefined;
  change("x-list", list, (before) => {
    const items = each(before.items);
    return items === before.items ? before : { ...before, items };
  });
  const place = placeOf(schema);
  const added = entries.filter((entry) => entry.list === place?.list);
  if (added.length > 0) {
    // A source chooses by how it ends, and says nothing of it: the copy alone tells that there is something to look for.
    if (schema["x-source"] === true) changes["x-own"] = { ...place };
    change<readonly string[]>(
      "enum",
      schema.enum,
      (names) => unlike(place!.list, [...names, ...added.map(({ name }) => name)]),
    );
  }
  change<ChoiceAnnotation>("x-choice", schema["x-choice"], (before) => {
    const { alternatives, untagged } = before;
    const wider = all(alternatives);
    const other = untagged && each(untagged);
    if (added.length === 0 && wider === alternatives && other === untagged) return before;
    const own = added.map(({ name, fields }) => [name, alternative(fields, place!)] as const);
    unlike(place?.list, [...Object.keys(wider), ...own.map(([name]) => name)]);
    const made = { ...before, alternatives: { ...wider, ...Object.fromEntries(own) } };
    return other === undefined ? made : { ...made, untagged: other };
  });
  return Object.keys(changes).length === 0 ? schema : { ...schema, ...changes };
}

interface ChoiceAnnotation {
  readonly tag?: string;
  readonly alternatives: Schemas;
  readonly untagged?: TSchema;
}

/** The names. Throws a `usage` error where two are the same. */
function unlike(list: string | undefined, names: readonly string[]): readonly string[] {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return names;
  throw new DecantError(
    "usage",
    `Cannot list two ${list} named "${twice}"`,
    "give yours another name",
  );
}

/** What a recipe may say of an entry, with what it may say of each. */
function alternative(fields: TObject = Type.Object({}), { shared }: OwnPlace): TSchema {
  if (shared === undefined) return fields;
  const { properties, description } = fields;
  return Type.Object({ ...properties, ...shared }, { description: description ?? "" });
}

/** Parameters that name their definitions, and the entries that they use, each once. */
interface BoundParams {
  readonly params: unknown;
  readonly used: readonly OwnEntry[];
}

function bound(schema: TSchema, params: object, entries: readonly OwnEntry[]): BoundParams {
  const used = new Set<OwnEntry>();
  const inner = boundValue(schema, params, { entries, used });
  const named = [...used].sort((a, b) =>
    a.list === b.list ? order(a.name, b.name) : order(a.list, b.list)
  );
  return {
    params: used.size === 0 ? params : { ...inner as object, [ENTRIES]: named },
    used: named,
  };
}

const order = (one: string, other: string): number => one < other ? -1 : 1;

interface Binding {
  readonly entries: readonly OwnEntry[];
  readonly used: Set<OwnEntry>;
}

function boundValue(schema: TSchema, value: unknown, binding: Binding): unknown {
  if (value === undefined || value === null) return value;
  const types = schema["x-by-type"] as Schemas | undefined;
  if (types !== undefined) {
    const type = Array.isArray(value) ? "list" : typeof value;
    return types[type] === undefined ? value : boundValue(types[type], value, binding);
  }
  const { items = schema.items } = (schema["x-list"] ?? {}) as { readonly items?: TSchema };
  if (Array.isArray(value)) {
    return items === undefined ? value : value.map((each) => boundValue(items, each, binding));
  }
  const choice = schema["x-choice"] as ChoiceAnnotation | undefined;
  const { [choice?.tag ?? "use"]: tag } = Object(value) as Readonly<Record<string, unknown>>;
  const entry = entryOf(schema, choice === undefined ? value : tag, binding.entries);
  if (entry !== undefined) binding.used.add(entry);
  if (typeof value !== "object") return value;
  const chosen = choice?.alternatives[String(tag)] ?? choice?.untagged;
  if (chosen !== undefined) {
    const inner = boundValue(chosen, value, binding) as object;
    return entry === undefined ? inner : { ...inner, [DEFINITION]: entry.definition };
  }
  const { properties = {} } = schema as { readonly properties?: Schemas };
  const fields = Object.entries(value).map(([name, each]) => [
    name,
    properties[name] === undefined ? each : boundValue(properties[name], each, binding),
  ]);
  return Object.fromEntries(fields);
}

/** The entry that a text chooses: by its name, or a source by how it ends. */
function entryOf(
  schema: TSchema,
  text: unknown,
  entries: readonly OwnEntry[],
): OwnEntry | undefined {
  const place = placeOf(schema);
  if (place === undefined || typeof text !== "string") return undefined;
  return entries.find((entry) =>
    entry.list === place.list &&
    (schema["x-source"] === true ? endsAs(entry, text) : entry.name === text)
  );
}
