/** Two machines that share nothing but a store in S3: one is killed in a training, the other goes on from its checkpoint. */
import assert from "node:assert/strict";
import { keys, s3Server } from "../engine/store/shared/s3_server.ts";
import { started } from "../faults/queue_processes.ts";

const LONG = `decant: 1
name: long
data: iris
model: { use: mlp, hidden: [64, 64], train: { epochs: 60000 } }
`;

const REGION = "eu-central-1";

interface Report {
  readonly steps: readonly { name: string; status: string; artifact: { digest: string } }[];
}

Deno.test("a run is killed on one machine and goes on on another, to the bits of one that nobody disturbed", async () => {
  const folder = await Deno.makeTempDir();
  await using s3 = s3Server({ bucket: "decant", region: REGION });
  const env = {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  };
  const store = ["--store", s3.address("thesis"), "--store-credentials", "env", "--store-write"];
  const run = (machine: string, words: readonly string[]) =>
    started("mod.ts", [
      ...["run", "long.yaml", "--cache", machine, "--out", `${machine}-out`],
      ...["--threads", "1", "--kernels", "wasm", ...words],
    ], { cwd: folder, config: `${folder}/config`, env });
  const report = async (machine: string): Promise<Report["steps"]> => {
    const text = await Deno.readTextFile(`${folder}/${machine}-out/report.json`);
    return (JSON.parse(text) as Report).steps;
  };
  const text = new TextDecoder();
  const state = () => [...s3.entries].find(([, bytes]) => /"saved":/.test(text.decode(bytes)))?.[0];
  try {
    await Deno.writeTextFile(`${folder}/long.yaml`, LONG);
    const key = started("mod.ts", ["key", "new", "anna"], {
      cwd: folder,
      config: `${folder}/config`,
    });
    assert.equal((await key.status).code, 0, key.lines.join("\n"));
    await using first = run("one", store);
    // A state is saved every twenty seconds.
    let ended = false;
    void first.status.then(() => ended = true);
    while (state() === undefined) {
      assert.ok(!ended, first.lines.join("\n"));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await first.kill();
    const saved = state()!;
    // What it says lies under `/cas/`.
    const [, digest] = /"digest":"([0-9a-f]{64})"/.exec(text.decode(s3.entries.get(saved)!))!;
    const before = s3.asked.length;
    await using second = run("two", store);
    assert.equal((await second.status).code, 0, second.lines.join("\n"));
    const read = s3.asked.slice(before).filter(({ method }) => method === "GET");
    assert.ok(read.some(({ path }) => path === saved), "it looked for the checkpoint");
    assert.ok(read.some(({ path }) => path.endsWith(`/cas/${digest}`)), "and read its bytes");
    assert.ok(s3.asked.every(({ refused }) => refused === undefined));
    await using alone = run("alone", []);
    assert.equal((await alone.status).code, 0, alone.lines.join("\n"));
    const digests = async (machine: string) =>
      (await report(machine)).map(({ name, artifact }) => [name, artifact.digest]);
    assert.deepEqual(await digests("two"), await digests("alone"));
    // A third machine finds everything recorded.
    await using third = run("three", store.slice(0, -1));
    assert.equal((await third.status).code, 0, third.lines.join("\n"));
    assert.deepEqual((await report("three")).map(({ status }) => status), [
      ...(await report("three")).map(() => "hit"),
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
