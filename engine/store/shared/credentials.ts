/**
 * Who asks a shared store. A secret is read here, and goes into the header of requests to its store and nowhere else: no
 * sentence of this file shows one.
 */
import { DecantError } from "../../error.ts";
import {
  STORE_PASSWORD_VARIABLE,
  STORE_TOKEN_VARIABLE,
  STORE_USER_VARIABLE,
  variable,
} from "../../permission.ts";
import { quoted } from "../../quote.ts";
import { storeAddress } from "./address.ts";

/** The value of the `Authorization` header for an address; undefined where nothing is said of it. */
type Authorization = (address: string) => string | undefined;

/** A file of credentials may be as large as this. */
const LARGEST = 1 << 20;

/** Credentials by what `--store-credentials` says. Throws a `usage` error. */
export async function credentialsOf(said: string | undefined): Promise<Authorization> {
  if (said === undefined) return () => undefined;
  if (said !== "env") return credentialsIn(await ownText(said), said);
  const token = variable(STORE_TOKEN_VARIABLE);
  if (token !== undefined) return () => `Bearer ${token}`;
  const [user, password] = [variable(STORE_USER_VARIABLE), variable(STORE_PASSWORD_VARIABLE)];
  if (user !== undefined && password !== undefined) {
    const basic = basicOf(`${user}:${password}`);
    return () => basic;
  }
  throw wrong(
    "--store-credentials env finds no credentials in the environment",
    `set ${STORE_TOKEN_VARIABLE}, or ${STORE_USER_VARIABLE} and ${STORE_PASSWORD_VARIABLE}`,
  );
}

/** Lines of a file, `ADDRESS basic USER:PASSWORD` or `ADDRESS bearer TOKEN`; what follows `#` at its start is none. */
function credentialsIn(text: string, path: string): Authorization {
  const known = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, address, how, secret] = /^\s*(\S+)\s+(basic|bearer)\s+(\S.*?)\s*$/.exec(line) ?? [];
    const url = address === undefined ? undefined : URL.parse(address);
    if (url === null || secret === undefined || (how === "basic" && !secret.includes(":"))) {
      throw wrong(
        `line ${index + 1} of ${quoted(path)} holds no credentials`,
        "https://cache.example.org/decant basic USER:PASSWORD, or bearer TOKEN",
      );
    }
    known.set(storeAddress(address!), how === "basic" ? basicOf(secret) : `Bearer ${secret}`);
  }
  return (address) => known.get(address);
}

/** The text of a file that nobody else can read. */
async function ownText(path: string): Promise<string> {
  const info = await Deno.stat(path).catch(() => undefined);
  if (info === undefined || !info.isFile || info.size > LARGEST) {
    throw wrong(`--store-credentials names no file that can be read: ${quoted(path)}`, "or env");
  }
  if (Deno.build.os !== "windows" && ((info.mode ?? 0) & 0o077) !== 0) {
    throw wrong(`${quoted(path)} holds secrets, and others may read it`, "chmod 600 it");
  }
  return await Deno.readTextFile(path);
}

/** RFC 7617, in UTF-8. */
const basicOf = (pair: string): string => `Basic ${new TextEncoder().encode(pair).toBase64()}`;

function wrong(message: string, help: string): DecantError {
  return new DecantError("usage", message, help);
}
