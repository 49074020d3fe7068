/** Fields that a block does not have: the sentence, and what was probably meant. */
import { excerpt } from "../../quote.ts";
import type { TSchema } from "../../field.ts";
import { type ChoiceForm, formOf } from "../words/form.ts";
import { laterField } from "../words/later.ts";
import { nearestNames, slipOf } from "../words/nearest.ts";
import type { At, Problems } from "../parse/problems.ts";
import { alsoCalled, fieldsOf } from "../words/schema_fields.ts";
import { synonyms } from "../words/synonyms.ts";

type BlockFields = Readonly<Record<string, TSchema>>;

/** A field that is not among those of its block. */
interface Surplus {
  readonly name: string;
  /** What messages call the block. */
  readonly block: string;
  readonly fields: BlockFields;
  /** Every field that is written there. */
  readonly written: ReadonlyMap<string, unknown>;
  /** The choice that the block is an alternative of. */
  readonly choice?: ChoiceForm | undefined;
}

/** Reports a field that a block does not have. Returns the field that was meant, if it is one of the block's. */
export function unknownField(at: At, surplus: Surplus, problems: Problems): string | undefined {
  const { block, name, choice } = surplus;
  const message = `${block === "" ? "a recipe" : `\`${block}\``} has no field \`${excerpt(name)}\``;
  if (problems.tooMany) {
    problems.atKey("unknown-field", at, message);
    return undefined;
  }
  const others = choice ? alternativesWith(choice, [name]).map(([other]) => other) : [];
  const later = others.length === 0 ? laterAt(at.path, block, name) : undefined;
  if (later !== undefined) {
    problems.atKey("not-yet", at, later);
    return undefined;
  }
  const { help, meant } = others.length > 0
    ? { help: `it goes with ${choice!.tag}: ${others.join(", ")}` }
    : guess(surplus);
  problems.atKey("unknown-field", at, message, help);
  return meant;
}

/** A block is known by what it chose (`int8`), or by the field it stands in (`quantize`). */
function laterAt(path: string, block: string, name: string): string | undefined {
  const field = path.split(".").slice(0, -1).findLast((part) => !/^\d+$/.test(part));
  return laterField(block, name) ?? laterField(field ?? "", name);
}

function guess({ name, fields, written }: Surplus): { help: string; meant?: string } {
  const names = Object.keys(fields);
  const free = names.filter((field) => !written.has(field));
  const known = Object.hasOwn(synonyms, name) ? synonyms[name]! : [];
  if (typeof known === "string") return { help: known };
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll("-", "_");
  const ops = names.filter((field) => alsoCalled(fields[field]).includes(name));
  const candidates = [...known, ...ops, snake];
  const meant = candidates.find((field) => free.includes(field)) ?? slipOf(name, free);
  if (meant !== undefined) return { help: `did you mean ${meant}?`, meant };
  const inside = findInside(fields, candidates);
  if (inside !== undefined) return { help: inside };
  if (names.length === 0) return { help: "it has no fields" };
  const shown = nearestNames(name, names, 12).join(", ");
  return { help: `it has: ${shown}${names.length > 12 ? ", …" : ""}` };
}

/** Where one level further in a field is: `optimizer: { use: adam, learning_rate: … }`. */
function findInside(fields: BlockFields, names: readonly string[]): string | undefined {
  for (const [field, schema] of Object.entries(fields)) {
    const outer = formOf(schema);
    const inner = outer.form === "list" ? formOf(outer.items) : outer;
    if (inner.form !== "choice") continue;
    const found = alternativesWith(inner, names);
    const usual = schema.default?.[inner.tag] ?? schema.default;
    const [name, member] = found.find(([name]) => name === usual) ?? found[0] ?? [];
    if (name === undefined) continue;
    const map = `{ ${inner.tag}: ${name}, ${member}: … }`;
    return `it goes one level further in: ${field}: ${outer.form === "list" ? `[${map}]` : map}`;
  }
  return undefined;
}

/** Alternatives of a choice that have one of some fields, and which. */
function alternativesWith(
  { alternatives }: ChoiceForm,
  names: readonly string[],
): [string, string][] {
  return Object.entries(alternatives).flatMap(([alternative, schema]): [string, string][] => {
    const found = names.find((name) => Object.hasOwn(fieldsOf(schema), name));
    return found === undefined ? [] : [[alternative, found]];
  });
}
