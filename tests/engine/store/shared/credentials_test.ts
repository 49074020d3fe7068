import assert from "node:assert/strict";
import { AWS_PROFILE_VARIABLE, AWS_SECRETS, STORE_SECRETS } from "../../../../engine/permission.ts";
import { storeAddress } from "../../../../engine/store/shared/address.ts";
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

const GET = { method: "GET", url: "https://any/ac/x" } as const;

/** What a request to an address says of who asks; the files are read for no store in particular. */
async function saidAt(said: string | undefined, text: string): Promise<string | undefined> {
  const store = storeAddress(text);
  const headers = await (await credentialsOf(said, [store]))(store)?.(GET);
  return headers?.authorization;
}

Deno.test("where no credentials are given none are sent", async () => {
  assert.equal(await saidAt(undefined, "https://a"), undefined);
});

Deno.test("a file says it for each store, and for no other", async () => {
  const lines = [
    "# stores",
    "",
    "https://a.example/decant/ bearer geheim",
    "  http://10.0.0.1:80 basic Aladdin:open sesame ",
  ];
  await withFile(lines.join("\r\n"), async (path) => {
    assert.equal(await saidAt(path, "https://a.example/decant"), "Bearer geheim");
    // RFC 7617's own example.
    assert.equal(await saidAt(path, "http://10.0.0.1"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert.equal(await saidAt(path, "https://a.example"), undefined);
  });
});

Deno.test("a line that says nothing is named by its number alone", async () => {
  for (
    const line of [
      "geheim",
      "https://a digest geheim",
      "https://a basic geheim",
      "a bearer geheim",
      "s3://bucket s3 geheim",
      "s3://bucket bearer geheim",
      "https://a s3 me:geheim",
    ]
  ) {
    await withFile(`# one\n${line}\n`, async (path) => {
      await assert.rejects(credentialsOf(path, []), usage(/^line 2 of ".*" holds no credentials$/));
    });
  }
});

Deno.test("a file that others may read, or that is none, is refused", async () => {
  await withFile("https://a bearer geheim", async (path) => {
    for (const mode of [0o640, 0o604, 0o601]) {
      await Deno.chmod(path, mode);
      await assert.rejects(
        credentialsOf(path, []),
        usage(/holds secrets, and others may read it$/),
      );
    }
  });
  await assert.rejects(credentialsOf("/nowhere", []), usage(/^--store-credentials names no file/));
  await assert.rejects(credentialsOf("/", []), usage(/^--store-credentials names no file/));
});

/** Runs `body` with these variables and no others that say who asks. */
async function withVariables(
  values: Readonly<Record<string, string>>,
  body: () => Promise<void>,
): Promise<void> {
  const names = [...STORE_SECRETS, ...AWS_SECRETS, AWS_PROFILE_VARIABLE];
  const unset = names.map((name) => setVariable(name, values[name]));
  try {
    await body();
  } finally {
    for (const each of unset) each();
  }
}

Deno.test("the environment says it for the hosts that it names: a token before a name and a password", async () => {
  const none = usage(/^--store-credentials env finds no credentials in the environment$/);
  const user = { DECANT_STORE_USER: "Aladdin" };
  const DECANT_STORE_HOST = "any b.example:8443";
  for (const values of [{}, user, { ...user, DECANT_STORE_HOST }]) {
    await withVariables(values, () => assert.rejects(saidAt("env", "https://any"), none));
  }
  const basic = { ...user, DECANT_STORE_PASSWORD: "open sesame", DECANT_STORE_HOST };
  await withVariables(basic, async () => {
    assert.equal(await saidAt("env", "https://any/x"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert.equal(
      await saidAt("env", "https://b.example:8443"),
      "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    );
    const other =
      /^the credentials in the environment are not said to be for b\.example, and are not/;
    await assert.rejects(saidAt("env", "https://b.example"), usage(other));
  });
  await withVariables({ ...basic, DECANT_STORE_TOKEN: "geheim" }, async () => {
    assert.equal(await saidAt("env", "https://any"), "Bearer geheim");
    // One store of two is known: the other is asked by nobody.
    const stores = ["https://any", "https://elsewhere"].map(storeAddress);
    const known = await credentialsOf("env", stores);
    assert.deepEqual(stores.map((store) => known(store) !== undefined), [true, false]);
  });
  await withVariables({ DECANT_STORE_TOKEN: "geheim" }, async () => {
    await assert.rejects(saidAt("env", "https://any"), usage(/are not said to be for any, and/));
  });
});

Deno.test("keys of Amazon's tools sign for buckets alone", async () => {
  const aws = { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "geheim" };
  const region = "s3://bucket?region=eu-west-1";
  const scope = /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/s3\/aws4_request, /;
  const none = usage(/^--store-credentials env finds no credentials in the environment$/);
  await withVariables(aws, async () => {
    assert.match((await saidAt("env", region))!, scope);
    await assert.rejects(saidAt("env", "https://any"), none);
  });
  await withVariables({ AWS_ACCESS_KEY_ID: "AKID", DECANT_STORE_TOKEN: "geheim" }, async () => {
    await assert.rejects(saidAt("env", region), none);
  });
  await withFile(`${region} s3 AKID:geheim\n`, async (path) => {
    assert.match((await saidAt(path, region))!, scope);
    assert.equal(await saidAt(path, "s3://other"), undefined);
  });
});

Deno.test("a file of Amazon's tools is read by its sections", async () => {
  const lines = [
    "# keys",
    "[default]",
    "aws_access_key_id = AKID",
    "aws_secret_access_key=geheim",
    "[ other ]",
    "aws_access_key_id = OTHER",
    "aws_secret_access_key = geheim",
    "aws_session_token = lent",
    "[half]",
    "aws_access_key_id = HALF",
  ];
  await withFile(lines.join("\n"), async (path) => {
    await withVariables({}, async () => {
      assert.match((await saidAt(path, "s3://bucket"))!, /Credential=AKID\//);
      assert.equal(await saidAt(path, "https://any"), undefined);
    });
    await withVariables({ AWS_PROFILE: "other" }, async () => {
      const store = storeAddress("s3://bucket");
      const headers = await (await credentialsOf(path, [store]))(store)!(GET);
      assert.match(headers.authorization!, /Credential=OTHER\//);
      assert.equal(headers["x-amz-security-token"], "lent");
    });
    for (const AWS_PROFILE of ["half", "none"]) {
      await withVariables({ AWS_PROFILE }, () =>
        assert.rejects(
          credentialsOf(path, []),
          usage(new RegExp(`^".*" holds no keys of ${AWS_PROFILE}$`)),
        ));
    }
  });
});
