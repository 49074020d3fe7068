/** Where shared stores are, as a user names them: on the command line, in a program, in `DECANT_STORE`. */
import { DecantError } from "../../error.ts";
import { STORE_VARIABLE, variable } from "../../permission.ts";
import { excerpt } from "../../quote.ts";

/** Which stores are shared, and how. */
export interface SharedOptions {
  /** Their addresses, `https://cache.example.org/decant`; the first is asked first. Default: those of `DECANT_STORE`. */
  readonly stores?: readonly string[];
  /** Publishes there what is made or recalled here; default false. */
  readonly write?: boolean;
  /** What is not published: `data`, whatever made it. */
  readonly exclude?: readonly "data"[];
  /** Public keys whose records are hits, beside the user's own and those in `trusted` in the user's folder. */
  readonly trust?: readonly string[];
  /** `env` for `DECANT_STORE_TOKEN`, or `DECANT_STORE_USER` and `DECANT_STORE_PASSWORD`; else a file. */
  readonly credentials?: string;
}

/** The addresses in `DECANT_STORE`, with blanks between them. */
export function storesOfEnvironment(): readonly string[] {
  return variable(STORE_VARIABLE)?.split(/\s+/).filter((text) => text !== "") ?? [];
}

/** An address as it is used, without the slash at its end. Throws a `usage` error, which shows no secret. */
export function storeAddress(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    // What has an @ may hold a password all the same.
    const shown = text.includes("@") ? "an address" : `\`${excerpt(text)}\``;
    throw refused(`${shown} is no store: stores are reached by https or http`);
  }
  if (url.username !== "" || url.password !== "") {
    throw refused(`the address of the store on ${url.host} holds a name or password`);
  }
  if (url.search !== "" || url.hash !== "") {
    throw refused(`the address of the store on ${url.host} goes on behind its path`);
  }
  return url.href.replace(/\/+$/, "");
}

function refused(message: string): DecantError {
  return new DecantError(
    "usage",
    message,
    "--store https://cache.example.org/decant, and who asks by --store-credentials",
  );
}
