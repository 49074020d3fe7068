import assert from "node:assert/strict";
import { cardOf, cardSays, statedInCard } from "../../../../engine/graph/sources/model_card.ts";

const says = (text: string) => cardSays(new TextEncoder().encode(text));

Deno.test("a card says what stands between its first two lines of dashes, as cards write it", () => {
  const card = [
    "---",
    "language: en",
    'license: "apache-2.0"   # of the weights',
    "license_name: 'a # b'",
    "base_model: [google/bert, 'x/y']",
    "datasets:",
    "- squad",
    "-   mnli # two",
    "tags:",
    "  - left-out",
    "author: Ann # and others",
    "authors:",
    "---",
    "license: later",
  ];
  const expected = {
    license: "apache-2.0",
    "license_name": "a # b",
    author: "Ann",
    "base_model": "google/bert, x/y",
    datasets: "squad, mnli",
  };
  for (const end of ["\n", "\r\n"]) assert.deepEqual(says(card.join(end)), expected);
  assert.deepEqual(says(`\ufeff${card.join("\n")}`), expected);
});

Deno.test("a text without such a beginning, or whose beginning does not end, says nothing", () => {
  for (
    const text of [
      "",
      "# Model\n---\nlicense: mit\n---\n",
      "---\nlicense: mit\n",
      "---",
      "--- \nlicense: mit\n---\n",
      "license: mit\n",
      `---\n${"#".repeat(1 << 14)}\nlicense: mit\n---\n`,
      "---\n- license\n  license: mit\nlicensed: mit\nlicense : mit\n---\n",
    ]
  ) assert.deepEqual(says(text), {}, text.slice(0, 40));
});

Deno.test("the card of a folder lies in it, that of a file beside it", () => {
  const card = (url: string, isFolder: boolean) => cardOf(new URL(url), isFolder).href;
  assert.equal(card("file:///a/b", true), "file:///a/b/README.md");
  assert.equal(card("file:///a/b/", true), "file:///a/b/README.md");
  assert.equal(card("file:///a/b.onnx", false), "file:///a/README.md");
});

Deno.test("a card on disk is read; none, a folder or a pipe of its name says nothing and is not waited for", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/README.md`;
  const card = new URL(`file://${path}`);
  assert.deepEqual(await statedInCard(card), []);
  await Deno.writeTextFile(path, "---\nlicense: mit\n---\n");
  assert.deepEqual(await statedInCard(card), [{ in: "README.md", says: { license: "mit" } }]);
  await Deno.remove(path);
  await Deno.mkdir(path);
  assert.deepEqual(await statedInCard(card), []);
  await Deno.remove(path);
  if (Deno.build.os !== "windows") {
    await new Deno.Command("mkfifo", { args: [path] }).output();
    assert.deepEqual(await statedInCard(card), []);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "a card that may not be read is not asked for",
  permissions: { read: false },
  async fn() {
    const { stat } = Deno;
    let asked = 0;
    Deno.stat = (path) => {
      asked++;
      return stat(path);
    };
    try {
      assert.deepEqual(await statedInCard(new URL("file:///etc/README.md")), []);
    } finally {
      Deno.stat = stat;
    }
    assert.equal(asked, 0);
  },
});
