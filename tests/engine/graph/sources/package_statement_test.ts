import assert from "node:assert/strict";
import {
  recallStated,
  rememberStated,
} from "../../../../engine/graph/sources/package_statement.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";

/** What a package with these files is remembered to say of a source in it. */
async function stated(files: Readonly<Record<string, string>>, path = "a.json") {
  const store = memoryStore();
  const written = `npm:x@1.0.0/${path}`;
  const bytes = Object.entries(files).map(([name, text]) =>
    [name, new TextEncoder().encode(text)] as const
  );
  assert.equal(await recallStated(written, store), undefined);
  await rememberStated(written, new Map(bytes), store);
  return await recallStated(written, store);
}

const packaged = async (about: unknown) =>
  (await stated({ "package.json": JSON.stringify(about) }))![0]?.says;

Deno.test("a package says its licence, who wrote it and where it comes from", async () => {
  const about = {
    ...{ name: "x", version: "1.0.0", description: "A net", license: "MIT", author: "Ann <a@b.c>" },
    ...{ homepage: "https://x.org", repository: "github:x/x", main: "no.js", private: true },
  };
  assert.deepEqual(await stated({ "package.json": JSON.stringify(about) }), [{
    in: "package.json",
    says: {
      ...{ license: "MIT", author: "Ann <a@b.c>", description: "A net" },
      ...{ homepage: "https://x.org", name: "x", repository: "github:x/x", version: "1.0.0" },
    },
  }]);
});

Deno.test("persons, repositories and licences may be objects, and licences a list, as npm has had them", async () => {
  const ann = { name: "Ann", email: "a@b.c", url: "https://a.org" };
  assert.deepEqual(
    await packaged({ license: { type: "ISC", url: "u" }, author: ann, repository: { url: "git" } }),
    { license: "ISC", author: "Ann <a@b.c> (https://a.org)", repository: "git" },
  );
  assert.deepEqual(await packaged({ author: { name: "Ann", email: 3 } }), { author: "Ann" });
  assert.deepEqual(await packaged({ licenses: [{ type: "MIT" }, "BSD", { no: 1 }] }), {
    license: "MIT, BSD",
  });
  assert.deepEqual(await packaged({ licenses: "MIT" }), { license: "MIT" });
  assert.equal(
    await packaged({ license: {}, author: { email: "x" }, repository: { a: 1 } }),
    undefined,
  );
});

Deno.test("a package without a package.json, or with one that is none, says nothing", async () => {
  assert.deepEqual(await stated({}), []);
  for (const text of ["{", "null", "3", "[]"]) {
    assert.deepEqual(await stated({ "package.json": text }), [], text);
  }
});

Deno.test("a card counts in the folder of the source alone", async () => {
  const card = (license: string) => `---\nlicense: ${license}\n---\n`;
  const files = {
    ...{ "README.md": card("root"), "nets/README.md": card("nets"), "nets/a.json": "" },
    ...{ "nets/deep/b.json": "", "c.json": "" },
  };
  const of = async (path: string) => (await stated(files, path))!.map(({ says }) => says.license);
  assert.deepEqual(await of("nets/a.json"), ["nets"]);
  assert.deepEqual(await of("nets"), ["nets"]);
  assert.deepEqual(await of("nets/"), ["nets"]);
  assert.deepEqual(await of("nets/deep/b.json"), []);
  assert.deepEqual(await of("c.json"), ["root"]);
  assert.deepEqual(await of(""), ["root"]);
});

Deno.test("what was remembered in a cache that others may write is bounded too", async () => {
  const store = memoryStore();
  await store.remember("stated npm:x@1.0.0/a.json", [{ in: "p", says: { license: "M\u0007" } }, 3]);
  assert.deepEqual(await recallStated("npm:x@1.0.0/a.json", store), [
    { in: "p", says: { license: "M\\u0007" } },
  ]);
  const full = { ...store, remember: () => Promise.reject(new Error("full")) };
  await rememberStated("npm:x@1.0.0/b.json", new Map(), full);
  assert.equal(await recallStated("npm:x@1.0.0/b.json", store), undefined);
});
