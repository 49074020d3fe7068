/**
 * S3 as a shared store: entries are objects below a prefix, each request is signed (Signature Version 4), its body by
 * its digest too, so that the store checks what it is given. The secret goes nowhere.
 */
import { given } from "../../given.ts";
import type { Authorize } from "./http_cache.ts";

/** Who asks S3. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of keys that are lent for a while. */
  readonly sessionToken?: string | undefined;
}

/** Signs requests to S3 in a region. */
export function signedBy(keys: AwsKeys, region: string): Authorize {
  return async ({ method, url, digest }) => {
    const { AwsV4Signer } = await import("../../deps/network/aws4fetch.ts");
    const { accessKeyId, secretAccessKey, sessionToken } = keys;
    const signer = new AwsV4Signer({
      method,
      url,
      accessKeyId,
      secretAccessKey,
      ...given({ sessionToken }),
      service: "s3",
      region,
      headers: { "x-amz-content-sha256": digest ?? EMPTY },
    });
    return Object.fromEntries((await signer.sign()).headers);
  };
}

/** The digest of no bytes. */
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
