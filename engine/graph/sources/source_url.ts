/** Where a source as written in a document lies. */
import { urlOfPath } from "../../deps/node.ts";
import { baseOf, isPackage, isPath, resolveSource } from "../../recipe/parse/sources.ts";

/** The URL of a source as written in a document of that base. */
export function sourceUrl(base: string, written: string): URL {
  if (!isPath(written)) return new URL(written);
  if (isPackage(base)) return new URL(resolveSource(written, base));
  const path = encoded(written.replace(/\/{2,}/g, "/"));
  return new URL(path, isPath(base) ? urlOfPath(base) : base);
}

/** A file that lies beside another source, as the same document would write it. */
export function besideSource(written: string, path: string): string {
  const plain = written.replace(/#sha256=.*$/, "");
  const webbed = !isPath(plain) && !isPackage(plain);
  return webbed
    ? new URL(encoded(path), baseOf(plain)).href
    : plain.slice(0, plain.lastIndexOf("/") + 1) + path;
}

/** What a URL would read into a path (`#`, `?`, `%`) is part of a file's name. */
function encoded(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** The ending of a source's last name, in small letters: `.json`; empty where it has none. */
export function extensionOf({ pathname }: URL): string {
  return /\.[A-Za-z0-9]+$/.exec(pathname)?.[0].toLowerCase() ?? "";
}
