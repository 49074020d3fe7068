/** Rules that SentencePiece compiled, against what the reference makes of texts, and by maps of a few units made by hand. */
import assert from "node:assert/strict";
import { Charsmap } from "../../../../ops/data/text/charsmap.ts";
import { fieldsOf } from "../../../../ops/data/text/tokenizer_json.ts";

const FIXTURES = new URL("../../../fixtures/tokenizers/", import.meta.url);
const json = async (name: string) =>
  JSON.parse(await Deno.readTextFile(new URL(`${name}.json`, FIXTURES)));
const cannot = (why: string) => new RangeError(why);

Deno.test("texts become what the reference makes of them", async () => {
  const { normalizer } = await json("unigram-charsmap") as {
    readonly normalizer: { readonly normalizers: readonly object[] };
  };
  const charsmap = new Charsmap(fieldsOf(normalizer.normalizers[0]), cannot);
  const rows = await json("unigram-charsmap.texts") as readonly {
    readonly text: string;
    readonly normalised: string;
  }[];
  assert.ok(rows.length > 40);
  for (const { text, normalised } of rows) assert.equal(charsmap.normalized(text), normalised);
});

/** A charsmap in which "a" is replaced by what begins at `start`. */
function written(
  { units, size = units.length * 4, replacements = "xy\0" }: {
    readonly units: readonly number[];
    readonly size?: number;
    readonly replacements?: string | Uint8Array;
  },
): string {
  const tail = typeof replacements === "string"
    ? new TextEncoder().encode(replacements)
    : replacements;
  const bytes = new Uint8Array(4 + 4 * units.length + tail.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, size, true);
  units.forEach((unit, at) => view.setUint32(4 + 4 * at, unit, true));
  bytes.set(tail, 4 + 4 * units.length);
  return bytes.toBase64();
}

const HAS_VALUE = 0x100;
const A = 0x61;

/** The root leads by "a" to unit 1, which has its value in unit 2. */
const few = (start = 0) => [0x60 << 10, A | HAS_VALUE | 3 << 10, 0x80000000 + start];

/** The same with a unit for each byte; that of a NUL would lead to the value too. */
const units = (start = 0) =>
  Object.assign(new Array<number>(256).fill(0), few(start), { 0x60: HAS_VALUE | 0x62 << 10 });

const read = (precompiled: unknown) =>
  new Charsmap({ ["precompiled_charsmap"]: precompiled }, cannot);
const normalized = (text: string, what: Parameters<typeof written>[0] = { units: units() }) =>
  read(written(what)).normalized(text);

Deno.test("a rule replaces its text up to a NUL or the end, and everything else stays", () => {
  assert.equal(normalized("a"), "xy");
  assert.equal(normalized("banana!"), "bxynxynxy!");
  assert.equal(normalized("\0a\0"), "\0xy\0");
  assert.equal(normalized(""), "");
  const of = (start: number) => normalized("bab", { units: units(start), replacements: "xé\0\0z" });
  assert.deepEqual([0, 1, 3, 4, 5, 6].map(of), ["bxéb", "béb", "bb", "bb", "bzb", "bb"]);
});

Deno.test("units that are far away are 256 times as far as they say", () => {
  const far = new Array<number>(0x161 + 3).fill(0);
  far[0] = 1 << 10 | 0x200;
  far[0x161] = A | HAS_VALUE | 3 << 10;
  far[0x162] = 0x80000000;
  assert.equal(normalized("ba", { units: far }), "bxy");
});

Deno.test("a letter with marks is replaced whole up to five bytes, and alone from six on", () => {
  assert.equal(normalized("a\u0301\u0301b"), "xyb");
  assert.equal(normalized("a\u0301\u20d0b"), "xy\u0301\u20d0b");
  assert.equal(normalized("a\u0301\u0301\u0301b"), "xy\u0301\u0301\u0301b");
  // Six units of UTF-16 that are seven bytes, and a letter that no mark is behind.
  assert.equal(normalized("ba\u0301"), "bxy");
  assert.equal(normalized("a\r\na"), "xy\r\nxy");
});

Deno.test("a unit that is the value of another text is no letter", () => {
  const taken = few();
  taken[1] = (taken[1]! | 0x80000000) >>> 0;
  assert.equal(normalized("a", { units: taken }), "a");
  // One that is another letter's, or that nothing ends at.
  assert.equal(normalized("a", { units: [0x60 << 10, 0x62 | HAS_VALUE | 3 << 10, 0] }), "a");
  assert.equal(normalized("a", { units: [0x60 << 10, A | 3 << 10, 0] }), "a");
});

Deno.test("a charsmap that is none is refused", () => {
  const refused = (precompiled: unknown, why: RegExp) =>
    assert.throws(() => read(precompiled), { name: "RangeError", message: why });
  for (const none of [undefined, null, 3, {}, "no base64!", "a"]) {
    refused(none, /^its precompiled_charsmap is no text of base64$/);
  }
  refused("", /of 0 bytes has no trie of 0 bytes/);
  refused("AAA=", /of 2 bytes has no trie of 0 bytes/);
  for (const size of [0, 6, 16, 2 ** 32 - 4]) {
    const what = written({ units: few(), size, replacements: "" });
    refused(what, new RegExp(`of 16 bytes has no trie of ${size} bytes in it$`));
  }
  assert.equal(read(written({ units: few(), replacements: "" })).normalized("a"), "");
});

Deno.test("a trie that leads out of its charsmap is told from one without a rule", () => {
  const fails = (what: Parameters<typeof written>[0], message: RegExp) =>
    assert.throws(() => normalized("a", what), { name: "RangeError", message });
  fails({ units: [0x70 << 10, 0, 0] }, /leads to 17, behind its end$/);
  fails({ units: [0x60 << 10, A | HAS_VALUE | 9 << 10, 0] }, /leads to 8, behind its end$/);
  fails({ units: few(4) }, /^its precompiled_charsmap has no replacement at 4$/);
  const broken = { units: few(), replacements: Uint8Array.of(0xc3, 0) };
  fails(broken, /^its precompiled_charsmap has no UTF-8 at 0$/);
});
