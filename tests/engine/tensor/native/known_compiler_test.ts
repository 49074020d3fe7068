import assert from "node:assert/strict";
import { knownCompiler } from "../../../../engine/tensor/native/known_compiler.ts";
import { findCompiler } from "../../../../engine/tensor/native/compile.ts";
import { setVariable } from "../../../variable.ts";
import { ignore } from "./compiled.ts";

/** A private folder, and a compiler `cc` in a folder of its own that counts how often it is run. */
async function place() {
  const root = await Deno.makeTempDir();
  const bin = `${root}/bin`;
  await Deno.mkdir(bin);
  const write = (about: string, name = "cc") =>
    Deno.writeTextFile(`${bin}/${name}`, `#!/bin/sh\necho x >> ${root}/runs\necho ${about} >&2\n`, {
      mode: 0o700,
    });
  await write("one");
  return {
    root,
    bin,
    write,
    folder: `${root}/native`,
    kept: () => [...Deno.readDirSync(`${root}/native`)].map(({ name }) => `${root}/native/${name}`),
    runs: () => Deno.readTextFileSync(`${root}/runs`).length / 2,
    async [Symbol.asyncDispose]() {
      await Deno.remove(root, { recursive: true });
    },
  };
}

Deno.test("a compiler is run once, and again when its file is another", { ignore }, async () => {
  await using it = await place();
  const command = `${it.bin}/cc`;
  const known = () => knownCompiler(it.folder, [`${it.bin}/none`, command]);
  for (const _ of [1, 2]) assert.deepEqual(await known(), { command, about: "one\n" });
  assert.equal(it.runs(), 1);
  await it.write("other");
  assert.deepEqual(await known(), { command, about: "other\n" });
  await Deno.utime(command, 1, 1);
  assert.deepEqual(await known(), { command, about: "other\n" });
  assert.equal(it.runs(), 3);
  await Deno.chmod(command, 0o600);
  assert.equal(await known(), undefined);
  await Deno.remove(command);
  assert.equal(await known(), undefined);
  assert.equal(it.runs(), 3);
});

Deno.test("a command is the first file of its name on the path, a link what it leads to", {
  ignore,
}, async () => {
  await using it = await place();
  await it.write("two", "two");
  const link = `${it.root}/cc`;
  await Deno.symlink(`${it.bin}/two`, link);
  // Whatever is looked up, it is the machine's own compiler that answers.
  const known = async () => {
    assert.deepEqual(await knownCompiler(it.folder, ["cc"]), await findCompiler(["cc"]));
    return it.kept().length;
  };
  const reset = setVariable("PATH", `${it.root}/none:${it.root}:${it.bin}`);
  try {
    assert.deepEqual([await known(), await known()], [1, 1]);
    await Deno.remove(link);
    await Deno.symlink(`${it.bin}/cc`, link);
    assert.deepEqual([await known(), await known()], [2, 2]);
    setVariable("PATH", it.bin);
    assert.equal(await known(), 3);
    for (const path of [`:${it.root}`, `bin:${it.root}`, `${it.root}/none`, undefined]) {
      setVariable("PATH", path);
      assert.equal(await known(), 3, "what is not found at a path of its own is asked each time");
    }
  } finally {
    reset();
  }
});

Deno.test(
  "what others may have written of a compiler is not believed, nor a folder that is theirs",
  {
    ignore,
  },
  async () => {
    await using it = await place();
    const known = () => knownCompiler(it.folder, [`${it.bin}/cc`]);
    await known();
    const [kept] = it.kept();
    await Deno.writeTextFile(kept!, "evil");
    await Deno.chmod(kept!, 0o622);
    assert.equal((await known())!.about, "one\n");
    assert.deepEqual([it.kept().length, it.runs()], [1, 2]);
    await Deno.chmod(it.folder, 0o755);
    await assert.rejects(known(), /others may look into/);
  },
);
