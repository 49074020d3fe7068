import assert from "node:assert/strict";
import { storeAddress, storesOfEnvironment } from "../../../../engine/store/shared/address.ts";
import { AWS_ENDPOINTS, AWS_REGIONS } from "../../../../engine/permission.ts";
import { setVariable } from "../../../variable.ts";

Deno.test("an address is a URL of the web, private or not, without the slash at its end", () => {
  for (
    const [text, address] of [
      ["https://cache.example.org", "https://cache.example.org"],
      ["https://cache.example.org/decant//", "https://cache.example.org/decant"],
      ["http://10.0.0.7:9090/a/", "http://10.0.0.7:9090/a"],
      ["http://[::1]:80", "http://[::1]"],
    ] as const
  ) assert.deepEqual(storeAddress(text), { url: address });
});

Deno.test("what is no address is refused, and no secret in it is shown", () => {
  const refused = (text: string, message: string) =>
    assert.throws(() => storeAddress(text), (error: Error & { code?: string; help?: string }) => {
      assert.equal(error.code, "usage");
      assert.equal(error.message, message);
      assert.ok(!`${error.message}${error.help}${error.stack}`.includes("geheim"));
      return true;
    });
  refused("cache", "`cache` is no store: stores are reached by https, http or s3");
  refused("ftp://there", "`ftp://there` is no store: stores are reached by https, http or s3");
  refused("me:geheim@there", "an address is no store: stores are reached by https, http or s3");
  refused(
    "https://me:geheim@there/x",
    "the address of the store on there holds a name or password",
  );
  refused("https://geheim@there", "the address of the store on there holds a name or password");
  refused("https://there/?t=geheim", "the address of the store on there goes on behind its path");
  refused("https://there/#geheim", "the address of the store on there goes on behind its path");
});

Deno.test("the environment names several, with blanks between them", () => {
  const unset = setVariable("DECANT_STORE", undefined);
  try {
    assert.deepEqual(storesOfEnvironment(), []);
    setVariable("DECANT_STORE", "  https://a  http://b ");
    assert.deepEqual(storesOfEnvironment(), ["https://a", "http://b"]);
  } finally {
    unset();
  }
});

/** Runs `body` with these variables and none other of Amazon's tools. */
function withVariables(values: Readonly<Record<string, string>>, body: () => void): void {
  const unset = [...AWS_ENDPOINTS, ...AWS_REGIONS].map((name) => setVariable(name, values[name]));
  try {
    body();
  } finally {
    for (const each of unset) each();
  }
}

Deno.test("a bucket stands in the path of its endpoint, which the region gives where none is said", () => {
  withVariables({}, () => {
    for (
      const [text, url, region] of [
        ["s3://models", "https://s3.us-east-1.amazonaws.com/models", "us-east-1"],
        [
          "s3://my.models/a/b_c/?region=eu-west-1",
          "https://s3.eu-west-1.amazonaws.com/my.models/a/b_c",
          "eu-west-1",
        ],
        [
          "s3://models/x?endpoint=http://10.0.0.7:9000/&region=here",
          "http://10.0.0.7:9000/models/x",
          "here",
        ],
      ] as const
    ) assert.deepEqual(storeAddress(text), { url, region });
  });
  const there = { AWS_ENDPOINT_URL: "https://far.example", AWS_DEFAULT_REGION: "far-1" };
  withVariables(there, () => {
    const found = { url: "https://far.example/models", region: "far-1" };
    assert.deepEqual(storeAddress("s3://models"), found);
  });
  const nearer = { ...there, AWS_ENDPOINT_URL_S3: "https://s3.example", AWS_REGION: "near-1" };
  withVariables(nearer, () => {
    assert.deepEqual(storeAddress("s3://models"), {
      url: "https://s3.example/models",
      region: "near-1",
    });
    const { url, region } = storeAddress("s3://models?endpoint=http://a&region=b");
    assert.deepEqual([url, region], ["http://a/models", "b"]);
  });
});

Deno.test("what is no address in S3 is refused, and no secret in it is shown", () => {
  const more = "the address of a store in S3 holds more than endpoint and region";
  const none = /^`.*` names no bucket, or a prefix that needs escapes$/;
  withVariables({}, () => {
    for (
      const [text, message] of [
        ["s3://me:geheim@models", more],
        ["s3://geheim@models", more],
        ["s3://models?key=geheim", more],
        ["s3://models#geheim", more],
        ["s3://a", none],
        ["s3:///a", none],
        ["s3://models/a b", none],
        ["s3://models/a%2fb", none],
        ["s3://models/a//b", none],
        ["s3://models?region=a/b", "`a/b` is no region"],
        ["s3://models?endpoint=ftp://a", "an endpoint of S3 is an address by https or http"],
        ["s3://models?endpoint=s3://models", "an endpoint of S3 is an address by https or http"],
        ["s3://models?endpoint=https://x:geheim@a", /^the address of the store on a holds a name/],
      ] as const
    ) {
      assert.throws(() => storeAddress(text), (error: Error & { code?: string; help?: string }) => {
        assert.equal(error.code, "usage");
        if (typeof message === "string") assert.equal(error.message, message, text);
        else assert.match(error.message, message, text);
        assert.ok(!`${error.message}${error.help}${error.stack}`.includes("geheim"));
        return true;
      });
    }
  });
});
