/**
 * Every layer class of tfjs-layers and of Keras that has a meaning in inference: read, or refused. Left out of the lists
 * are what layers are derived from, cells, which are parts of RNN, and what runs code.
 */
import assert from "node:assert/strict";
import { modelOfLayer } from "./support/one_keras_layer.ts";
import { singles } from "./support/saved.ts";

const lists: Readonly<Record<string, string>> = JSON.parse(
  Deno.readTextFileSync(new URL("../../../fixtures/keras/classes.json", import.meta.url)),
);

/** Classes that are refused by name; whoever reads one takes it out. */
const unread =
  "ContrastLimitedAdaptiveHistogramEqualization HashedCrossing Hashing StringLookup TextVectorization"
    .split(" ");

/** Whether a class has a reader: it may still miss weights or fields, but says so otherwise. */
function isRead(className: string): boolean {
  try {
    modelOfLayer({ className, config: {} });
    return true;
  } catch (error) {
    return !/this kind of layer cannot be read|save the model that begins behind it/.test(
      (error as Error).message,
    );
  }
}

Deno.test("each class that is refused says why, and what can be saved in its place", () => {
  for (const className of unread) {
    assert.throws(
      () => modelOfLayer({ className, config: {} }),
      /numbers; save|nothing here does; save|made of images here; save/,
      className,
    );
  }
});

Deno.test("of each class that is read there is a file that Keras wrote", () => {
  const names = Object.values(lists).flatMap((classes) => classes.split(" "));
  const missing = names.filter((name) =>
    !unread.includes(name) && singles(new RegExp(`^${name}(-|$)`)).length === 0
  );
  assert.deepEqual(missing, []);
  const files = singles(/./).length;
  assert.ok(files >= 60, `${files} files`);
});

for (const [library, classes] of Object.entries(lists)) {
  const names = classes.split(" ");

  Deno.test(`the classes of ${library} that are not read are those that are listed`, () => {
    const found = names.filter((name) => !isRead(name));
    assert.deepEqual(found, names.filter((name) => unread.includes(name)));
  });
}

Deno.test("of the classes of tfjs-layers all are read, of Keras more than nineteen in twenty", () => {
  const shares = Object.values(lists).map((classes) => {
    const names = classes.split(" ");
    return names.filter(isRead).length / names.length;
  });
  assert.ok(shares[0] === 1 && shares[1]! >= 0.95, shares.join(" "));
});
