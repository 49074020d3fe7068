/** YAML text → tree. What YAML can say and a recipe may not (anchors, tags, several documents …) is refused here. */
import { given } from "../../given.ts";
import { excerpt } from "../../quote.ts";
import { isAlias, isMap, isScalar, isSeq, parseDocument, type YamlNode } from "../../deps/yaml.ts";
import type { Diagnostic } from "../../error.ts";
import { MAX_DEPTH, MAX_NODES, MAX_TEXT } from "./limits.ts";
import { type Document, type Entry, join, placeAt, type Span, type Tree } from "./tree.ts";
import { sentenceOfYaml } from "./yaml_sentences.ts";

type Problem = Pick<Diagnostic, "message" | "help"> & { readonly code?: Diagnostic["code"] };

/** The tree of a document; undefined where the text is no YAML. Every problem is reported. */
export function parseYaml(
  document: Document & { readonly text: string },
  report: (diagnostic: Diagnostic) => void,
): Tree | undefined {
  const { text } = document;
  const problem = (span: Span, path: string, { code = "yaml", message, help }: Problem) => {
    const place = placeAt(document, span, path);
    report({
      code,
      severity: "error",
      message,
      path,
      ...given({ place, help }),
    });
  };
  if (text.length > MAX_TEXT) {
    problem({ start: 0, end: 1 }, "", {
      code: "too-large",
      message: `A recipe may have ${MAX_TEXT} characters and no more; this has ${text.length}`,
    });
    return undefined;
  }

  const parsed = parseSafely(text);
  if (parsed === undefined) {
    problem({ start: 0, end: 1 }, "", tooDeep);
    return undefined;
  }
  // Whatever follows the first mistake in YAML's own grammar is a consequence of it.
  const [first] = [...parsed.errors, ...parsed.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (first?.code === "RESOURCE_EXHAUSTION") {
    // The parser recurses, and so found the end of the stack before this is counted below.
    problem({ start: first.pos[0], end: first.pos[0] + 1 }, "", tooDeep);
    return undefined;
  }
  if (first !== undefined) {
    const { start, end, ...sentence } = sentenceOfYaml(first, text);
    problem({ start, end }, "", sentence);
    return undefined;
  }
  if (parsed.directives?.yaml.explicit === true) {
    problem({ start: 0, end: firstLine(text) }, "", {
      message: "a recipe takes no directives: it is always YAML 1.2",
      help: "leave out what stands above ---",
    });
  }

  let nodes = 0;
  const anchors = new Set<string>();
  const nothing = (span: Span): Tree => ({ type: "scalar", value: null, document, span });
  const broken = (span: Span): Tree => ({ ...nothing(span), broken: true });

  const walk = (node: YamlNode | null, path: string, depth: number, around: Span): Tree => {
    if (node === null) return nothing(around);
    const span = spanOf(node);
    if (depth > MAX_DEPTH) {
      problem(span, path, tooDeep);
      return broken(span);
    }
    if (++nodes > MAX_NODES) {
      if (nodes === MAX_NODES + 1) {
        problem(span, path, {
          code: "too-large",
          message: `A recipe may hold ${MAX_NODES} values and no more`,
        });
      }
      return broken(span);
    }
    if (isAlias(node)) {
      if (!anchors.has(node.source)) problem(span, path, aliasProblem(node.source, text, around));
      return broken(span);
    }
    if (node.anchor !== undefined) {
      anchors.add(node.anchor);
      problem({ start: span.start, end: span.end }, path, {
        message: `a recipe has no anchors (\`&${excerpt(node.anchor)}\`) and no aliases`,
        help: "give the value a name under variables: and write $name where it is used",
      });
    }
    if (node.tag !== undefined && !implicitTag(node.tag, text, span)) {
      problem(span, path, {
        message: `a recipe has no tags (\`${excerpt(node.tag)}\`)`,
        help: "leave the tag out",
      });
    }
    if (isMap(node)) {
      const entries = new Map<string, Entry>();
      for (const pair of node.items) {
        const key = pair.key as YamlNode;
        const keySpan = key === null ? span : spanOf(key);
        if (!isScalar(key) || typeof key.value !== "string") {
          problem(keySpan, path, { message: "a key must be a plain name" });
          continue;
        }
        const name = key.value;
        if (entries.has(name)) {
          problem(keySpan, join(path, name), { message: `\`${excerpt(name)}\` stands here twice` });
        }
        const value = walk(pair.value as YamlNode | null, join(path, name), depth + 1, keySpan);
        entries.set(name, { key: keySpan, value });
      }
      return { type: "map", entries, document, span };
    }
    if (isSeq(node)) {
      const items = node.items.map((item, index) =>
        walk(item as YamlNode | null, join(path, index), depth + 1, span)
      );
      return { type: "list", items, document, span };
    }
    if (!isScalar(node)) return broken(span);
    const { value } = node;
    if (typeof value === "number") {
      const sound = Number.isFinite(value) &&
        (!Number.isInteger(value) || Math.abs(value) <= Number.MAX_SAFE_INTEGER);
      if (sound) return { type: "scalar", value: value + 0, document, span };
      problem(span, path, {
        code: "wrong-type",
        message: Number.isFinite(value)
          ? `${excerpt(String(node.source))} is beyond 2^53: it would lose digits`
          : `${excerpt(String(node.source))} is not a finite number`,
      });
      return broken(span);
    }
    const plain = typeof value === "string" || typeof value === "boolean" || value === null;
    return { type: "scalar", value: plain ? value : String(value), document, span };
  };

  return walk(parsed.contents, "", 0, { start: 0, end: firstLine(text) });
}

const tooDeep: Problem = {
  code: "too-large",
  message: `A recipe may be nested ${MAX_DEPTH} deep and no deeper`,
};

/** The parser recurses, so a nesting bomb ends in a RangeError: that is the one thing it may throw. */
function parseSafely(text: string): ReturnType<typeof parseDocument> | undefined {
  try {
    return parseDocument(text, {
      version: "1.2",
      schema: "core",
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "error",
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function spanOf(node: YamlNode): Span {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}

function firstLine(text: string): number {
  const end = text.indexOf("\n");
  return Math.max(1, end < 0 ? text.length : end);
}

/** Tags that YAML itself gives to plain values have no text in the document. */
function implicitTag(tag: string, text: string, span: Span): boolean {
  return tag.startsWith("tag:yaml.org,2002:") && !/!\S*\s*$/.test(text.slice(0, span.start));
}

function aliasProblem(name: string, text: string, around: Span): Problem {
  const whole = text.slice(around.start, around.end);
  const quoted = whole.startsWith("[") && !whole.includes("\n")
    ? whole.replace(`*${name}`, `"*${name}"`)
    : `"*${name}"`;
  return {
    message: "a plain value cannot start with `*` (YAML reads an alias)",
    help: `quote it: ${quoted}`,
  };
}
