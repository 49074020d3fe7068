import assert from "node:assert/strict";
import { tarFiles } from "../../../../engine/graph/sources/tar.ts";
import { tarBytes } from "../tar_bytes.ts";

const long = `${"folder-of-a-long-name/".repeat(9)}file.txt`;
const files = {
  "package/a.txt": "a",
  "package/empty": "",
  "package/ü.txt": "bytes of any kind \u0000 \uffff",
  "package/large.bin": new Uint8Array(5000).map((_, i) => i * 7),
};

for (const format of ["ustar", "pax", "gnu"] as const) {
  Deno.test(`files come out of an archive as tar packed them (${format})`, async () => {
    const all = { ...files, [`package/${format === "ustar" ? long.slice(66) : long}`]: "deep" };
    const found = tarFiles(await tarBytes(all, format));
    const plain = new Map([...found].map(([path, bytes]) => [path.replace(/^\.\//, ""), bytes]));
    assert.deepEqual([...plain.keys()].sort(), Object.keys(all).sort());
    for (const [path, content] of Object.entries(all)) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      assert.deepEqual([...plain.get(path)!], [...bytes], path);
    }
  });
}

Deno.test("a damaged archive, or one that is cut off, is an error", async () => {
  const archive = await tarBytes(files);
  const header = new TextDecoder("latin1").decode(archive).indexOf("package/large.bin");
  assert.throws(() => tarFiles(archive.slice(0, header + 2000)), /cut off/);
  const flipped = archive.slice();
  flipped[3]! ^= 1;
  assert.throws(() => tarFiles(flipped), /damaged/);
  assert.equal(tarFiles(new Uint8Array(0)).size, 0);
});

Deno.test("links and folders are no files", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/package`);
  await Deno.symlink("/etc/hostname", `${folder}/package/link`);
  await Deno.writeTextFile(`${folder}/package/a`, "a");
  const { stdout } = await new Deno.Command("tar", { args: ["-cf", "-", "-C", folder, "."] })
    .output();
  assert.deepEqual([...tarFiles(stdout).keys()], ["./package/a"]);
  await Deno.remove(folder, { recursive: true });
});

/** One entry of an archive, its header written by hand. */
function entry(
  name: string,
  body: string | Uint8Array = "",
  more: {
    type?: string;
    prefix?: string;
    magic?: string;
    size?: string;
    /** How the checksum is written, in eight bytes. */
    written?: (sum: number) => string;
    /** What else stands in the header, by place. */
    at?: Readonly<Record<number, string>>;
  } = {},
): Uint8Array {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const block = new Uint8Array(512 + Math.ceil(bytes.length / 512) * 512);
  const { type = "0", prefix = "", magic = "ustar" } = more;
  const { size = bytes.length.toString(8).padStart(11, "0"), at = {} } = more;
  const { written = (sum) => `${sum.toString(8).padStart(6, "0")}\0 ` } = more;
  const put = (at: number, text: string) => block.set(new TextEncoder().encode(text), at);
  put(0, name);
  put(124, size);
  put(156, type);
  put(257, magic);
  put(345, prefix);
  for (const [place, text] of Object.entries(at)) put(Number(place), text);
  put(148, " ".repeat(8));
  const sum = block.subarray(0, 512).reduce((all, byte) => all + byte, 0);
  put(148, written(sum));
  block.set(bytes, 512);
  return block;
}
const archive = (...entries: readonly Uint8Array[]) =>
  Uint8Array.from([...entries.flatMap((each) => [...each]), ...new Uint8Array(1024)]);
const read = (...entries: readonly Uint8Array[]) =>
  [...tarFiles(archive(...entries))].map(([path, bytes]) =>
    `${path}=${new TextDecoder().decode(bytes)}`
  );
const pax = (text: string) => entry("pax", text, { type: "x" });
const damaged = new RangeError("a pax header of the archive is damaged");

Deno.test("entries follow one another by whole blocks, up to a block of zeros", () => {
  const full = "x".repeat(512);
  assert.deepEqual(read(entry("a", full), entry("b", `${full}y`), entry("c"), entry("d", "z")), [
    `a=${full}`,
    `b=${full}y`,
    "c=",
    "d=z",
  ]);
  assert.deepEqual(read(entry("a", "1"), new Uint8Array(512), entry("b", "2")), ["a=1"]);
  assert.equal(tarFiles(entry("a")).size, 1, "without blocks of zeros behind it");
});

Deno.test("names have a prefix in ustar alone; only regular files are taken", () => {
  assert.deepEqual(
    read(
      entry("a", "1", { prefix: "in/here" }),
      entry("b", "2", { prefix: "in/here", magic: "other" }),
      entry("c", "3", { type: "\0" }),
      ...["1", "2", "5", "7"].map((type) => entry(`no-${type}`, "", { type })),
    ),
    ["in/here/a=1", "b=2", "c=3"],
  );
});

Deno.test("long names stand before the file they are for, and for no other", () => {
  assert.deepEqual(
    read(
      pax("16 path=long/er\n"),
      entry("a", "1"),
      entry("b", "2"),
      entry("L", "longest\0rest", { type: "L" }),
      entry("c", "3"),
      entry("g", "16 path=nothing\n", { type: "g" }),
      entry("d", "4"),
      pax("9 size=1\n"),
      entry("e", "5"),
      pax("14 path=first\n8 a=b=c\n"),
      entry("f", "6"),
      pax("12 path=a=b\n"),
      entry("g", "7"),
      pax(`100000 a=${"b".repeat(99_990)}\n15 path=second\n`),
      entry("h", "8"),
      entry("L", "third", { type: "L" }),
      pax("9 size=1\n"),
      entry("i", "9"),
    ),
    ["long/er=1", "b=2", "longest=3", "d=4", "e=5", "first=6", "a=b=7", "second=8", "third=9"],
  );
});

Deno.test("a header that cannot be is refused, whatever of it", () => {
  const bad = [
    ...["path=a\n", "0 path=a\n", "x path=a\n", "99 path=a\n", "2 path=a\n", "-9 path=a\n"],
    ...["123456789 path=a\n", "2 ", "2\n", "11 path=a\n", "path=a 9"],
  ];
  for (const text of bad) assert.throws(() => read(pax(text), entry("a")), damaged, text);
  assert.throws(
    () => read(pax("9 size=2\n"), entry("a", "1")),
    new RangeError("the archive says two sizes of one file"),
  );
  const large = new Uint8Array((1 << 20) + 1);
  assert.throws(
    () => tarFiles(entry("g", large, { type: "g" })),
    new RangeError("a header of the archive is larger than 1048576 bytes"),
  );
  assert.equal(tarFiles(entry("g", large.subarray(1), { type: "g" })).size, 0);
  assert.equal(tarFiles(entry("a", large)).size, 1, "a file may be larger");
  const header = new RangeError("a header of the archive is damaged");
  assert.throws(() => read(entry("a", "1", { size: "00000000009" })), header);
  assert.deepEqual(read(entry("a", "", { size: "           " }), entry("b", "1")), ["a=", "b=1"]);
  assert.deepEqual(read(entry("a", "12345678", { size: " 10 " })), ["a=12345678"]);
  const flipped = entry("a");
  flipped[500]! ^= 1;
  assert.throws(() => tarFiles(flipped), header);
  assert.throws(
    () => tarFiles(entry("a", "1", { size: "00000002000" })),
    new RangeError("the archive is cut off"),
  );
});

Deno.test("fields of a header reach up to one another, and no further", () => {
  const high = (count: number) => "ÿ".repeat(count);
  const around = { 100: "0000644\0", 136: "7", 500: "z" };
  assert.deepEqual(
    read(entry(high(50), "1", { prefix: `${high(77)}p`, size: "000000000001", at: around })),
    [`${high(77)}p/${high(50)}=1`],
  );
  const digits = (sum: number) => sum.toString(8).padStart(8, "0");
  assert.deepEqual(read(entry("a", "1", { written: digits })), ["a=1"]);
  assert.deepEqual(read(entry("a", "1", { prefix: "p", magic: "ustar  " })), ["p/a=1"]);
  assert.throws(
    () => read(entry("a", "1", { size: "10000000001\0" })),
    new RangeError("the archive is cut off"),
  );
});

Deno.test("an archive holds no more files than are allowed", () => {
  const two = archive(entry("a"), entry("b"));
  assert.equal(tarFiles(two, 2).size, 2);
  assert.throws(() => tarFiles(two, 1), new RangeError("it has more than 1 files"));
});
