import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { parseNpz } from "../../../../ops/data/readers/numpy.ts";
import { unzipped } from "../../../../ops/data/readers/unzip.ts";
import { bytesText } from "../../../../engine/size.ts";
import { packed, serve, WORD, WORDS } from "../../../../engine/thread.ts";
import { zipSync } from "../../../deps.ts";
import { npyBytes } from "../npy_bytes.ts";

const zeros = new Uint8Array(4 << 20);

Deno.test("a zip archive is read as it was written, stored or deflated", () => {
  const files = {
    "a.npy": npyBytes("<f4", [2, 2], [1, 2, 3, 4]),
    "b.npy": npyBytes("<i4", [2], [0, 1]),
  };
  for (const level of [0, 6] as const) {
    const arrays = parseNpz(zipSync(files, { level }), "d.npz");
    assert.deepEqual(Object.keys(arrays), ["a", "b"]);
    assert.deepEqual([...arrays.a!.data], [1, 2, 3, 4]);
  }
  assert.throws(
    () => parseNpz(zipSync({ "a.npy": zeros }), "d.npz", 1 << 20),
    /"d.npz" as npz: its .* --memory/,
  );
});

Deno.test("a zip archive whose directory points into itself or behind the file is damaged", () => {
  const archive = zipSync({ a: zeros.subarray(0, 5000), b: zeros.subarray(0, 5000) });
  for (let at = archive.length - 140; at < archive.length; at++) {
    for (const byte of [0, 1, 0x7f, 0xff]) {
      const damaged = archive.slice();
      damaged[at] = byte;
      try {
        assert.ok(Object.keys(unzipped(damaged, "Cannot", 1e9)).length <= 2);
      } catch (error) {
        assert.match((error as Error).message, /^Cannot: (?:its (?:zip|\d)|it compresses)/);
      }
    }
  }
});

/** A number in so many bytes, the lowest first. */
const little = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
const latin = (text: string): number[] => [...text].map((char) => char.charCodeAt(0));

/** A file of an archive, and what its directory says of it. */
interface Written {
  readonly name: string;
  readonly body: readonly number[];
  readonly method?: number;
  readonly size?: number;
  readonly packed?: number;
  /** Sizes and place stand in the field of 64 bits; with another field before it. */
  readonly far?: boolean;
  /** How many bytes that field says that it has. */
  readonly claimed?: number;
  /** Of size, packed size and place: only the first stands in that field. */
  readonly sizeAlone?: boolean;
  /** Where the directory says that it begins. */
  readonly claimedPlace?: number;
}

/** An archive by its specification (APPNOTE 4.3). */
function zip(files: readonly Written[], { far = false, comment = 0, count = files.length } = {}) {
  const bytes: number[] = [];
  const directory: number[] = [];
  for (
    const { name, body, method = 0, size = body.length, packed = body.length, ...each } of files
  ) {
    const place = each.claimedPlace ?? bytes.length;
    const local = [...little(0x04034b50, 4), ...Array(22).fill(0)];
    // A local field of three bytes that the directory does not have.
    bytes.push(
      ...local,
      ...little(name.length, 2),
      ...little(3, 2),
      ...latin(name),
      9,
      9,
      9,
      ...body,
    );
    const numbers = [size, packed, place];
    const far = each.sizeAlone ? [size] : numbers;
    const field = [
      ...little(1, 2),
      ...little(each.claimed ?? 8 * far.length, 2),
      ...far.flatMap((each) => little(each, 8)),
    ];
    const extra = each.far ? [...little(7, 2), ...little(2, 2), 5, 5, ...field] : [];
    const [s, p, at] = numbers.map((number, i) => each.far && i < far.length ? 0xffffffff : number);
    directory.push(
      ...[...little(0x02014b50, 4), ...Array(6).fill(0), ...little(method, 2), ...Array(8).fill(0)],
      ...[
        ...little(p!, 4),
        ...little(s!, 4),
        ...little(name.length, 2),
        ...little(extra.length, 2),
      ],
      ...[...little(2, 2), ...Array(8).fill(0), ...little(at!, 4), ...latin(name), ...extra, 8, 8],
    );
  }
  const start = bytes.length;
  bytes.push(...directory);
  if (far) {
    const end = bytes.length;
    bytes.push(...little(0x06064b50, 4), ...Array(28).fill(0), ...little(count, 8));
    bytes.push(...little(directory.length, 8), ...little(start, 8));
    bytes.push(
      ...little(0x07064b50, 4),
      ...Array(4).fill(0),
      ...little(end, 8),
      ...Array(4).fill(0),
    );
  }
  const [shown, at] = far ? [0xffff, 0xffffffff] : [count, start];
  bytes.push(...little(0x06054b50, 4), ...Array(6).fill(0), ...little(shown, 2));
  bytes.push(...little(directory.length, 4), ...little(at, 4), ...little(comment, 2));
  return Uint8Array.from([...bytes, ...Array(comment).fill(0x20)]);
}

