/** The record that is nearest to what a step would do: it differs in the fewest fields. */
import { canonical, type Json } from "../digest.ts";
import { join } from "../recipe/parse/tree.ts";
import type { Outcome } from "../store/store.ts";
import type { Preimage } from "./key.ts";

/** Of so many records of an op each is compared; */
const COMPARED = 500;
/** of more, so many that have a field in common, the latest, for each field. */
const ALIKE = 50;

/** The fields of a record, or of what is known of a step: by dotted path, each with its value as a text. */
export type RecordFields = ReadonlyMap<string, { readonly value: Json; readonly text: string }>;

/** A record, and its fields as far as the step's are known. */
interface Nearest {
  readonly outcome: Outcome;
  readonly fields: RecordFields;
}

/** A function that finds the nearest of an op's records. */
export type FindNearest = (known: Partial<Preimage>) => Nearest | undefined;

/**
 * Finds the record that differs in the fewest fields from what is known; among equals the latest. Of more than 500 those
 * are compared that share a field with it, the latest 50 for each, so that the steps of a large sweep are not each
 * compared with the records of all the others.
 */
export function nearestIn(records: readonly Outcome[]): FindNearest {
  const all = records
    .map((outcome) => ({ outcome, fields: fieldsOf(outcome.preimage as Preimage) }))
    .sort((a, b) => b.outcome.provenance.date.localeCompare(a.outcome.provenance.date));
  const alike = all.length > COMPARED ? latestByField(all) : undefined;
  return (known) => {
    const wanted = fieldsOf(known);
    const shared = alike === undefined
      ? all
      : [...wanted].flatMap(([name, { text }]) => alike.get(`${name} ${text}`) ?? []);
    // Where no record shares a value with it, all are equally near. The newest is taken.
    return least(shared.length === 0 ? all.slice(0, 1) : shared, known, wanted);
  };
}

function least(
  records: readonly Nearest[],
  known: Partial<Preimage>,
  wanted: RecordFields,
): Nearest | undefined {
  let best: { readonly nearest: Nearest; readonly distance: number } | undefined;
  for (const { outcome, fields: all } of new Set(records)) {
    const fields = new Map([...all].filter(([name]) => name.split(".")[0]! in known));
    const distance = changedFields(fields, wanted).length;
    const { date } = outcome.provenance;
    const nearer = best === undefined || distance < best.distance ||
      distance === best.distance && date > best.nearest.outcome.provenance.date;
    if (nearer) best = { nearest: { outcome, fields }, distance };
  }
  return best?.nearest;
}

/** The latest records of each field and value; `records` have the latest first. */
function latestByField(records: readonly Nearest[]): ReadonlyMap<string, readonly Nearest[]> {
  const found = new Map<string, Nearest[]>();
  for (const record of records) {
    for (const [name, { text }] of record.fields) {
      const field = `${name} ${text}`;
      const others = found.get(field);
      if (others === undefined) found.set(field, [record]);
      else if (others.length < ALIKE) others.push(record);
    }
  }
  return found;
}

/** The fields of a record: its leaves by dotted path. */
export function fieldsOf(record: Partial<Preimage>): RecordFields {
  const leaves = new Map<string, { value: Json; text: string }>();
  const visit = (value: Json, path: string): void => {
    if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
      leaves.set(path, { value, text: canonical(value) });
      return;
    }
    for (const [name, each] of Object.entries(value)) visit(each as Json, join(path, name));
  };
  for (const [name, value] of Object.entries(record)) {
    if (name !== "format" && name !== "type") visit(value as Json, name);
  }
  return leaves;
}

/** The names of the fields in which two differ, those of the second first. */
export function changedFields(before: RecordFields, now: RecordFields): string[] {
  const names = new Set([...now.keys(), ...before.keys()]);
  return [...names].filter((name) => before.get(name)?.text !== now.get(name)?.text);
}
