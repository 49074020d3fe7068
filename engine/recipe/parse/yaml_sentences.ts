/** Sentences for what is no YAML, by the parser's codes; its own words where a code says little. */
import { given } from "../../given.ts";
import { excerpt, reasonOf } from "../../quote.ts";
import type { Span } from "./tree.ts";

interface YamlProblem {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, number];
}

interface Sentence {
  readonly message: string;
  readonly help?: string;
}

/** What the parser found, in a sentence and with the span to mark. */
export function sentenceOfYaml(problem: YamlProblem, text: string): Sentence & Span {
  const [start, end] = problem.pos;
  const sentence = sentences[problem.code] ??
    (() => ({ message: reasonOf(lowerFirst(problem.message)) }));
  return { start, end: Math.max(end, start + 1), ...sentence(text, start, problem.message) };
}

const sentences: Readonly<
  Record<string, (text: string, at: number, message: string) => Sentence>
> = {
  UNEXPECTED_TOKEN(text, at) {
    const inside = enclosing(text, at);
    const where = inside === undefined ? "" : ` inside ${inside}`;
    const token = text[at] === undefined || /\s/.test(text[at]!)
      ? "what follows"
      : `\`${text[at]}\``;
    const variable = /^\{(\w*)\}/.exec(text.slice(at));
    const help = text[at - 1] === "$" && variable
      ? `variables are written without braces: $${variable[1]}`
      : undefined;
    return { message: `${token} cannot begin here${where}`, ...given({ help }) };
  },
  BAD_INDENT: () => ({
    message:
      "this line is indented otherwise than its neighbours, or a bracket above is not closed",
  }),
  TAB_AS_INDENT: () => ({ message: "a line cannot be indented with a tab", help: "use spaces" }),
  MISSING_CHAR: (_text, _at, message) => ({ message: reasonOf(lowerFirst(message)) }),
  BLOCK_AS_IMPLICIT_KEY: () => ({
    message: "a second `: ` on one line makes a map inside a map",
    help: "put the inner map in braces, or quote the value",
  }),
  BAD_SCALAR_START: (text, at) => ({
    message: `a plain value cannot start with \`${text[at]}\``,
    help: "quote it",
  }),
  MULTIPLE_DOCS: () => ({ message: "a recipe is one document; a second begins here" }),
  TAG_RESOLVE_FAILED: (text, at) => ({
    message: `a recipe has no tags (\`${excerpt(/^\S*/.exec(text.slice(at))![0])}\`)`,
    help: "leave the tag out, or quote the value",
  }),
};

/** The brackets that are open at an offset, quoted text apart. */
function enclosing(text: string, at: number): "`{ … }`" | "`[ … ]`" | undefined {
  const open: string[] = [];
  let quote = "";
  for (let index = 0; index < at; index++) {
    const letter = text[index]!;
    if (quote !== "") {
      if (letter === quote) quote = "";
    } else if (letter === '"' || letter === "'") {
      if (/[\s,:[{]/.test(text[index - 1] ?? " ")) quote = letter;
    } else if (letter === "#" && /\s/.test(text[index - 1] ?? " ")) {
      while (index < at && text[index] !== "\n") index++;
    } else if (letter === "{" || letter === "[") open.push(letter);
    else if (letter === "}" || letter === "]") open.pop();
  }
  const last = open.at(-1);
  return last === undefined ? undefined : last === "{" ? "`{ … }`" : "`[ … ]`";
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
