import assert from "node:assert/strict";
import type { Json } from "../../../engine/digest.ts";
import { changedFields, fieldsOf, nearestIn } from "../../../engine/graph/nearest.ts";
import type { Preimage } from "../../../engine/graph/key.ts";
import type { Outcome } from "../../../engine/store/store.ts";
import { outcome } from "../report/support/subject.ts";

const made = (params: Json, date: string): Outcome => {
  const { provenance } = outcome();
  const preimage = { type: "step", format: 1, op: "add", version: 1, params } as Json;
  return outcome({}, { preimage, provenance: { ...provenance, date } });
};
const wanted = (params: Json) => ({ op: "add", version: 1, params }) as Partial<Preimage>;
const day = (number: number) => new Date(number * 86_400_000).toISOString();

Deno.test("the fields of a record are its leaves, empty ones too, without what it is", () => {
  const fields = fieldsOf({
    ...{ type: "step", format: 1, op: "add" },
    params: { a: [1, { b: "x" }], c: {}, d: null },
  } as unknown as Preimage);
  assert.deepEqual([...fields].map(([name, { value, text }]) => [name, value, text]), [
    ["op", "add", '"add"'],
    ["params.a.0", 1, "1"],
    ["params.a.1.b", "x", '"x"'],
    ["params.c", {}, "{}"],
    ["params.d", null, "null"],
  ]);
});

Deno.test("fields that are missing on either side are changed, those of the step first", () => {
  const [before, now] = [{ a: 1, gone: 2, same: 3 }, { same: 3, a: 2, is: 4 }]
    .map((params) => fieldsOf(wanted(params)));
  assert.deepEqual(changedFields(before!, now!), ["params.a", "params.is", "params.gone"]);
});

Deno.test("the nearest record differs in the fewest fields; of equals the latest; of none none", () => {
  const find = nearestIn([
    made({ a: 1, b: 1 }, day(1)),
    made({ a: 1, b: 2 }, day(3)),
    made({ a: 1, b: 3 }, day(2)),
    made({ a: 9, b: 9 }, day(4)),
  ]);
  const params = (known: Json) => (find(wanted(known))!.outcome.preimage as Preimage).params;
  assert.deepEqual(params({ a: 1, b: 3 }), { a: 1, b: 3 });
  assert.deepEqual(params({ a: 1, b: 4 }), { a: 1, b: 2 });
  assert.equal(nearestIn([])(wanted({})), undefined);
});

Deno.test("what is not known of a step is not compared", () => {
  const find = nearestIn([made({ a: 1 }, day(1)), made({ a: 2 }, day(2))]);
  const { fields, outcome } = find({ op: "add" } as Partial<Preimage>)!;
  assert.deepEqual([...fields.keys()], ["op"]);
  assert.equal(outcome.provenance.date, day(2));
});

/** Records of so many points, each with fields of its own and some that all share, on days that follow one another. */
const many = (count: number) =>
  Array.from({ length: count }, (_, at) => made({ x: at, seed: 1, epochs: 5 }, day(at)));

Deno.test("among many records the one of the same point is found, and what is like nothing has the latest", () => {
  const find = nearestIn(many(2000));
  const { outcome, fields } = find(wanted({ x: 7, seed: 2, epochs: 5 }))!;
  assert.deepEqual([(outcome.preimage as Preimage).params.x, fields.size], [7, 5]);
  const { outcome: latest } = find(wanted({ x: -1, seed: 2, epochs: 5 }))!;
  assert.equal(latest.provenance.date, day(1999));
  const { outcome: other } = find({ params: { y: 1 } } as Partial<Preimage>)!;
  assert.equal(other.provenance.date, day(1999));
});

Deno.test("each step is compared with a bounded number of records", () => {
  const looks = (count: number) => {
    let seen = 0;
    const records = many(count).map((each) => ({
      ...each,
      get provenance() {
        seen++;
        return each.provenance;
      },
    }));
    const find = nearestIn(records);
    seen = 0;
    for (let at = 0; at < 20; at++) find(wanted({ x: at, seed: 2, epochs: 5 }));
    return seen / 20;
  };
  assert.ok(looks(500) >= 500, "of few each");
  // The fields op, version and epochs are shared, by 50 records each, and x by one.
  assert.ok(looks(501) < 320 && looks(1500) < 320, `${looks(501)}, ${looks(1500)}`);
});