const read = (bytes: Uint8Array, memory = 1e9) =>
  Object.entries(unzipped(bytes, "Cannot", memory)).map(([name, each]) => [name, [...each]]);
const refused = (bytes: Uint8Array, why: string, memory = 1e9): void =>
  assert.throws(() => unzipped(bytes, "Cannot", memory), new RangeError(`Cannot: ${why}`));
const DAMAGED = "its zip archive is damaged or cut off; get the file again";
const two: readonly Written[] = [{ name: "a", body: [1, 2, 3] }, { name: "bc", body: [4] }];
const content = [["a", [1, 2, 3]], ["bc", [4]]];

Deno.test("sizes, places and counts are of 32 bits or of 64, wherever the archive lies", () => {
  const far = two.map((file) => ({ ...file, far: true }));
  for (const files of [two, far]) {
    for (const long of [false, true]) {
      const bytes = zip(files, { far: long });
      assert.deepEqual(read(bytes), content);
      assert.deepEqual(read(Uint8Array.from([7, ...bytes, 7]).subarray(1, -1)), content);
    }
  }
  const folder = { name: "bc/", body: [] };
  assert.deepEqual(read(zip([two[0]!, folder, two[1]!])), content);
  assert.deepEqual(read(zip([])), []);
});

Deno.test("the end may have the longest comment behind it", () => {
  assert.deepEqual(read(zip(two, { comment: 0xffff })), content);
  refused(zip(two, { comment: 0x10000 }), DAMAGED);
  refused(new Uint8Array(21), DAMAGED);
  refused(new Uint8Array(22), DAMAGED);
  // Nothing but the place of an end of 64 bits, which is not there, and the end.
  const [locator, end] = [0x07064b50, 0x06054b50].map((sign) => little(sign, 4));
  const bare = Uint8Array.from([...locator!, ...Array(16).fill(0), ...end!, ...Array(18).fill(0)]);
  refused(bare, DAMAGED);
});

Deno.test("a file lies in its archive with all of its bytes, and says how it is packed", () => {
  const archive = (more: Partial<Written>) => zip([{ name: "a", body: [1, 2, 3], ...more }]);
  const { length } = archive({});
  refused(archive({ size: length, packed: length }), DAMAGED);
  refused(archive({ size: 4 }), 'it compresses "a" in a way that cannot be read');
  refused(archive({ method: 9 }), 'it compresses "a" in a way that cannot be read');
  refused(archive({ packed: length + 1, size: 1 }), DAMAGED);
  refused(zip(two, { count: 3 }), DAMAGED);
  refused(zip(two, { count: 1000 }), DAMAGED);
  refused(zip(two, { count: 3, far: true }), DAMAGED);
  const moved = archive({});
  moved[0] = 0;
  refused(moved, DAMAGED);
  const deflated = [...deflateRawSync(Uint8Array.of(5, 5, 5, 5))];
  const packed = (size: number) => zip([{ name: "a", body: deflated, method: 8, size }]);
  assert.deepEqual(read(packed(4)), [["a", [5, 5, 5, 5]]]);
  for (const size of [3, 5]) refused(packed(size), DAMAGED);
});

Deno.test("files may be 1032 times their archive, and half of the budget", () => {
  const sized = (size: number) => zip([{ name: "a", body: [3, 0], method: 8, size }]);
  const { length } = sized(0);
  refused(sized(1032 * length + 1), DAMAGED);
  const why = (size: string) =>
    `its ${length} B unpack to ${size}, more than half of the budget of 2.00 kB; leave out the arrays that are not ` +
    "needed, or allow more: --memory 1GB";
  refused(sized(1032 * length), why(bytesText(1032 * length)), 2000);
  refused(sized(1001), why("1.00 kB"), 2000);
  refused(sized(1000), DAMAGED, 2000);
});

Deno.test("the memory that would be enough is told in whole gigabytes", () => {
  // Twice a billion and one more bytes are more than two gigabytes.
  const body = Array(100_000).fill(0);
  const files = Array.from(
    { length: 10 },
    (_, i) => ({ name: `${i}`, body, size: i ? 0 : 1e9 + 1 }),
  );
  assert.throws(() => read(zip(files), 2e9), /more than half of .*: --memory 3GB$/);
});

Deno.test("files that share bytes may be as much as the archive, and no more", () => {
  const sharing = (bytes: number) =>
    zip([{ name: "a", body: Array(bytes).fill(5) }, {
      ...{ name: "b", body: [], size: bytes, packed: bytes, claimedPlace: 0 },
    }]);
  const { length } = sharing(0);
  const body = Array(length).fill(5);
  assert.deepEqual(read(sharing(length)), [["a", body], ["b", body]]);
  refused(sharing(length + 1), DAMAGED);
});

