import assert from "node:assert/strict";
import { sizePart } from "../../../../engine/report/html/headline.ts";

type Row = Parameters<typeof sizePart>[0];

const row = (encoded: number): Row =>
  ({ name: "teacher", bytes: { raw: 1, encoded, gzip: 1, format: "tfjs" } }) as Row;

Deno.test("a size is so many times less, or more, or the same", () => {
  assert.equal(
    sizePart(row(1000), row(4000)),
    "takes 1.00 kB as tfjs, 4.0 times less than teacher",
  );
  assert.equal(
    sizePart(row(4000), row(1000)),
    "takes 4.00 kB as tfjs, 4.0 times more than teacher",
  );
  assert.equal(sizePart(row(1000), row(1000)), "takes 1.00 kB as tfjs, as much as teacher");
});
