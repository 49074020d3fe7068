/** The recipes that a recipe starts from, read one after another before it is parsed: parsing itself reads nothing. */
import { RecipeError } from "../../error.ts";
import { diagnosticAt } from "../parse/problems.ts";
import { MAX_PARENTS } from "../parse/limits.ts";
import { parseYaml } from "../parse/parse_yaml.ts";
import { baseOf, resolveSource } from "../parse/sources.ts";
import { child, placeOfPath } from "../parse/tree.ts";

/** A document that is extended. */
export interface ParentDocument {
  readonly source: string;
  readonly text: string;
}

/** The source of the recipe that a document extends, resolved against it; undefined where it extends none. */
export function parentOf(text: string, source: string): string | undefined {
  const root = parseYaml({ source, base: baseOf(source), text }, () => {});
  const written = child(root, "extends");
  return written?.type === "scalar" && typeof written.value === "string" && written.value !== ""
    ? resolveSource(written.value, baseOf(source))
    : undefined;
}

/**
 * Reads what a document extends, the nearest first; `read` gives the text of a source. Throws a RecipeError where
 * recipes extend one another in a circle, or more than eight stand behind one another.
 */
export async function gatherParents(
  text: string,
  source: string,
  read: (source: string) => Promise<string>,
): Promise<ParentDocument[]> {
  const walk = walkParents(text, source);
  let next = walk.next();
  while (!next.done) next = walk.next(await read(next.value));
  return next.value;
}

/** The same where texts are at hand. */
export function gatherParentsNow(
  text: string,
  source: string,
  read: (source: string) => string,
): ParentDocument[] {
  const walk = walkParents(text, source);
  let next = walk.next();
  while (!next.done) next = walk.next(read(next.value));
  return next.value;
}

/** Asks for the text of one source after another. */
function* walkParents(text: string, source: string): Generator<string, ParentDocument[], string> {
  const parents: ParentDocument[] = [];
  const seen = new Set([source]);
  let document = { source, text };
  for (;;) {
    const parent = parentOf(document.text, document.source);
    if (parent === undefined) return parents;
    if (seen.has(parent)) throw refused(document, `\`${parent}\` extends itself`);
    if (parents.length === MAX_PARENTS) {
      throw refused(document, `more than ${MAX_PARENTS} recipes stand behind this one`);
    }
    seen.add(parent);
    document = { source: parent, text: yield parent };
    parents.push(document);
  }
}

function refused({ source, text }: ParentDocument, message: string): RecipeError {
  const root = parseYaml({ source, base: baseOf(source), text }, () => {})!;
  const place = placeOfPath(root, "extends");
  return new RecipeError([diagnosticAt("extends", place, { code: "source", message })]);
}
