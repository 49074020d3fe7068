/**
 * What an npm package says of what lies in it: its `package.json`, and a model card in the folder of a source. It is in no
 * key: two packages may hold the same bytes under other terms.
 */
import { fieldsOf, type Said, said } from "../../quote.ts";
import type { Store } from "../../store/store.ts";
import { CARD, cardSays } from "./model_card.ts";
import { packageSource } from "./package.ts";
import { type Statement, statement, statementsIn } from "./statement.ts";

/** What a package and the folder of a path in it say. */
function statedInPackage(
  files: ReadonlyMap<string, Uint8Array>,
  folder: string,
): readonly Statement[] {
  const about = files.get("package.json");
  const card = files.get(`${folder}${CARD}`);
  return [
    ...about === undefined ? [] : statement("package.json", packageSays(about)),
    ...card === undefined ? [] : statement(CARD, cardSays(card)),
  ];
}

/** Remembers what a package that was fetched for a source says of it. */
export async function rememberStated(
  written: string,
  files: ReadonlyMap<string, Uint8Array>,
  store: Store,
): Promise<void> {
  const { path } = packageSource(written);
  const folder = folderIn(path, files.has(path));
  const stated = statedInPackage(files, folder).map(({ in: place, says }) => ({ in: place, says }));
  // Where nothing can be written, a run that needs no fetching knows only what a lock says.
  await store.remember(nameOf(written), stated).catch(() => {});
}

/** What a package was remembered to say of a source; undefined where that is not known. */
export async function recallStated(
  written: string,
  store: Store,
): Promise<readonly Statement[] | undefined> {
  const known = await store.recall(nameOf(written));
  return known === undefined ? undefined : statementsIn(known);
}

const nameOf = (written: string): string => `stated ${written.replace(/\/+$/, "")}`;

const folderIn = (path: string, isFile: boolean): string =>
  isFile ? path.slice(0, path.lastIndexOf("/") + 1) : path === "" ? "" : `${path}/`;

/** The fields of a `package.json` that tell where something comes from and what may be done with it. */
function packageSays(bytes: Uint8Array): Said {
  let about: unknown;
  try {
    about = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // What is no JSON says nothing.
  }
  const { name, version, description, homepage, ...parts } = fieldsOf(about);
  const { license, licenses, author, repository } = parts;
  // `licenses` and objects are how packages of before 2015 say it.
  const terms = license ?? (Array.isArray(licenses) ? licenses.map(typeOf) : licenses);
  return said(Object.entries({
    license: typeOf(terms),
    author: personOf(author),
    repository: fieldsOf(repository).url ?? repository,
    name,
    version,
    description,
    homepage,
  }));
}

const typeOf = (terms: unknown): unknown => fieldsOf(terms).type ?? terms;

/** `Ann <ann@example.org> (https://example.org)`, as npm writes a person. */
function personOf(author: unknown): unknown {
  const { name, email, url } = fieldsOf(author);
  if (typeof name !== "string") return author;
  return [
    name,
    ...typeof email === "string" ? [`<${email}>`] : [],
    ...typeof url === "string" ? [`(${url})`] : [],
  ].join(" ");
}
