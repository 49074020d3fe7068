/** A graph as text to read and as Mermaid to draw. */
import { type Graph, type Node, readBy } from "./graph.ts";

/** Marks of steps by name: `hit`, `run`, `unknown`, or what a run made of them. */
type Marks = ReadonlyMap<string, string>;

/** One line a step: name, op, what it reads. */
export function graphText({ nodes }: Graph, marks: Marks = new Map()): string {
  const widths = [
    Math.max(...nodes.map(({ step }) => step.name.length)),
    Math.max(...nodes.map(({ op }) => op.name.length)),
  ] as const;
  return nodes.map((node) => {
    const reads = readBy(node).map(({ step }) => step.name);
    const mark = marks.get(node.step.name);
    return [
      node.step.name.padEnd(widths[0]),
      node.op.name.padEnd(widths[1]),
      ...(mark === undefined ? [] : [mark.padEnd(7)]),
      reads.length === 0 ? "" : `← ${reads.join(", ")}`,
    ].join("  ").trimEnd() + "\n";
  }).join("");
}

/** A Mermaid flowchart; models are boxes, data are stores, what is measured or written is rounded. */
export function graphMermaid({ nodes }: Graph, marks: Marks = new Map()): string {
  const ids = new Map(nodes.map(({ step }, at) => [step.name, `s${at}`]));
  const id = (node: Node): string => ids.get(node.step.name)!;
  const kinds = [...new Set(marks.values())];
  return [
    "flowchart TD",
    ...nodes.map((node) => `  ${id(node)}${box(node)}`),
    ...nodes.flatMap((node) => readBy(node).map((read) => `  ${id(read)} --> ${id(node)}`)),
    ...kinds.flatMap((kind) => {
      const marked = nodes.filter(({ step }) => marks.get(step.name) === kind).map(id);
      return [`  class ${marked.join(",")} ${kind}`];
    }),
    ...kinds.map((kind) => `  classDef ${kind} ${styles[kind] ?? "stroke-width:1px"}`),
    "",
  ].join("\n");
}

/** Recorded is drawn thin, what would run thick, what is not known yet dashed: readable without colour. */
const styles: Readonly<Record<string, string>> = {
  hit: "stroke-width:1px",
  run: "stroke-width:3px",
  unknown: "stroke-dasharray:4",
};

function box({ step, op }: Node): string {
  // Names are letters, digits and hyphens by the grammar, but a value written in TypeScript may hold anything.
  const text = `"${escaped(step.name)}<br/><small>${escaped(op.name)}</small>"`;
  switch (op.output.name) {
    case "dataset":
      return `[(${text})]`;
    case "model":
      return `[${text}]`;
    default:
      return `(${text})`;
  }
}

function escaped(name: string): string {
  return name.replace(/[^\w.\[\]= -]/g, (character) => `#${character.codePointAt(0)};`);
}
