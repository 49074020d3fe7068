/**
 * Who made a record: people's keys, written `NAME:BASE64` as Nix writes them, and their signatures (Ed25519, RFC 8032)
 * over all that a record says. A name is for people; a key is its bytes.
 */
import { canonicalBytes, digestOf, type Json } from "../../digest.ts";
import { DecantError } from "../../error.ts";
import { configFolder, isGranted } from "../../permission.ts";
import { excerpt, quoted } from "../../quote.ts";
import type { Recorded, SavedState, Signature, Trust } from "../store.ts";

/** The version of the language that signatures are of, and of what is signed. */
const SIGNED = { decant: 1, signed: 1 } as const;

/** A public key: a name, and 32 bytes. */
const PUBLIC = /^([\w.@-]{1,64}):([A-Za-z0-9+/]{43}=)$/;

/** What others may do with a key of the user's own; a secret that is mounted is root's, and read as one of a group. */
const [OWN, MOUNTED] = [0, 0o040];

/** Somebody who signs. */
export interface Signer {
  /** The public key. */
  readonly by: string;
  /** Signs a record, or a state. */
  sign(made: Recorded | SavedState): Promise<Signature>;
}

/** Throws a `usage` error where a text is no public key. */
export function assertPublicKey(text: string): void {
  if (PUBLIC.test(text)) return;
  throw new DecantError(
    "usage",
    `${quoted(text)} is no public key`,
    "--trust NAME:KEY, as decant key show prints it",
  );
}

/** Makes the user's key and says its public half. Throws a `usage` error where there is one. */
export async function newKey(name: string): Promise<string> {
  const folder = configFolder();
  if (folder === undefined) throw noFolder();
  const { publicKey, privateKey } = await crypto.subtle.generateKey("Ed25519", true, [
    "sign",
    "verify",
  ]) as CryptoKeyPair;
  const exported = async (format: "raw" | "pkcs8", key: CryptoKey) =>
    `${name}:${new Uint8Array(await crypto.subtle.exportKey(format, key)).toBase64()}`;
  const shown = await exported("raw", publicKey);
  assertPublicKey(shown);
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const secret = `${await exported("pkcs8", privateKey)}\n`;
    await Deno.writeTextFile(`${folder}/key`, secret, { createNew: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    const message = `there is a key already, ${folder}/key`;
    throw new DecantError("usage", message, "decant key show prints its public half");
  }
  await Deno.writeTextFile(`${folder}/key.pub`, `${shown}\n`);
  return shown;
}

/** The user's key; undefined where there is none, or it may not be read. Throws a `usage` error where it is damaged. */
export async function ownKey(): Promise<Signer | undefined> {
  const text = await configText("key");
  return text === undefined ? undefined : await signerOf(`${configFolder()}/key`, text, {
    shown: await configText("key.pub"),
    most: OWN,
  });
}

/**
 * The key in a file that `decant key new` made, its public half in `.pub` beside it; `warn` is told where a group may read
 * it, as one of a mounted secret may have to. Throws a `usage` error.
 */
export async function keyIn(path: string, warn: (sentence: string) => void): Promise<Signer> {
  const [text, shown] = await Promise.all(
    [path, `${path}.pub`].map((each) => Deno.readTextFile(each).catch(() => undefined)),
  );
  if (text !== undefined) {
    const signer = await signerOf(path, text, { shown, most: MOUNTED });
    if (await othersMay(path, MOUNTED)) {
      warn(`its group may read the key ${path}: chmod 600 it, unless it is a mounted secret`);
    }
    return signer;
  }
  throw new DecantError("usage", `there is no key ${path}`, "decant key new NAME makes one");
}

async function signerOf(
  path: string,
  text: string,
  { shown = "", most }: { readonly shown?: string | undefined; readonly most: number },
): Promise<Signer> {
  if (await othersMay(path, 0o077 & ~most)) {
    throw new DecantError("usage", `others may read the key ${path}`, "chmod 600 it");
  }
  const by = shown.trim();
  const [, bytes] = /^[\w.@-]{1,64}:([A-Za-z0-9+/=]+)\s*$/.exec(text) ?? [];
  const key = bytes === undefined ? undefined : await crypto.subtle.importKey(
    "pkcs8",
    Uint8Array.fromBase64(bytes),
    "Ed25519",
    false,
    ["sign"],
  ).catch(() => undefined);
  if (key === undefined || !PUBLIC.test(by)) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const message = `the key ${path}, or ${name}.pub beside it, is damaged`;
    throw new DecantError("usage", message, "remove both, and decant key new makes others");
  }
  return {
    by,
    async sign(made) {
      const signature = await crypto.subtle.sign("Ed25519", key, signedBytes(made));
      return { by, signature: new Uint8Array(signature).toBase64() };
    },
  };
}

