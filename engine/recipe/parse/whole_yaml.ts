/** Any YAML text → tree. What YAML can say and a recipe may not (anchors, tags, several documents …) is refused here. */
import { excerpt } from "../../quote.ts";
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type YAMLMap,
  type YamlNode,
} from "../../deps/yaml.ts";
import type { Diagnostic } from "../../error.ts";
import { diagnosticAt } from "./problems.ts";
import { MAX_DEPTH, MAX_NODES, MAX_TEXT } from "./limits.ts";
import { type Document, type Entry, join, placeAt, type Span, type Tree } from "./tree.ts";
import { sentenceOfYaml } from "./yaml_sentences.ts";

type ParsedYaml = ReturnType<typeof parseDocument>;

/** What is wrong with a stretch of the text. */
type YamlComplaint = Pick<Diagnostic, "message" | "help"> & { readonly code?: Diagnostic["code"] };

/** A text that is read. */
interface YamlReading {
  readonly document: Document & { readonly text: string };
  /** Anchors that are reported already: their aliases are not. */
  readonly anchors: Set<string>;
  /** How many values were met. */
  nodes: number;
  complain(span: Span, path: string, complaint: YamlComplaint): void;
}

/** Where a node stands: its path, how deep that is, and the stretch of text around it. */
interface NodePlace {
  readonly path: string;
  readonly depth: number;
  readonly around: Span;
}

/** The tree of a document; undefined where the text is no YAML. Every problem is reported. */
export function wholeYaml(
  document: Document & { readonly text: string },
  report: (diagnostic: Diagnostic) => void,
): Tree | undefined {
  const { text } = document;
  const reading: YamlReading = {
    document,
    anchors: new Set(),
    nodes: 0,
    complain(span, path, { code = "yaml", message, help }) {
      const place = placeAt(document, span, path);
      report(diagnosticAt(path, place, { code, message, help }));
    },
  };
  const parsed = soundYaml(reading);
  if (parsed === undefined) return undefined;
  const around = { start: 0, end: firstLine(text) };
  if (parsed.directives?.yaml.explicit === true) {
    reading.complain(around, "", {
      message: "a recipe takes no directives: it is always YAML 1.2",
      help: "leave out what stands above ---",
    });
  }
  return treeOf(reading, parsed.contents, { path: "", depth: 0, around });
}