Deno.test("an archive ends where its bytes do, whatever stands behind them in memory", () => {
  const [first, second] = [zip(two), zip([{ name: "z", body: [9] }])];
  const both = Uint8Array.from([...first, ...second]);
  assert.deepEqual(read(both.subarray(0, first.length)), content);
});

Deno.test("a file without bytes may be the last thing of its archive", () => {
  const { length } = zip([{ name: "a", body: [] }], { comment: 30 });
  const archive = zip([{ name: "a", body: [], claimedPlace: length - 30 }], { comment: 30 });
  archive.set([...little(0x04034b50, 4), ...Array(26).fill(0)], length - 30);
  assert.deepEqual(read(archive), [["a", []]]);
  archive[length - 2] = 1;
  refused(archive, DAMAGED);
});

Deno.test("a thread that unpacks says how much it makes", async () => {
  const words = new SharedArrayBuffer(4 * WORDS);
  const module = new URL("../../../../ops/data/readers/unzip.ts", import.meta.url).href;
  const done = Promise.withResolvers<unknown>();
  serve({
    on(_event: string, receive: (message: unknown) => void) {
      const { value } = packed([zip([{ name: "a", body: Array(2500).fill(1) }]), "Cannot", 1e9]);
      const task = { type: "run", module, name: "unzipped", args: value, host: [], words };
      queueMicrotask(() => receive(task));
    },
    postMessage(message: { readonly type: string }) {
      if (message.type !== "ready") done.resolve(message.type);
    },
  } as never);
  assert.equal(await done.promise, "done");
  assert.equal(new Int32Array(words)[WORD.taken], 3);
});

Deno.test("the field of 64 bits holds what is asked of it, and lies in its entry", () => {
  assert.deepEqual(
    read(zip(two.map((file) => ({ ...file, far: true, sizeAlone: true })))),
    content,
  );
  const claimed = (bytes: number) =>
    zip([{ name: "a", body: [1, 2, 3], far: true, claimed: bytes }]);
  assert.deepEqual(read(claimed(24)), [["a", [1, 2, 3]]]);
  for (const bytes of [16, 23, 25, 26]) refused(claimed(bytes), DAMAGED);
});

Deno.test("a number that no file reaches is damage", () => {
  const most = 2 ** 64 - 2 ** 11;
  for (const lie of [{ size: most }, { packed: most }]) {
    refused(zip([{ name: "a", body: [1], far: true, ...lie }]), DAMAGED);
  }
  refused(zip(two, { count: most, far: true }), DAMAGED);
});

Deno.test("a place behind the end, and an end of 64 bits that is none or lies elsewhere, are damage", () => {
  const placed = (claimedPlace: number) => zip([{ name: "a", body: [1, 2, 3], claimedPlace }]);
  const { length } = placed(0);
  assert.deepEqual(read(placed(0)), [["a", [1, 2, 3]]]);
  for (const place of [length - 30, length - 29, length - 3, length]) {
    refused(placed(place), DAMAGED);
  }
  // Of 64 bits: 56 bytes, then 20 that say where these begin, then the 22 of the end.
  const changed = (offset: number, value: number) => {
    const bytes = zip(two, { far: true });
    bytes[bytes.length + offset] = value;
    return bytes;
  };
  assert.deepEqual(read(changed(-98, 0x50)), content);
  refused(changed(-98, 0), DAMAGED);
  for (const byte of [0, 1, 6]) refused(changed(-34 + byte, 0xff), DAMAGED);
});

Deno.test("a directory may be the last of the file, and its end of 64 bits too, but not reach behind it", () => {
  /** An archive whose comment is its directory: one file without a name or bytes. */
  const directoryLast = (size: number) => {
    const entry = [
      ...[...little(0x02014b50, 4), ...Array(16).fill(0), ...little(0, 4), ...little(size, 4)],
      ...Array(18).fill(0),
    ];
    const bytes = zip([{ name: "", body: [] }], { comment: entry.length });
    const at = bytes.length - entry.length;
    bytes.set(entry, at);
    bytes.set(little(at, 4), at - 22 + 16);
    return bytes;
  };
  assert.deepEqual(read(directoryLast(0)), [["", []]]);
  // It would be in a field of 64 bits, which is not there.
  refused(directoryLast(0xffffffff), DAMAGED);
  const endLast = (claimed: number) => {
    const bytes = zip(two, { far: true, comment: 56 });
    const end = bytes.length - 56 - 22 - 20 - 56;
    bytes.copyWithin(bytes.length - 56, end, end + 56);
    bytes.fill(0, end, end + 56);
    bytes.set(little(bytes.length - 56 + claimed, 8), end + 56 + 8);
    return bytes;
  };
  assert.deepEqual(read(endLast(0)), content);
  for (const claimed of [1, 53, 56]) refused(endLast(claimed), DAMAGED);
});
