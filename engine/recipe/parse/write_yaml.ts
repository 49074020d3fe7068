/** JSON values as YAML in the language's own hand: `{ key: value }` and `[a, b]` where a line holds them. */
import type { Json } from "../../digest.ts";

/** A line longer than this is broken into a block. */
const LINE = 100;

/** The text of a map, one field a line. */
export function writeYaml(value: Readonly<Record<string, Json>>): string {
  return `${block(value, 0)}\n`;
}

function block(value: Json, indent: number): string {
  const pad = " ".repeat(indent);
  if (Array.isArray(value)) {
    return value.map((item) => `${pad}- ${fits(item, indent + 2) ?? inner(item, indent + 2)}`).join(
      "\n",
    );
  }
  const rows = Object.entries(value as Readonly<Record<string, Json>>).map(([key, field]) => {
    const line = fits(field, indent + key.length + 2);
    return `${pad}${scalar(key, true)}:${
      line === undefined ? `\n${block(field, indent + 2)}` : ` ${line}`
    }`;
  });
  return rows.join("\n");
}

/** A block behind a dash: its first line stands beside the dash. */
function inner(item: Json, indent: number): string {
  return block(item, indent).slice(indent);
}

/** The value on one line; undefined where it is a collection that is too long for that. */
function fits(value: Json, indent: number): string | undefined {
  if (value === null || typeof value !== "object") return scalar(value, false);
  const line = flow(value);
  const empty = line === "[]" || line === "{}";
  return empty || indent + line.length <= LINE ? line : undefined;
}

function flow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (value === null || typeof value !== "object") return scalar(value, true);
  const fields = Object.entries(value as Readonly<Record<string, Json>>);
  if (fields.length === 0) return "{}";
  return `{ ${fields.map(([key, field]) => `${scalar(key, true)}: ${flow(field)}`).join(", ")} }`;
}

function scalar(value: Json, insideFlow: boolean): string {
  if (typeof value !== "string") return JSON.stringify(value);
  // A JSON string is a double-quoted YAML one; what is surely plain goes without the quotes.
  const plain = /^([A-Za-z]|\.{1,2}\/)[\w./<>=*+%~()'; :,-]*$/.test(value) &&
    !/: |[: ]$/.test(value) &&
    !/^(true|false|null)$/i.test(value) && !(insideFlow && value.includes(","));
  return plain ? value : JSON.stringify(value);
}