/** The document as the library parses it; undefined after a report where it is too large, or no YAML. */
function soundYaml({ document: { text }, complain }: YamlReading): ParsedYaml | undefined {
  if (text.length > MAX_TEXT) {
    complain({ start: 0, end: 1 }, "", {
      code: "too-large",
      message: `A recipe may have ${MAX_TEXT} characters and no more; this has ${text.length}`,
    });
    return undefined;
  }
  const parsed = parseSafely(text);
  if (parsed === undefined) {
    complain({ start: 0, end: 1 }, "", tooDeep);
    return undefined;
  }
  // Whatever follows the first mistake in YAML's own grammar is a consequence of it.
  const [first] = [...parsed.errors, ...parsed.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (first === undefined) return parsed;
  if (first.code === "RESOURCE_EXHAUSTION") {
    // The parser recurses, and so found the end of the stack before depth is counted.
    complain({ start: first.pos[0], end: first.pos[0] + 1 }, "", tooDeep);
  } else {
    const { start, end, ...sentence } = sentenceOfYaml(first, text);
    complain({ start, end }, "", sentence);
  }
  return undefined;
}

function treeOf(reading: YamlReading, node: YamlNode | null, place: NodePlace): Tree {
  const { document } = reading;
  if (node === null) return { type: "scalar", value: null, document, span: place.around };
  const span = spanOf(node);
  if (!isWithin(reading, span, place) || !isPlain(reading, node, span, place)) {
    return brokenAt(reading, span);
  }
  if (isMap(node)) return mapOf(reading, node, span, place);
  if (isSeq(node)) {
    const items = node.items.map((item, index) =>
      treeOf(reading, item as YamlNode | null, inside(place, index, span))
    );
    return { type: "list", items, document, span };
  }
  return isScalar(node) ? scalarOf(reading, node, span, place) : brokenAt(reading, span);
}

const inside = ({ path, depth }: NodePlace, name: string | number, around: Span): NodePlace => ({
  path: join(path, name),
  depth: depth + 1,
  around,
});

/** A value that is reported already. */
const brokenAt = ({ document }: YamlReading, span: Span): Tree => ({
  type: "scalar",
  value: null,
  document,
  span,
  broken: true,
});

/** Whether a node is within the bounds of a recipe; of too many the first is reported. */
function isWithin(reading: YamlReading, span: Span, { path, depth }: NodePlace): boolean {
  if (depth > MAX_DEPTH) {
    reading.complain(span, path, tooDeep);
    return false;
  }
  if (++reading.nodes === MAX_NODES + 1) {
    reading.complain(span, path, {
      code: "too-large",
      message: `A recipe may hold ${MAX_NODES} values and no more`,
    });
  }
  return reading.nodes <= MAX_NODES;
}

/** Reports what YAML has and a recipe has not: aliases, anchors, tags. Whether there is a value nevertheless. */
function isPlain(
  { document: { text }, anchors, complain }: YamlReading,
  node: YamlNode,
  span: Span,
  { path, around }: NodePlace,
): boolean {
  if (isAlias(node)) {
    if (!anchors.has(node.source)) complain(span, path, aliasComplaint(node.source, text, around));
    return false;
  }
  if (node.anchor !== undefined) {
    anchors.add(node.anchor);
    complain(span, path, {
      message: `a recipe has no anchors (\`&${excerpt(node.anchor)}\`) and no aliases`,
      help: "give the value a name under variables: and write $name where it is used",
    });
  }
  if (node.tag !== undefined && !implicitTag(node.tag, text, span)) {
    complain(span, path, {
      message: `a recipe has no tags (\`${excerpt(node.tag)}\`)`,
      help: "leave the tag out",
    });
  }
  return true;
}

function mapOf(reading: YamlReading, { items }: YAMLMap, span: Span, place: NodePlace): Tree {
  const { document, complain } = reading;
  const { path } = place;
  const entries = new Map<string, Entry>();
  for (const pair of items) {
    const key = pair.key as YamlNode;
    const keySpan = key === null ? span : spanOf(key);
    if (!isScalar(key) || typeof key.value !== "string") {
      complain(keySpan, path, { message: "a key must be a plain name" });
      continue;
    }
    const name = key.value;
    if (entries.has(name)) {
      complain(keySpan, join(path, name), { message: `\`${excerpt(name)}\` stands here twice` });
    }
    const value = treeOf(reading, pair.value as YamlNode | null, inside(place, name, keySpan));
    entries.set(name, { key: keySpan, value });
  }
  return { type: "map", entries, document, span };
}

function scalarOf(
  reading: YamlReading,
  { value, source }: { readonly value: unknown; readonly source?: string },
  span: Span,
  { path }: NodePlace,
): Tree {
  const { document } = reading;
  if (typeof value === "number") {
    const sound = Number.isFinite(value) &&
      (!Number.isInteger(value) || Math.abs(value) <= Number.MAX_SAFE_INTEGER);
    if (sound) return { type: "scalar", value: value + 0, document, span };
    reading.complain(span, path, {
      code: "wrong-type",
      message: Number.isFinite(value)
        ? `${excerpt(String(source))} is beyond 2^53: it would lose digits`
        : `${excerpt(String(source))} is not a finite number`,
    });
    return brokenAt(reading, span);
  }
  const plain = typeof value === "string" || typeof value === "boolean" || value === null;
  return { type: "scalar", value: plain ? value : String(value), document, span };
}

const tooDeep: YamlComplaint = {
  code: "too-large",
  message: `A recipe may be nested ${MAX_DEPTH} deep and no deeper`,
};

/** The parser recurses, so a nesting bomb ends in a RangeError: that is the one thing it may throw. */
function parseSafely(text: string): ParsedYaml | undefined {
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

function aliasComplaint(name: string, text: string, around: Span): YamlComplaint {
  const whole = text.slice(around.start, around.end);
  const quoted = whole.startsWith("[") && !whole.includes("\n")
    ? whole.replace(`*${name}`, `"*${name}"`)
    : `"*${name}"`;
  return {
    message: "a plain value cannot start with `*` (YAML reads an alias)",
    help: `quote it: ${quoted}`,
  };
}
