/** Sources: what a recipe may name to be read. A path or URL resolves against the document that wrote it. */
import { joinedPath, nodePath } from "../../deps/node.ts";

const path = "(?![A-Za-z][A-Za-z0-9+.-]+:|//)";
/** Letters, digits, dots and dashes, as names of hosts have them, or an address in brackets; and a port. */
const host = "(\\[[0-9A-Fa-f:.]+\\]|[\\p{L}\\p{N}_][\\p{L}\\p{M}\\p{N}._-]*)(:\\d{1,5})?";
const web = `https://${host}([/?#]|$)`;
const local = "http://(localhost|127\\.0\\.0\\.1|\\[::1\\])(:\\d+)?([/?#]|$)";
const package_ = "npm:(@[a-z0-9._~-]+/)?[a-z0-9._~-]+@\\d+\\.\\d+\\.\\d+[^/]*(/|$)";

/**
 * How a source is written: a relative path, an https URL (http for this machine), or `npm:package@1.2.3/path`; no
 * control characters.
 */
export const sourcePattern =
  `^(?=[^\\u0000-\\u001f\\u007f]+$)(${path}|${web}|${local}|${package_})`;

let expression: RegExp | undefined;

/** Whether a text is written as a source. */
export function isSource(text: string): boolean {
  expression ??= new RegExp(sourcePattern, "u");
  return text.length <= 2000 && expression.test(text);
}

/** Whether a source is a path, relative or absolute, on this machine. */
export function isPath(source: string): boolean {
  return !/^[a-z][a-z0-9+.-]+:/i.test(source);
}

/** Whether a source is a file or folder of an npm package: `npm:package@1.2.3/path`. */
export function isPackage(source: string): boolean {
  return source.startsWith("npm:");
}

/** The directory or URL that a document's sources resolve against, ending in a slash. */
export function baseOf(source: string): string {
  return isPath(source) || isPackage(source)
    ? source.slice(0, source.lastIndexOf("/") + 1) || "./"
    : new URL(".", source).href;
}

/** A source resolved against the document that wrote it: a URL, a path, or `npm:…` as it is. */
export function resolveSource(source: string, base: string): string {
  if (!isPath(source)) return source;
  if (isPackage(base)) return inPackage(source, base);
  if (!isPath(base)) return new URL(source, base).href;
  const path = source.startsWith("/") ? source : joinedPath(base, source);
  return isPath(base) && base.startsWith("./") && !path.startsWith(".") ? `./${path}` : path;
}

/** A path climbs no higher than the package, as one below a URL climbs no higher than its host. */
function inPackage(path: string, base: string): string {
  const [, root = base, inside = ""] = /^(npm:(?:@[^/]*\/)?[^/]*\/)(.*)$/.exec(base) ?? [];
  return root + joinedPath(joinedPath("/", path.startsWith("/") ? "" : inside), path).slice(1);
}

/** A source as a document at `to` would write what a document at `from` wrote. */
export function moveSource(source: string, from: string, to: string): string {
  if (from === to || !isPath(source)) return source;
  const whole = resolveSource(source, from);
  if (!isPath(whole) || source.startsWith("/")) return whole;
  const { posix } = nodePath();
  // Between a relative and an absolute document there is no relative path.
  if (!isPath(to) || posix.isAbsolute(from) !== posix.isAbsolute(to)) return posix.resolve(whole);
  const moved = posix.relative(to, whole);
  const folder = source.endsWith("/") && moved !== "" ? "/" : "";
  return (moved.startsWith(".") ? moved : `./${moved}`) + folder;
}
