import assert from "node:assert/strict";
import { credentialsOf } from "../../../../engine/store/shared/credentials.ts";
import { setVariable } from "../../../variable.ts";

async function withFile(text: string, body: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text);
    await Deno.chmod(path, 0o600);
    await body(path);
  } finally {
    await Deno.remove(path);
  }
}

const usage = (message: RegExp) => (error: Error & { code?: string; help?: string }) => {
  assert.equal(error.code, "usage");
  assert.match(error.message, message);
  assert.ok(!`${error.message}${error.help}${error.stack}`.includes("geheim"));
  return true;
};

Deno.test("without a word nobody says who asks", async () => {
  assert.equal((await credentialsOf(undefined))("https://a"), undefined);
});

Deno.test("a file says it for each store, and for no other", async () => {
  const lines = [
    "# stores",
    "",
    "https://a.example/decant/ bearer geheim",
    "  http://10.0.0.1:80 basic Aladdin:open sesame ",
  ];
  await withFile(lines.join("\r\n"), async (path) => {
    const at = await credentialsOf(path);
    assert.equal(at("https://a.example/decant"), "Bearer geheim");
    // RFC 7617's own example.
    assert.equal(at("http://10.0.0.1"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert.equal(at("https://a.example"), undefined);
  });
});

Deno.test("a line that says nothing is named by its number alone", async () => {
  for (
    const line of ["geheim", "https://a digest geheim", "https://a basic geheim", "a bearer geheim"]
  ) {
    await withFile(`# one\n${line}\n`, async (path) => {
      await assert.rejects(credentialsOf(path), usage(/^line 2 of ".*" holds no credentials$/));
    });
  }
});

Deno.test("a file that others may read, or that is none, is refused", async () => {
  await withFile("https://a bearer geheim", async (path) => {
    for (const mode of [0o640, 0o604, 0o601]) {
      await Deno.chmod(path, mode);
      await assert.rejects(credentialsOf(path), usage(/holds secrets, and others may read it$/));
    }
  });
  await assert.rejects(credentialsOf("/nowhere"), usage(/^--store-credentials names no file/));
  await assert.rejects(credentialsOf("/"), usage(/^--store-credentials names no file/));
});

Deno.test("the environment says it for all stores: a token before a name and a password", async () => {
  const names = ["DECANT_STORE_TOKEN", "DECANT_STORE_USER", "DECANT_STORE_PASSWORD"];
  const unset = names.map((name) => setVariable(name, undefined));
  try {
    const none = usage(/^--store-credentials env finds no credentials in the environment$/);
    await assert.rejects(credentialsOf("env"), none);
    setVariable("DECANT_STORE_USER", "Aladdin");
    await assert.rejects(credentialsOf("env"), none);
    setVariable("DECANT_STORE_PASSWORD", "open sesame");
    const basic = await credentialsOf("env");
    assert.equal(basic("https://any"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    setVariable("DECANT_STORE_TOKEN", "geheim");
    assert.equal((await credentialsOf("env"))("https://any"), "Bearer geheim");
  } finally {
    for (const each of unset) each();
  }
});
