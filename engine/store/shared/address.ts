/** Where shared stores are, as a user names them: on the command line, in a program, in `DECANT_STORE`. */
import { DecantError } from "../../error.ts";
import { AWS_ENDPOINTS, AWS_REGIONS, STORE_VARIABLE, variable } from "../../permission.ts";
import { excerpt } from "../../quote.ts";

/** Which stores are shared, and how. */
export interface SharedOptions {
  /**
   * Their addresses, `https://cache.example.org/decant` or `s3://bucket/prefix`; the first is asked first. Default: those
   * of `DECANT_STORE`.
   */
  readonly stores?: readonly string[];
  /** Publishes there what is made or recalled here; default false. */
  readonly write?: boolean;
  /** What is not published: `data`, whatever made it. */
  readonly exclude?: readonly "data"[];
  /** Public keys whose records are hits, beside the user's own and those in `trusted` in the user's folder. */
  readonly trust?: readonly string[];
  /**
   * `env` for `DECANT_STORE_TOKEN`, or `DECANT_STORE_USER` and `DECANT_STORE_PASSWORD`, at the hosts in `DECANT_STORE_HOST`,
   * and of S3 `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`; else a file.
   */
  readonly credentials?: string;
}

/** The addresses in `DECANT_STORE`, with blanks between them. */
export function storesOfEnvironment(): readonly string[] {
  return variable(STORE_VARIABLE)?.split(/\s+/).filter((text) => text !== "") ?? [];
}

/** A store, as it is asked. */
export interface StoreAddress {
  /** What `/ac/` and `/cas/` follow. */
  readonly url: string;
  /** Of S3: the region that requests are signed for. */
  readonly region?: string;
}

/** A store by its address. Throws a `usage` error, which shows no secret. */
export function storeAddress(text: string): StoreAddress {
  const url = URL.parse(text);
  if (url?.protocol === "s3:") return s3Address(url);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    // What has an @ may hold a password all the same.
    const shown = text.includes("@") ? "an address" : `\`${excerpt(text)}\``;
    throw refused(`${shown} is no store: stores are reached by https, http or s3`);
  }
  return { url: plainUrl(url) };
}

/** A URL without secrets, and without a slash at its end. */
function plainUrl(url: URL): string {
  if (url.username !== "" || url.password !== "") {
    throw refused(`the address of the store on ${url.host} holds a name or password`);
  }
  if (url.search !== "" || url.hash !== "") {
    throw refused(`the address of the store on ${url.host} goes on behind its path`);
  }
  return url.href.replace(/\/+$/, "");
}

/** Names of buckets, which stand in a path here, and of what lies in them, which need no escapes. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^[\w.-]+(\/[\w.-]+)*$/;
const REGION = /^[a-z0-9-]{1,40}$/;

/** `s3://bucket/prefix?endpoint=https://…&region=…`; both may be said by the variables of Amazon's tools. */
function s3Address({ host, pathname, search, hash, username, password }: URL): StoreAddress {
  const said = new URLSearchParams(search);
  const unknown = [...said.keys()].some((name) => name !== "endpoint" && name !== "region");
  const prefix = pathname.replace(/^\/+|\/+$/g, "");
  const leads = prefix.split("/").some((part) => /^\.+$/.test(part));
  const plain = prefix === "" || PREFIX.test(prefix) && !leads;
  if (username !== "" || password !== "" || hash !== "" || unknown) {
    throw refused("the address of a store in S3 holds more than endpoint and region");
  }
  if (!BUCKET.test(host) || !plain) {
    throw refused(
      `\`${excerpt(host + pathname)}\` names no bucket, or a prefix that needs escapes`,
    );
  }
  const region = said.get("region") ?? firstOf(AWS_REGIONS) ?? "us-east-1";
  if (!REGION.test(region)) throw refused(`\`${excerpt(region)}\` is no region`);
  const place = said.get("endpoint") ?? firstOf(AWS_ENDPOINTS);
  const { url } = place === undefined
    ? { url: `https://s3.${region}.amazonaws.com` }
    : /^https?:/i.test(place)
    ? storeAddress(place)
    : { url: undefined };
  if (url === undefined) throw refused("an endpoint of S3 is an address by https or http");
  return { url: [url, host, ...prefix === "" ? [] : [prefix]].join("/"), region };
}

function firstOf(names: typeof AWS_REGIONS | typeof AWS_ENDPOINTS): string | undefined {
  return names.map(variable).find((value) => value !== undefined);
}

function refused(message: string): DecantError {
  return new DecantError(
    "usage",
    message,
    "--store https://cache.example.org/decant, or s3://bucket/prefix?region=eu-central-1; who asks by --store-credentials",
  );
}
