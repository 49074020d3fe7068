/** Claims of a field, each at its line; what is none is marked there. */
import assert from "node:assert/strict";
import { fieldAt, problemList } from "../../../../engine/recipe/parse/problems.ts";
import { readClaims, readMetrics } from "../../../../engine/recipe/claims/read_claims.ts";
import { valueOf } from "../../../../engine/recipe/parse/tree.ts";
import { metrics } from "../../metrics.ts";
import { mapOf } from "../trees.ts";

/** What is read of `expect`, and what is marked in the document. */
function read(text: string, reader: typeof readClaims = readClaims) {
  const root = mapOf(text);
  const problems = problemList();
  const value = valueOf(root.entries.get("expect")!.value) as string | (string | null)[];
  const claims = reader({ metrics, problems }, fieldAt(root, "", "expect"), [value].flat());
  const marked = problems.list.map(({ place, path, message, help }) => {
    const line = text.split("\n")[place!.line - 1]!;
    return { path, message, help, text: line.slice(place!.column - 1).slice(0, place!.length) };
  });
  return { claims, marked };
}

Deno.test("one claim stands at its field, each of a list at its index", () => {
  const one = read("expect: result.accuracy >= 90 %\n");
  assert.deepEqual(one.claims.map(({ path, text }) => [path, text]), [
    ["expect", "result.accuracy >= 90 %"],
  ]);
  const two = read("expect:\n  - result.accuracy >= 90 %\n  - result.bytes <= 4 kB\n");
  assert.deepEqual(two.claims.map(({ path, claim }) => [path, claim.dimension]), [
    ["expect.0", "fraction"],
    ["expect.1", "bytes"],
  ]);
});

Deno.test("a field that is not written has no claims", () => {
  const reading = { metrics, problems: problemList() };
  assert.deepEqual([readClaims(reading, undefined, []), readMetrics(reading, undefined, [])], [
    [],
    [],
  ]);
});

Deno.test("an entry that was no text leaves a hole: those behind it keep their index", () => {
  const { claims } = read("expect: [null, result.bytes <= 4 kB]\n");
  assert.deepEqual(claims.map(({ path }) => path), ["expect.1"]);
});

Deno.test("what is wrong in a claim is marked inside its line, and the others are read", () => {
  const { claims, marked } = read("expect:\n  - result.bytes <= 4 MBs\n  - result.bytes <= 4 MB\n");
  assert.deepEqual(claims.map(({ path }) => path), ["expect.1"]);
  assert.deepEqual(marked, [{
    path: "expect.0",
    message: "there is no unit `MBs`",
    help: "did you mean MB?",
    text: "MBs",
  }]);
});

Deno.test("a quoted line has other offsets than its text, so all of it is marked", () => {
  const { marked } = read('expect: "result.bytes <= 4 MBs"\n');
  assert.deepEqual(marked.map(({ text }) => text), ['"result.bytes <= 4 MBs"']);
});

Deno.test("a metric is read as one that is compared with itself", () => {
  const { claims, marked } = read("expect: result.bytes.tfjs\n", readMetrics);
  assert.deepEqual(marked, []);
  const [{ text, claim }] = claims as [typeof claims[number]];
  assert.deepEqual([text, claim.left, claim.right], [
    "result.bytes.tfjs",
    { first: { model: "result", metric: "bytes", key: "tfjs" } },
    claim.left,
  ]);
});

Deno.test("a metric that is none is marked alone; what is no metric at all as a whole", () => {
  const slip = read("expect: result.byts\n", readMetrics);
  assert.deepEqual(slip.marked, [{
    path: "expect",
    message: "there is no metric `byts`",
    help: "did you mean bytes?",
    text: "byts",
  }]);
  for (const text of ["3 kB", "result.bytes + 3 kB", "result.bytes <= 3 kB"]) {
    const { claims, marked } = read(`expect: ${text}\n`, readMetrics);
    assert.deepEqual([claims, marked.map((each) => [each.message, each.help, each.text])], [
      [],
      [[`\`${text}\` is no metric of a model`, "result.bytes", text]],
    ]);
  }
});