/** Whether a file grants others one of these rights; unknown on Windows. */
async function othersMay(path: string, rights: number): Promise<boolean> {
  return Deno.build.os !== "windows" && ((await Deno.stat(path)).mode! & rights) !== 0;
}

/** Whether it is signed by one of these keys, by one that the user trusts (`trusted`), or by the user's own. */
export function trustIn(keys: readonly string[] = []): Trust {
  keys.forEach(assertPublicKey);
  let all: Promise<ReadonlySet<string>> | undefined;
  return async (recorded) => {
    const bytes = bytesOf(recorded.signed?.by ?? "");
    all ??= trustedBytes(keys);
    if (bytes === undefined || !(await all).has(bytes)) return false;
    return await isSigned(recorded, bytes);
  };
}

/** The file of keys that a user trusts always, one a line. */
async function trustedBytes(keys: readonly string[]): Promise<ReadonlySet<string>> {
  const files = await Promise.all([configText("trusted"), configText("key.pub")]);
  const kept = files.flatMap((text) => text?.split(/\r?\n/) ?? []).map((line) => line.trim());
  return new Set([...keys, ...kept].flatMap((text) => bytesOf(text) ?? []));
}

async function isSigned(made: Recorded | SavedState, bytes: string): Promise<boolean> {
  try {
    const raw = Uint8Array.fromBase64(bytes);
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    const signature = Uint8Array.fromBase64(made.signed!.signature);
    return await crypto.subtle.verify("Ed25519", key, signature, signedBytes(made));
  } catch {
    // What is no signature signs nothing.
    return false;
  }
}

/**
 * What is signed: the key of the step, its artifact with every blob, and whatever else the record says of it; of a state
 * its blob and when it was saved. Neither can be taken for the other.
 */
function signedBytes(made: Recorded | SavedState): Uint8Array<ArrayBuffer> {
  if (!("outcome" in made)) {
    const { key, saved, state } = made;
    return canonicalBytes({ ...SIGNED, checkpoint: key, saved, state } as unknown as Json);
  }
  const { key, outcome } = made;
  const { artifact, blobs } = outcome;
  const whole = digestOf(canonicalBytes(outcome as unknown as Json));
  return canonicalBytes({ ...SIGNED, key, artifact, blobs, outcome: whole } as unknown as Json);
}

const bytesOf = (text: string): string | undefined => PUBLIC.exec(text)?.[2];

/** Who signed a record, for a sentence. */
export const signerText = ({ signed }: Recorded): string =>
  signed === undefined ? "nobody" : excerpt(signed.by, 110);

/** The text of a file in the user's folder; undefined where there is none, or it may not be read. */
async function configText(name: "key" | "key.pub" | "trusted"): Promise<string | undefined> {
  const folder = configFolder();
  if (folder === undefined || !isGranted({ name: "read", path: folder })) return undefined;
  return await Deno.readTextFile(`${folder}/${name}`).catch(() => undefined);
}

function noFolder(): DecantError {
  return new DecantError(
    "usage",
    "there is no folder for a key: neither XDG_CONFIG_HOME nor HOME is set, or may be read",
    "set HOME",
  );
}
