import assert from "node:assert/strict";
import { sourcesSection } from "../../../../engine/report/html/sources_section.ts";
import { graphOf } from "../../run/support/fake.ts";
import { texts } from "../support/parse_html.ts";
import { shownSection, subject } from "../support/subject.ts";

const sha256 = "0".repeat(64);
const sectionOf = (document: object) => sourcesSection(subject(graphOf([]), { document }));

Deno.test("a run without sources has no such section", () => {
  assert.equal(sectionOf({}), undefined);
});

Deno.test("each source is named with what it says, where it says it, and its digest", () => {
  const says = { license: "<MIT> & more", author: "Ann" };
  const sources = [
    { source: "./a.onnx", sha256, stated: [{ in: "README.md", says }] },
    { source: "./b.csv", sha256: "1".repeat(64) },
  ];
  const section = shownSection(sectionOf({ sources }));
  assert.deepEqual(texts(section, "h3"), ["./a.onnx", "./b.csv"]);
  assert.deepEqual(texts(section, "dt"), ["license", "author", "digest", "licence", "digest"]);
  assert.deepEqual(texts(section, "dd"), [
    ...["<MIT> & more README.md", "Ann README.md", sha256],
    ...["nothing is said", "1".repeat(64)],
  ]);
  assert.deepEqual(texts(section, "p"), ["What each says of itself, unchecked."]);
  const { id, title } = sectionOf({ sources })!;
  assert.deepEqual([id, title], ["sources", "Sources"]);
});
