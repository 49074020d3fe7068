/**
 * Who asks a shared store. A secret is read here, and goes into the header of requests to its store, or signs them, and
 * nowhere else: no sentence of this file shows one.
 */
import { DecantError } from "../../error.ts";
import {
  AWS_PROFILE_VARIABLE,
  AWS_SECRETS,
  STORE_HOST_VARIABLE,
  STORE_PASSWORD_VARIABLE,
  STORE_TOKEN_VARIABLE,
  STORE_USER_VARIABLE,
  variable,
} from "../../permission.ts";
import { excerpt, quoted } from "../../quote.ts";
import { type StoreAddress, storeAddress } from "./address.ts";
import type { Authorize } from "./http_cache.ts";
import { type AwsKeys, signedBy } from "./s3.ts";

/** How requests to an address say who asks; undefined where nothing is said of it. */
type Credentials = (address: StoreAddress) => Authorize | undefined;

/** What is said of an address: the value of its `Authorization` header, or keys that sign. */
type StoreCredential = string | AwsKeys;

/** A file of credentials may be as large as this. */
const LARGEST = 1 << 20;

/** Credentials by what `--store-credentials` says, for these stores. Throws a `usage` error. */
export async function credentialsOf(
  said: string | undefined,
  stores: readonly StoreAddress[],
): Promise<Credentials> {
  if (said === undefined) return () => undefined;
  const known = said === "env" ? inEnvironment(stores) : inFile(await ownText(said), said);
  return (address) => {
    const found = known(address);
    if (found === undefined) return undefined;
    if (typeof found !== "string") return signedBy(found, address.region!);
    const headers = Promise.resolve({ authorization: found });
    return () => headers;
  };
}

/** A token, or a name and a password, for the hosts that they are said to be for; for S3 the keys of Amazon's tools. */
function inEnvironment(
  stores: readonly StoreAddress[],
): (address: StoreAddress) => StoreCredential | undefined {
  const [accessKeyId, secretAccessKey, sessionToken] = AWS_SECRETS.map(variable);
  const keys = accessKeyId !== undefined && secretAccessKey !== undefined
    ? { accessKeyId, secretAccessKey, sessionToken }
    : undefined;
  const [token, user, password] = [
    variable(STORE_TOKEN_VARIABLE),
    variable(STORE_USER_VARIABLE),
    variable(STORE_PASSWORD_VARIABLE),
  ];
  const header = token !== undefined
    ? `Bearer ${token}`
    : user !== undefined && password !== undefined
    ? basicOf(`${user}:${password}`)
    : undefined;
  const hosts = variable(STORE_HOST_VARIABLE)?.split(/\s+/) ?? [];
  const known = ({ url, region }: StoreAddress): StoreCredential | undefined =>
    region !== undefined ? keys : hosts.includes(new URL(url).host) ? header : undefined;
  const without = stores.find((store) => known(store) === undefined);
  if (without === undefined || stores.some((store) => known(store) !== undefined)) return known;
  const { host } = new URL(without.url);
  if (without.region !== undefined || header === undefined) {
    throw wrong(
      "--store-credentials env finds no credentials in the environment",
      without.region === undefined
        ? `set ${STORE_TOKEN_VARIABLE}, or ${STORE_USER_VARIABLE} and ${STORE_PASSWORD_VARIABLE}, ` +
          `and ${STORE_HOST_VARIABLE}`
        : `set ${AWS_SECRETS[0]} and ${AWS_SECRETS[1]}`,
    );
  }
  throw wrong(
    `the credentials in the environment are not said to be for ${
      excerpt(host)
    }, and are not sent there`,
    `set ${STORE_HOST_VARIABLE}=${host}, with blanks between several`,
  );
}

/** Lines of a file, or what Amazon's tools write: by sections, whose keys are for every store in S3. */
function inFile(
  text: string,
  path: string,
): (address: StoreAddress) => StoreCredential | undefined {
  const lines = text.split(/\r?\n/).map((line) => /^\s*(#|$)/.test(line) ? "" : line.trim());
  if (lines.find((line) => line !== "")?.startsWith("[")) {
    const keys = keysIn(lines, path);
    return ({ region }) => region === undefined ? undefined : keys;
  }
  const known = new Map<string, StoreCredential>();
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const [, address, how, secret = ""] = /^(\S+)\s+(basic|bearer|s3)\s+(\S.*)$/.exec(line) ?? [];
    const said = saidBy(how, secret);
    if (said === undefined || !URL.canParse(address!)) throw noLine(index, path);
    const { url, region } = storeAddress(address!);
    if ((region === undefined) !== (how !== "s3")) throw noLine(index, path);
    known.set(url, said);
  }
  return ({ url }) => known.get(url);
}

function saidBy(how: string | undefined, secret: string): StoreCredential | undefined {
  if (how === "bearer") return `Bearer ${secret}`;
  if (how === undefined || !secret.includes(":")) return undefined;
  if (how === "basic") return basicOf(secret);
  const [accessKeyId, secretAccessKey, sessionToken] = secret.split(":") as [
    string,
    string,
    string?,
  ];
  return { accessKeyId, secretAccessKey, sessionToken };
}

/** The keys in the section that `AWS_PROFILE` names, else in `default`. */
function keysIn(lines: readonly string[], path: string): AwsKeys {
  const profile = variable(AWS_PROFILE_VARIABLE) ?? "default";
  const values = new Map<string, string>();
  let section = "";
  for (const line of lines) {
    const [, name] = /^\[\s*(.*?)\s*\]$/.exec(line) ?? [];
    section = name ?? section;
    const [, field, value] = /^(\w+)\s*=\s*(\S+)$/.exec(line) ?? [];
    if (section === profile && field !== undefined) values.set(field, value!);
  }
  const [accessKeyId, secretAccessKey, sessionToken] = AWS_SECRETS.map((name) =>
    values.get(name.toLowerCase())
  );
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { accessKeyId, secretAccessKey, sessionToken };
  }
  const message = `${quoted(path)} holds no keys of ${excerpt(profile)}`;
  throw wrong(message, `[${excerpt(profile)}] with aws_access_key_id and aws_secret_access_key`);
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

function noLine(index: number, path: string): DecantError {
  return wrong(
    `line ${index + 1} of ${quoted(path)} holds no credentials`,
    "https://cache.example.org/decant basic USER:PASSWORD, or bearer TOKEN; s3://bucket/prefix s3 KEY:SECRET",
  );
}

function wrong(message: string, help: string): DecantError {
  return new DecantError("usage", message, help);
}
