/** Sources: what a recipe may name to be read. A path or URL resolves against the document that wrote it. */

/** Whether a text is written as a source: a relative path, an https URL (http for localhost), or `npm:…`. */
export function isSource(text: string): boolean {
  // deno-lint-ignore no-control-regex
  if (text === "" || text.length > 2000 || /[\x00-\x1f\x7f]/.test(text)) return false;
  if (text.startsWith("npm:")) {
    return /^npm:(@[a-z0-9._~-]+\/)?[a-z0-9._~-]+@\d+\.\d+\.\d+[^/]*(\/.*)?$/.test(text);
  }
  if (/^[a-z][a-z0-9+.-]+:/i.test(text)) return isWebAddress(text);
  return !text.startsWith("//");
}

/** Whether a text is a URL that may be fetched: https, or http on this machine. */
export function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  return url.protocol === "https:" ||
    url.protocol === "http:" && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
}

/** Whether a source is a path, relative or absolute, on this machine. */
export function isPath(source: string): boolean {
  return !/^[a-z][a-z0-9+.-]+:/i.test(source);
}

/** The directory or URL that a document's sources resolve against, ending in a slash. */
export function baseOf(source: string): string {
  return isPath(source)
    ? source.slice(0, source.lastIndexOf("/") + 1) || "./"
    : new URL(".", source).href;
}
