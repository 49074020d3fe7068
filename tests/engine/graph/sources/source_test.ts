/** Files of this machine that are none, or more than may be held. */
import assert from "node:assert/strict";
import { sourceReader, sourcesAt } from "../../../../engine/graph/sources/source.ts";
import { SourceError } from "../../../../engine/graph/sources/source_error.ts";
import { memoryStore } from "../../../../mod.ts";
import { fakeOps, graphOf } from "../../run/fake.ts";

const { file } = fakeOps();

/** Looks at a source, and reads it. */
async function read(from: string, memory?: number): Promise<Uint8Array> {
  const { nodes: [node] } = graphOf([{ name: "n", op: file, params: { from } }], { base: "/" });
  const store = memoryStore();
  const sources = sourcesAt("/", store, { memory });
  return await sourceReader(await sources.of(node!), store, sources.trust).read(from);
}

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof SourceError && pattern.test(error.message);

Deno.test({
  name: "devices, pipes and sockets are neither files nor folders, and are not waited for",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    const listener = Deno.listen({ transport: "unix", path: `${folder}/socket` });
    for (const path of ["/dev/zero", "/dev/null", `${folder}/pipe`, `${folder}/socket`]) {
      await assert.rejects(read(path), refused(/is neither a file nor a folder/), path);
    }
    listener.close();
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("what the system says of a file is a sentence about it", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/n.txt`, "5");
  await assert.rejects(read(`${folder}/n.txt/x`), refused(/is not there/));
  await assert.rejects(read(`${folder}/${"n".repeat(300)}`), refused(/cannot be read: /));
  if (Deno.build.os !== "windows") {
    await Deno.symlink(`${folder}/b`, `${folder}/a`);
    await Deno.symlink(`${folder}/a`, `${folder}/b`);
    await assert.rejects(read(`${folder}/a`), refused(/cannot be read: /));
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a file is read where the memory of a run holds it", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "12345");
  assert.equal((await read(path, 5)).byteLength, 5);
  await assert.rejects(read(path, 4), refused(/has 5 bytes, and the memory .* is 4/));
  await Deno.remove(path);
});
