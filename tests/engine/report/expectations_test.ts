import assert from "node:assert/strict";
import { expectations, expectationText } from "../../../engine/report/expectations.ts";
import { fakeOps, graphOf } from "../run/support/fake.ts";
import { claimed, measured, statesOf } from "./support/subject.ts";

const ops = fakeOps();
const graph = graphOf(
  [{ name: "a", op: ops.constant }, { name: "a-test", op: ops.score, inputs: { model: "a" } }],
  {
    result: "a",
    expect: [
      claimed("result.accuracy >= 50 %", "expect.0"),
      claimed("a.loss < 1", "expect.1"),
      claimed("a.latency < 1 s", "expect.2"),
    ],
    place: (path) => ({ file: "numbers.yaml", line: 3, column: 1, path }) as never,
  },
);

Deno.test("each claim is met or not, with both sides and a sentence, or says what is missing", () => {
  const found = expectations(
    graph,
    statesOf(graph, { "a-test": measured({ accuracy: 0.6, loss: 2 }) }),
  );
  assert.deepEqual(
    found.map(({ claim, met, left, right, sentence }) => [claim, met, left, right, sentence]),
    [
      ["result.accuracy >= 50 %", true, 0.6, 0.5, "60.0 % >= 50.0 %"],
      ["a.loss < 1", false, 2, 1, "2 is 1 above 1"],
      ["a.latency < 1 s", false, null, 1, "not measured: a.latency"],
    ],
  );
  assert.ok(found.every(({ place }) => place !== undefined), "where it stands");
});

Deno.test("a recipe that expects nothing has none", () => {
  assert.deepEqual(expectations(graphOf([]), new Map()), []);
});

Deno.test("a claim whose samples cannot tell its sides apart is close, met or missed", () => {
  const near = measured({ accuracy: 0.52, samples: 100, loss: 2 });
  const [accuracy, loss] = expectations(graph, statesOf(graph, { "a-test": near }));
  assert.equal(accuracy!.close, "close: the 95 % interval is ±9.6 points");
  assert.equal(
    expectationText(accuracy!),
    "52.0 % >= 50.0 %; close: the 95 % interval is ±9.6 points",
  );
  assert.equal("close" in loss!, false);
  assert.equal(expectationText(loss!), "2 is 1 above 1");
});
