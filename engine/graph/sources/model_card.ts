/**
 * Model cards: a `README.md` beside a model or data that begins with lines of YAML between two `---`, as on the Hugging
 * Face Hub. What it says is in no key: it is read for reports and locks.
 */
import { pathOfUrl } from "../../deps/node.ts";
import { isGranted } from "../../permission.ts";
import { type Said, said } from "../../quote.ts";
import { type Statement, statement } from "./statement.ts";

/** The name of a card. */
export const CARD = "README.md";

/** The part of a card that is read, in bytes: what counts stands at its beginning. */
const HEAD = 1 << 14;

/** The card of a source of this machine, there or not: in a folder that is one, else beside the file. */
export function cardOf(url: URL, isFolder: boolean): URL {
  return new URL(CARD, isFolder && !url.href.endsWith("/") ? `${url.href}/` : url);
}

/** What a card says; nothing where it is not there, is no file or may not be read, for which nobody is asked. */
export async function statedInCard(card: URL): Promise<readonly Statement[]> {
  if (!isGranted({ name: "read", path: pathOfUrl(card) })) return [];
  try {
    const { isFile } = await Deno.stat(card);
    if (!isFile) return [];
    using file = await Deno.open(card);
    const head = new Uint8Array(HEAD);
    const count = await file.read(head) ?? 0;
    return statement(CARD, cardSays(head.subarray(0, count)));
  } catch {
    return [];
  }
}

/** Fields of a card that are taken over. */
const FIELDS: readonly string[] = [
  ...["license", "license_name", "license_link", "author", "authors", "base_model", "datasets"],
];

/**
 * What the lines between the first two `---` of a card say: `field: text`, `field: [text, text]`, or a field above lines
 * `- text`. It is no more of YAML than cards use for these fields; what is written otherwise is left out.
 */
export function cardSays(bytes: Uint8Array): Said {
  const [first, ...lines] = new TextDecoder().decode(bytes.subarray(0, HEAD)).split(/\r?\n/);
  const end = lines.indexOf("---");
  if (first !== "---" || end === -1) return {};
  const found = new Map<string, readonly string[]>();
  let above = "";
  for (const line of lines.slice(0, end)) {
    const [, item] = /^\s*-\s+(.*)$/.exec(line) ?? [];
    const [, field, text = ""] = /^([A-Za-z_]+):(?:\s+(.*))?$/.exec(line) ?? [];
    if (item !== undefined) found.set(above, [...found.get(above) ?? [], plain(item)]);
    else if (field !== undefined) {
      above = field;
      const [, list] = /^\[(.*)\]\s*$/.exec(text) ?? [];
      found.set(field, list === undefined ? [plain(text)] : list.split(",").map(plain));
    }
  }
  return said([...found].filter(([field]) => FIELDS.includes(field)));
}

/** A text without quotes and comment. */
function plain(text: string): string {
  const [, double, single] = /^\s*(?:"([^"]*)"|'([^']*)')\s*(?:#.*)?$/.exec(text) ?? [];
  return double ?? single ?? text.replace(/(?:^|\s)#.*$/, "").trim();
}
