/** Signatures of requests to S3 and what speaks as it does (Signature Version 4), by WebCrypto. */
import type * as aws from "npm:aws4fetch@1.0.20";

const specifier = "npm:aws4fetch@1.0.20";

export const { AwsV4Signer }: typeof aws = await import(specifier);
