/**
 * Node's own modules that not every run needs, loaded at once where they are used: the first that is imported takes five
 * milliseconds of every start, `node:crypto` twenty. Paths and file URLs that are plain need none of them.
 */
import type * as crypto from "node:crypto";
import type * as path from "node:path";
import type * as url from "node:url";
import type * as zlib from "node:zlib";

export const nodeCrypto = (): typeof crypto => globalThis.process.getBuiltinModule("node:crypto");
export const nodePath = (): typeof path => globalThis.process.getBuiltinModule("node:path");
const nodeUrl = (): typeof url => globalThis.process.getBuiltinModule("node:url");
export const nodeZlib = (): typeof zlib => globalThis.process.getBuiltinModule("node:zlib");

/** Letters that a path and a file URL write alike. */
const PLAIN = /^\/[\w./-]*$/;
/** What the two take apart: names that are left out, or lead up, at the end; empty names. */
const FOLDED = /\/\/|\/\.{1,2}$/;

const isWindows = Deno.build.os === "windows";

/** The path of a file URL, as `fileURLToPath` has it. */
export function pathOfUrl(url: string | URL): string {
  const { protocol, host, pathname } = new URL(url);
  const plain = protocol === "file:" && host === "" && !isWindows && PLAIN.test(pathname);
  return plain ? pathname : nodeUrl().fileURLToPath(url);
}

/** The URL of a path, as `pathToFileURL` has it: a relative one stands in the working directory. */
export function urlOfPath(path: string): URL {
  const whole = path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
  const plain = path !== "" && !isWindows && PLAIN.test(whole) && !FOLDED.test(whole);
  return plain ? new URL(`file://${whole}`) : nodeUrl().pathToFileURL(path);
}

/** Two paths as one, as `posix.join` has it. */
export function joinedPath(folder: string, path: string): string {
  const text = folder === "" || path === "" ? folder + path : `${folder}/${path}`;
  const isAbsolute = text.startsWith("/");
  const names: string[] = [];
  for (const name of text.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") names.push(name);
    else if (names.length > 0 && names.at(-1) !== "..") names.pop();
    else if (!isAbsolute) names.push(name);
  }
  const end = text.endsWith("/") ? "/" : "";
  if (names.length === 0) return isAbsolute ? "/" : `.${end}`;
  return `${isAbsolute ? "/" : ""}${names.join("/")}${end}`;
}
