/**
 * What sources say of themselves, in their own words: their licence, their author, what made them. Nobody has checked it, so
 * it is reported and locked, and enters no key.
 */
import type { Json } from "../../digest.ts";
import { excerpt, fieldsOf, type Said, said, SAID_NOTE } from "../../quote.ts";

/** What is said in one place. */
export interface Statement {
  /** A file beside the source, or around it: `package.json`, `README.md`; or `its files`, of what is in them. */
  readonly in: string;
  readonly says: Said;
}

/** What reports call what is in the source itself. */
const FILES = "its files";

/** Most places of one source, and most characters of the name of one. */
const [PLACES, NAME] = [8, 40] as const;

/** A statement, or none where nothing is said. */
export function statement(place: string, says: Said): readonly Statement[] {
  return Object.keys(says).length === 0 ? [] : [{ in: place, says }];
}

/** The statements in a JSON value that should be a list of them: out of a cache, a lock, a record. */
export function statementsIn(value: unknown): readonly Statement[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, PLACES).flatMap((each) => {
    const { in: place, says } = fieldsOf(each);
    return typeof place === "string"
      ? statement(excerpt(place, NAME), said(Object.entries(fieldsOf(says))))
      : [];
  });
}

/** What the first source of a step says in itself, by the step's notes. */
export function statementNoted(notes: Readonly<Record<string, Json>>): readonly Statement[] {
  return statement(FILES, said(Object.entries(fieldsOf(notes[SAID_NOTE]))));
}

/** Statements without those that sources make in themselves. */
export function statedBeside(statements: readonly Statement[]): readonly Statement[] {
  return statements.filter(({ in: place }) => place !== FILES);
}

/** The licences that statements name, each with its place: `MIT (package.json)`. */
export function licencesIn(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap(({ in: place, says }) =>
    Object.entries(says)
      .filter(([name]) => /(?:^|[._-])licen[cs]es?$/i.test(name))
      .map(([, text]) => `${text} (${place})`)
  );
}
