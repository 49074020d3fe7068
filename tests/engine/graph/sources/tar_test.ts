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
