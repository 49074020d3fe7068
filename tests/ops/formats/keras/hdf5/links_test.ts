import assert from "node:assert/strict";
import { FileBytes } from "../../../../../ops/formats/keras/hdf5/file_bytes.ts";
import { linksOf } from "../../../../../ops/formats/keras/hdf5/links.ts";
import { messagesAt, rootAddress } from "../../../../../ops/formats/keras/hdf5/objects.ts";
import { savedBytes } from "../support/saved.ts";

for (const version of ["earliest", "latest"]) {
  Deno.test(`a group's names are those of its objects; a link to a name leads nowhere: ${version}`, () => {
    const file = new FileBytes(savedBytes(`values_${version}.h5`), "v.h5");
    const links = linksOf(file, messagesAt(file, rootAddress(file)));
    assert.deepEqual([...links.keys()].sort(), ["f", "i", "many", "odd", "u"]);
  });
}

Deno.test("a tree that leads back to itself is damage", () => {
  const bytes = savedBytes("values_earliest.h5");
  const text = new TextDecoder("latin1").decode(bytes);
  const tree = text.indexOf("TREE");
  const view = new DataView(bytes.buffer);
  // A node one level up, whose first child is itself.
  bytes[tree + 5] = 1;
  view.setBigUint64(tree + 32, BigInt(tree), true);
  const file = new FileBytes(bytes, "v.h5");
  assert.throws(
    () => linksOf(file, messagesAt(file, rootAddress(file))),
    /it is damaged or cut off/,
  );
});

Deno.test("parts of a group that are not marked as such are damage", () => {
  for (const mark of ["TREE", "HEAP", "SNOD"]) {
    const bytes = savedBytes("values_earliest.h5");
    const at = new TextDecoder("latin1").decode(bytes).indexOf(mark);
    bytes[at] = "X".charCodeAt(0);
    const file = new FileBytes(bytes, "v.h5");
    assert.throws(
      () => linksOf(file, messagesAt(file, rootAddress(file))),
      /it is damaged or cut off/,
      mark,
    );
  }
});
