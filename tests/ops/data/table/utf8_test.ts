import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fc } from "../../../deps.ts";
import { assertNoUtf16, behindMark, decodedUtf8 } from "../../../../ops/data/table/utf8.ts";

Deno.test("bytes are UTF-8 if they are what their text is written as, whatever the text says", () => {
  const bytes = fc.array(
    fc.constantFrom(0x61, 0xc3, 0xa4, 0xef, 0xbf, 0xbd, 0xbb, 0xed, 0xa0, 0xff),
  );
  const told = { sound: 0, unsound: 0 };
  fc.assert(
    fc.property(bytes, (each) => {
      const { text, sound } = decodedUtf8(Uint8Array.from(each));
      assert.equal(text, Buffer.from(each).toString("utf8"));
      assert.equal(sound, Buffer.from(text).equals(Buffer.from(each)));
      told[sound ? "sound" : "unsound"]++;
    }),
    { numRuns: 1000 },
  );
  assert.ok(told.sound > 50 && told.unsound > 50);
  assert.deepEqual(decodedUtf8(Uint8Array.of(0xef, 0xbf, 0xbd)), { text: "\ufffd", sound: true });
});

Deno.test("a byte order mark is passed over once; UTF-16 is refused by its own", () => {
  const marked = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61);
  assert.deepEqual([behindMark(marked, 0), behindMark(marked, 3), behindMark(marked, 1)], [
    3,
    3,
    1,
  ]);
  for (const mark of [[0xff, 0xfe], [0xfe, 0xff]]) {
    assert.throws(
      () => assertNoUtf16(Uint8Array.from([...mark, 0x61, 0]), "t.csv"),
      /^RangeError: Cannot read "t.csv": it is UTF-16; save it as UTF-8$/,
    );
  }
  for (const other of [[0xff, 0x61], [0xfe, 0xfe], [0xff], []]) {
    assertNoUtf16(Uint8Array.from(other), "t.csv");
  }
});
