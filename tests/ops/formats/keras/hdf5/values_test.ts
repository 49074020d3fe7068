import assert from "node:assert/strict";
import { FileBytes } from "../../../../../ops/formats/keras/hdf5/file_bytes.ts";
import { linksOf } from "../../../../../ops/formats/keras/hdf5/links.ts";
import { MESSAGE, messagesAt, rootAddress } from "../../../../../ops/formats/keras/hdf5/objects.ts";
import { arrayOf, textsOf } from "../../../../../ops/formats/keras/hdf5/values.ts";
import { savedBytes } from "../support/saved.ts";

for (const version of ["earliest", "latest"]) {
  const file = () => new FileBytes(savedBytes(`values_${version}.h5`), "v.h5");
  /** An object by its path, in a file that is read anew. */
  const at = (path: string) => {
    const opened = file();
    const address = path.split("/").filter((name) => name !== "").reduce(
      (from, name) => linksOf(opened, messagesAt(opened, from)).get(name)!,
      rootAddress(opened),
    );
    return { opened, messages: messagesAt(opened, address) };
  };
  const array = (path: string) => {
    const { opened, messages } = at(path);
    return arrayOf(opened, messages, path);
  };
  const texts = (path: string, name: string) => {
    const { opened, messages } = at(path);
    return textsOf(opened, messages, name);
  };

  Deno.test(`numbers of every type are read as float32: ${version}`, () => {
    for (const type of ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]) {
      const { shape, values } = array(`${type[0]}/${type}`);
      assert.deepEqual([shape, [...values]], [[2, 3], [0, 1, 2, 3, 4, 100]], type);
    }
    assert.deepEqual([...array("f/bool").values], [1, 0]);
    assert.deepEqual(array("f/scalar"), { shape: [], values: Float32Array.of(2.5) });
  });

  Deno.test(`an array that cannot be read is named: ${version}`, () => {
    const cannot = 'Cannot read "v.h5": the array';
    const rows: readonly (readonly [string, string])[] = [
      ["odd/big", "holds no numbers that can be read"],
      ["odd/text", "holds no numbers that can be read"],
      ...version === "latest"
        ? ["odd/chunked", "odd/packed"].map((path): [string, string] => [
          path,
          "lies in pieces of a later form; save the model again without compression",
        ])
        : [],
      ["f", "is none"],
    ];
    for (const [path, why] of rows) {
      assert.throws(() => array(path), { message: `${cannot} "${path}" in it ${why}` });
    }
    assert.deepEqual([...array("odd/null").values], []);
  });

  Deno.test(`texts of one length and of any are read: ${version}`, () => {
    assert.deepEqual(texts("", "fixed"), ["ab", "c"]);
    assert.deepEqual(texts("", "variable"), ["ab", "c", ""]);
    assert.deepEqual(texts("", "one"), ["text"]);
    assert.equal(texts("", "number"), undefined);
    assert.equal(texts("", "nothing"), undefined);
    assert.throws(() => texts("many", "a3"), /a group in it keeps its attributes in a heap/);
  });

  Deno.test(`what holds too much for its header is refused: ${version}`, () => {
    const { opened, messages } = at("many");
    assert.throws(() => linksOf(opened, messages), /a group in it keeps its names in a heap/);
  });
}

Deno.test("attributes are in a heap where one has an address, behind a creation index if there is one", () => {
  const none = Array(8).fill(255);
  const some = [16, 0, 0, 0, 0, 0, 0, 0];
  const texts = (flags: number, ...after: readonly number[]) => {
    const file = new FileBytes(Uint8Array.of(0, flags, ...after, ...Array(16).fill(0)), "v.h5");
    const dense = { type: MESSAGE.attributeInfo, at: 0, size: 20, shared: false };
    return textsOf(file, [dense], "a");
  };
  assert.equal(texts(0, ...none), undefined);
  assert.equal(texts(1, 0, 0, ...none), undefined);
  const heap = /a group in it keeps its attributes in a heap/;
  assert.throws(() => texts(0, ...some), heap);
  assert.throws(() => texts(1, 255, 255, ...some), heap);
});
