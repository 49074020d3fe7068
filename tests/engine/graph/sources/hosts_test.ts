import assert from "node:assert/strict";
import { isLocalHost, isWeb, trustedHost } from "../../../../engine/graph/sources/hosts.ts";

Deno.test("this machine has several names, and other hosts have names like them", () => {
  const isHere = (host: string) => isLocalHost(new URL(`http://${host}:8/a`));
  const here = ["localhost", "a.LOCALHOST", "localhost.", "127.0.0.1", "[::1]"];
  assert.deepEqual(here.map(isHere), here.map(() => true));
  assert.deepEqual(["notlocalhost", "localhost.org", "127.0.0.11", "[::2]"].map(isHere), [
    ...[false, false, false, false],
  ]);
});

Deno.test("a source is a URL of the web where it begins with http: or https:, in any case", () => {
  const web = ["http://a/", "HTTPS://a/", "https:"].map(isWeb);
  assert.deepEqual(web, [true, true, true]);
  assert.deepEqual(["./https:", "ftp://a/", "httpsx"].map(isWeb), [false, false, false]);
});

Deno.test("a trusted host is written as URLs write it, and a port that https implies is kept", () => {
  assert.equal(trustedHost("Example.ORG"), "example.org");
  assert.equal(trustedHost("example.org:8443"), "example.org:8443");
  assert.equal(trustedHost("example.org:443"), "example.org:443");
  for (const text of ["", "a/b", "a b", "https://a", "a@b", "a?b", "a#b", "a:99999"]) {
    const message = `${JSON.stringify(text)} is no host`;
    assert.throws(() => trustedHost(text), new RangeError(message), text);
  }
});
