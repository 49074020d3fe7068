/** What modules declare, as lines of text that can be held against a file: fields, defaults, bounds, words for a reader. */

/** Modules by path, as imported. */
export type Modules = Readonly<Record<string, object>>;

/** Annotations of fields between a field and what stands in it, and how they are written. */
const SHORT: readonly (readonly [RegExp, string])[] = [
  [/\.params\.(?=properties|x-)/g, "."],
  [/\.x-choice\.alternatives\.([^.]+)/g, "<$1>"],
  [/\.x-choice\.untagged/g, "<>"],
  [/\.x-by-type\.([^.]+)/g, "($1)"],
  [/\.(?:x-list\.)?items(?=[.[<(]|$)/g, "[]"],
  [/\.properties\./g, "."],
];

/** The lines of all that modules export as data; what is computed or is a function has none. */
export function declarationLines(modules: Modules): readonly string[] {
  const told = new Map<object, string>();
  return Object.entries(modules).flatMap(([path, module]) => {
    const exported = Object.entries(module).sort(([one], [other]) => one < other ? -1 : 1);
    return [`# ${path}`, ...exported.flatMap(([name, value]) => linesOf(value, name, told))];
  });
}

/** A value's own line, then those of what it holds; what has been told is named by where. */
function linesOf(value: unknown, path: string, told: Map<object, string>): readonly string[] {
  if (!isData(value)) return [];
  const known = told.get(value);
  if (known !== undefined) return [`${short(path)} → ${known}`];
  told.set(value, short(path));
  const members = Object.entries(value);
  const own = members.filter(([, each]) => isPlain(each));
  const inside = members.filter(([, each]) => !isPlain(each))
    .flatMap(([name, each]) => linesOf(each, `${path}.${name}`, told));
  if (own.length === 0) return inside;
  const plain = Array.isArray(value) ? value : Object.fromEntries(own);
  return [`${short(path)} ${JSON.stringify(plain)}`, ...inside];
}

const short = (path: string): string =>
  SHORT.reduce((text, [long, instead]) => text.replace(long, instead), path);

/** Whether a value is an object or a list as JSON has them. */
function isData(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype || Array.isArray(value);
}

/** Whether a value stands on the line of what holds it. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((each) => !isData(each) && isPlain(each));
  return ["string", "number", "boolean"].includes(typeof value) || value === null;
}
