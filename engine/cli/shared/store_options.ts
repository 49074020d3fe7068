/** Options about stores that are shared with others, and how their values are read. */
import { DecantError } from "../../error.ts";
import { given } from "../../given.ts";
import type { SharedOptions } from "../../store/shared/address.ts";
import type { Option } from "../command.ts";

/** Which stores are asked. */
export const asking = {
  store: {
    value: "URL",
    many: true,
    description: "A shared store behind the cache: https://… by Bazel's HTTP cache protocol, or " +
      "s3://BUCKET/PREFIX?endpoint=…&region=…; default DECANT_STORE",
  },
  "store-credentials": {
    value: "WHERE",
    description:
      "Who asks stores: env (DECANT_STORE_TOKEN, or DECANT_STORE_USER and DECANT_STORE_PASSWORD, for the hosts in " +
      "DECANT_STORE_HOST; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for S3) or a file of lines " +
      "URL bearer TOKEN, URL basic USER:PASSWORD, URL s3 KEY:SECRET, or one of Amazon's tools",
  },
  trust: {
    value: "KEY",
    many: true,
    description: "A public key, NAME:BASE64, whose records in stores are hits, as your own are",
  },
} as const satisfies Readonly<Record<string, Option>>;

/** The same, and what is published in them. */
export const sharing = {
  ...asking,
  "store-write": { description: "Publishes in the stores what the run makes or recalls" },
  "store-exclude": { value: "WHAT", description: "data: leaves data out of what is published" },
} as const satisfies Readonly<Record<string, Option>>;

/** What the options say of stores; undefined where they say nothing. Throws a `usage` error. */
export function sharedOptions(
  options: Readonly<Partial<Record<string, readonly string[]>>>,
): SharedOptions | undefined {
  const exclude = options["store-exclude"]?.[0];
  if (exclude !== undefined && exclude !== "data") {
    throw new DecantError(
      "usage",
      `--store-exclude leaves out data; this is "${exclude}"`,
      "--store-exclude data",
    );
  }
  const said: SharedOptions = given({
    stores: options.store,
    trust: options.trust,
    write: options["store-write"] && true,
    exclude: exclude && ["data" as const],
    credentials: options["store-credentials"]?.[0],
  });
  return Object.keys(said).length === 0 ? undefined : said;
}
