import assert from "node:assert/strict";
import { storeAddress, storesOfEnvironment } from "../../../../engine/store/shared/address.ts";
import { setVariable } from "../../../variable.ts";

Deno.test("an address is a URL of the web, private or not, without the slash at its end", () => {
  for (
    const [text, address] of [
      ["https://cache.example.org", "https://cache.example.org"],
      ["https://cache.example.org/decant//", "https://cache.example.org/decant"],
      ["http://10.0.0.7:9090/a/", "http://10.0.0.7:9090/a"],
      ["http://[::1]:80", "http://[::1]"],
    ] as const
  ) assert.equal(storeAddress(text), address);
});

Deno.test("what is no address is refused, and no secret in it is shown", () => {
  const refused = (text: string, message: string) =>
    assert.throws(() => storeAddress(text), (error: Error & { code?: string; help?: string }) => {
      assert.equal(error.code, "usage");
      assert.equal(error.message, message);
      assert.ok(!`${error.message}${error.help}${error.stack}`.includes("geheim"));
      return true;
    });
  refused("cache", "`cache` is no store: stores are reached by https or http");
  refused("ftp://there", "`ftp://there` is no store: stores are reached by https or http");
  refused("me:geheim@there", "an address is no store: stores are reached by https or http");
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
