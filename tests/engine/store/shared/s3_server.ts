/**
 * A stand-in for S3 that keeps objects of one bucket in memory. It checks each signature by Amazon's published steps of
 * Signature Version 4 (canonical request, string to sign, signing key) with `node:crypto`, from the request as it came.
 */
import { createHash, createHmac } from "node:crypto";
import type { Fault } from "./server.ts";

/** Keys of somebody who may do everything. */
export const keys = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "a-secret/of+the-store",
} as const;

const sha256 = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex");
const hmac = (key: Uint8Array | string, text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHmac("sha256", key).update(text).digest());

/** The signature of a request, from what it says that it signs. */
export function signatureOf(
  request: { readonly method: string; readonly url: string; readonly headers: Headers },
  secret: string,
): string {
  const { headers } = request;
  const { pathname, searchParams } = new URL(request.url);
  const said = headers.get("authorization") ?? "";
  const [, scope, signed] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\S+), SignedHeaders=(\S+), Signature=[0-9a-f]{64}$/
      .exec(said) ?? [];
  if (scope === undefined) return "";
  const names = signed!.split(";");
  const query = [...searchParams].map((pair) => pair.map(encodeURIComponent).join("=")).sort();
  const canonical = [
    request.method,
    pathname,
    query.join("&"),
    ...names.map((name) => `${name}:${headers.get(name)?.trim().replace(/ +/g, " ")}`),
    "",
    signed,
    headers.get("x-amz-content-sha256"),
  ].join("\n");
  const text = ["AWS4-HMAC-SHA256", headers.get("x-amz-date"), scope, sha256(canonical)].join("\n");
  const key = scope.split("/").reduce<Uint8Array | string>(hmac, `AWS4${secret}`);
  return hmac(key, text).toHex();
}

/** Why a request is refused; undefined where it is signed as it should be. */
function refusal(request: Request, body: Uint8Array, region: string): string | undefined {
  const { headers } = request;
  const said = headers.get("authorization") ?? "";
  const [, who, date, where] =
    /Credential=([^/]+)\/(\d{8})\/([\w-]+)\/s3\/aws4_request/.exec(said) ?? [];
  if (who !== keys.accessKeyId) return "InvalidAccessKeyId";
  const at = headers.get("x-amz-date") ?? "";
  const time = Date.parse(at.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5"));
  if (!at.startsWith(date!) || Math.abs(Date.now() - time) > 900_000) return "RequestTimeTooSkewed";
  if (where !== region) return "AuthorizationHeaderMalformed";
  const signed = /SignedHeaders=([^,]+)/.exec(said)![1]!.split(";");
  const needed = ["host", ...[...headers.keys()].filter((name) => name.startsWith("x-amz-"))];
  if (!needed.every((name) => signed.includes(name))) return "AccessDenied";
  if (!said.endsWith(`Signature=${signatureOf(request, keys.secretAccessKey)}`)) {
    return "SignatureDoesNotMatch";
  }
  if (headers.get("x-amz-content-sha256") !== sha256(body)) return "XAmzContentSHA256Mismatch";
  return undefined;
}

/** A server of one bucket, which takes no body without a length, as S3 does. */
export function s3Server({ bucket, region }: { readonly bucket: string; readonly region: string }) {
  const entries = new Map<string, Uint8Array<ArrayBuffer>>();
  const asked: { method: string; path: string; refused: string | undefined }[] = [];
  const state: { fault: Fault } = { fault: (_request, right) => right() };
  const ended = new AbortController();
  const answer = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname;
    const body = new Uint8Array(await request.arrayBuffer());
    const refused = request.method === "PUT" && request.headers.get("content-length") === null
      ? "MissingContentLength"
      : refusal(request, body, region);
    asked.push({ method: request.method, path, refused });
    if (refused !== undefined) {
      const error = `<Error><Code>${refused}</Code></Error>`;
      return new Response(request.method === "HEAD" ? null : error, { status: 403 });
    }
    if (!path.startsWith(`/${bucket}/`)) return new Response(null, { status: 404 });
    if (request.method === "PUT") {
      entries.set(path, body);
      return new Response(null, { status: 200 });
    }
    const bytes = entries.get(path);
    if (bytes === undefined) return new Response(null, { status: 404 });
    const headers = { "content-length": `${bytes.byteLength}` };
    return new Response(request.method === "HEAD" ? null : bytes, { headers });
  };
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {}, signal: ended.signal },
    (request) => state.fault(request, () => answer(request)),
  );
  const endpoint = `http://127.0.0.1:${server.addr.port}`;
  return {
    endpoint,
    address: (prefix: string) => `s3://${bucket}/${prefix}?endpoint=${endpoint}&region=${region}`,
    entries,
    asked,
    state,
    async [Symbol.asyncDispose]() {
      ended.abort();
      await server.finished;
    },
  };
}
