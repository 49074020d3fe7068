/**
 * Shared stores behind servers of others: nginx, bazel-remote and MinIO, with and without TLS. Those in Go are built once
 * into a folder of caches, which takes minutes; one that cannot be had here is skipped, and its test says why.
 */
import assert from "node:assert/strict";
import { AwsV4Signer } from "../../../engine/deps/network/aws4fetch.ts";
import { signedBy } from "../../../engine/store/shared/s3.ts";
import { redisServer, startRedis } from "../../engine/run/queue/redis.ts";
import { started } from "../../faults/queue_processes.ts";
import { goProgram, said } from "./program.ts";
import * as servers from "./servers.ts";

const { PASSWORD, USER } = servers;

const BAZEL_REMOTE = "github.com/buchgr/bazel-remote/v2@v2.6.1";
const MINIO = "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c";
const [REGION, BUCKET] = ["us-east-1", "results"];

const RECIPE = `decant: 1
name: iris
data: iris
model: { use: mlp, hidden: [8], train: { epochs: 3 } }
prune: { granularity: channel, ratio: 0.5, finetune: { epochs: 1 } }
`;

const WIDTHS = `decant: 1
name: widths
data: iris
variables: { width: 4 }
model: { use: mlp, hidden: [$width], train: { epochs: 40 } }
quantize: { scheme: int8 }
sweep: { over: { width: [3, 4, 5, 6, 7, 8, 9, 10] } }
`;

/** A server, as the tests below need it. */
interface Kind {
  readonly name: string;
  /** Its program, or why there is none. */
  program(): Promise<string | { readonly why: string }>;
  start(program: string): Parameters<typeof servers.serverOf>[0]["start"];
  /** What the server keeps under a digest that is not its own, see `share.ts`. */
  readonly keeps: "all" | "signed" | "none";
  /** It is S3, and asks for signatures. */
  readonly s3?: true;
}

const kinds: readonly Kind[] = [
  {
    name: "nginx",
    program: async () =>
      await said("/usr/sbin/nginx", ["-v"]) === undefined ? { why: "it takes nginx" } : "nginx",
    start: () => servers.nginx,
    keeps: "all",
  },
  {
    name: "a server that checks records by the published API",
    program: () => goProgram({ name: "cache_server", source: "tests/long/stores/cache_server/" }),
    start: servers.cacheServer,
    keeps: "none",
  },
  {
    name: "bazel-remote",
    program: async () =>
      await said("bazel-remote", ["--help"]) === undefined
        ? await goProgram({ name: "bazel-remote", source: BAZEL_REMOTE })
        : "bazel-remote",
    start: servers.bazelRemote,
    keeps: "none",
  },
  {
    name: "MinIO",
    program: () => goProgram({ name: "minio", source: MINIO }),
    start: servers.minio,
    keeps: "signed",
    s3: true,
  },
];

type Words = readonly string[];

/** A running server as a store, and processes that are told who may ask it. */
async function storeAt(kind: Kind, program: string, secure: boolean) {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const server = stack.use(await servers.serverOf({ secure, start: kind.start(program) }));
  const { origin, authority } = server;
  if (kind.s3) await makeBucket(server);
  const address = kind.s3
    ? `s3://${BUCKET}/some/prefix?endpoint=${origin}&region=${REGION}`
    : `${origin}/some/prefix`;
  const env = {
    ...authority !== undefined && { DENO_CERT: authority },
    ...kind.s3 ? { AWS_ACCESS_KEY_ID: USER, AWS_SECRET_ACCESS_KEY: PASSWORD } : {
      DECANT_STORE_USER: USER,
      DECANT_STORE_PASSWORD: PASSWORD,
      DECANT_STORE_HOST: new URL(origin).host,
    },
  };
  await Deno.writeTextFile(`${folder}/iris.yaml`, RECIPE);
  const start = (module: string, config: string, words: Words) =>
    started(module, words, { cwd: folder, config: `${folder}/${config}`, env });
  /** Runs a module; its lines, and what it ended with. */
  const ran = async (module: string, config: string, words: Words) => {
    await using process = start(module, config, words);
    const { code } = await process.status;
    return { code, text: process.lines.join("\n") };
  };
  const decant = (config: string, ...words: Words) => ran("mod.ts", config, words);
  const moved = stack.move();
  return {
    ...{ folder, origin, address, start, ran, decant },
    /** A file with a line that says who asks. */
    async credentials(name: string, secret: string): Promise<string> {
      const path = `${folder}/${name}`;
      const line = `${address} ${kind.s3 ? "s3" : "basic"} ${secret}\n`;
      await Deno.writeTextFile(path, line, { mode: 0o600 });
      return path;
    },
    /** Runs the recipe with a cache of that name; how many of its steps ran, and what was said. */
    async run(config: string, cache: string, ...words: Words) {
      const where = ["--cache", cache, "--out", `out-${cache}`, "--store", address];
      const { code, text } = await decant(config, "run", "iris.yaml", ...where, ...words);
      assert.equal(code, 0, text);
      assert.ok(!text.includes(PASSWORD));
      return { steps: Number(/^(\d+) of \d+ steps ran in /m.exec(text)?.[1]), text };
    },
    lock: (cache: string) => Deno.readTextFile(`${folder}/out-${cache}/recipe.lock.json`),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

type RealStore = Awaited<ReturnType<typeof storeAt>>;

async function makeBucket({ origin, authority }: servers.Server): Promise<void> {
  const url = `${origin}/${BUCKET}`;
  const keys = { accessKeyId: USER, secretAccessKey: PASSWORD };
  const headers = await signedBy(keys, REGION)({ method: "PUT", url });
  const caCerts = authority === undefined ? [] : [await Deno.readTextFile(authority)];
  using client = Deno.createHttpClient({ caCerts });
  for (let tries = 0;; tries++) {
    const response = await fetch(url, { method: "PUT", headers, client });
    const text = await response.text();
    if (response.ok) return;
    // MinIO takes connections a while before it knows its disks.
    assert.ok(response.status === 503 && tries < 1000, text);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What one publishes, the other's run recalls, if it trusts the key; it is told so where it does not. */
async function runsShare({ decant, run, lock, credentials }: RealStore): Promise<void> {
  const file = await credentials("secrets", `${USER}:${PASSWORD}`);
  const key = (await decant("anna", "key", "new", "anna")).text.trim();
  await decant("ben", "key", "new", "ben");
  const first = await run("anna", "one", "--store-write", "--store-credentials", file);
  assert.ok(first.steps > 3, first.text);
  assert.doesNotMatch(first.text, /note:/);
  const second = await run("ben", "two", "--store-credentials", "env", "--trust", key);
  assert.equal(second.steps, 0, second.text);
  assert.equal(await lock("two"), await lock("one"));
  const stranger = await run("ben", "three", "--store-credentials", "env");
  assert.equal(stranger.steps, first.steps, stranger.text);
  assert.match(stranger.text, /signed by anna:\S+, which is not trusted/);
  const unknown = await run("ben", "four", "--trust", key);
  assert.equal(unknown.steps, first.steps, unknown.text);
  assert.match(unknown.text, /answered 40[13] .*--store-credentials says who asks/);
  assert.equal(await lock("four"), await lock("one"));
}

/** A sweep on a queue by TLS, whose workers share the store: its lock is that of a run without a queue. */
async function sweepIsShared({ folder, address, start, decant, lock }: RealStore): Promise<void> {
  await Deno.writeTextFile(`${folder}/widths.yaml`, WIDTHS);
  await using redis = await startRedis({ secure: true, words: ["--requirepass", PASSWORD] });
  const queue = redis.url.replace("//", `//:${PASSWORD}@`);
  const shared = ["--queue", queue, "--store", address, "--store-credentials", "env"];
  const own = (cache: string) => ["--cache", cache, "--threads", "1"];
  const worker = (name: string) =>
    start("mod.ts", "anna", ["worker", ...shared, ...own(name), "--name", name]);
  await using first = worker("first");
  await using second = worker("second");
  await Promise.all([first, second].map((each) => each.said(/takes jobs of/)));
  const run = ["run", "widths.yaml"];
  const alone = await decant("anna", ...run, ...own("alone"), "--out", "out-alone");
  assert.equal(alone.code, 0, alone.text);
  const swept = await decant("anna", ...run, ...own("swept"), "--out", "out-swept", ...shared);
  assert.equal(swept.code, 0, swept.text);
  assert.equal(await lock("swept"), await lock("alone"));
  for (const { lines } of [first, second]) {
    const text = lines.join("\n");
    assert.match(text, / made widths model\[/);
    assert.ok(!text.includes(PASSWORD));
  }
  assert.ok(!swept.text.includes(PASSWORD));
}

/** Keys that MinIO lends for an hour to who may do no more than this in the bucket, as a line says them. */
async function lent(origin: string, allowed: Words): Promise<string> {
  const statement = { Effect: "Allow", Action: allowed, Resource: [`arn:aws:s3:::${BUCKET}*`] };
  const body = new URLSearchParams({
    ...{ Action: "AssumeRole", Version: "2011-06-15", DurationSeconds: "3600" },
    Policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
  }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const keys = { accessKeyId: USER, secretAccessKey: PASSWORD, service: "sts", region: REGION };
  const signer = new AwsV4Signer({ method: "POST", url: origin, headers, body, ...keys });
  const signed = await signer.sign();
  const response = await fetch(signed.url, { method: "POST", headers: signed.headers, body });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const said = (name: string) => new RegExp(`<${name}>([^<]+)<`).exec(text)![1]!;
  return ["AccessKeyId", "SecretAccessKey", "SessionToken"].map(said).join(":");
}

/** Keys that were lent do what they may do; what they may not costs a sentence and a run. */
async function lentKeysServe({ origin, decant, run, credentials }: RealStore): Promise<void> {
  const whole = await credentials("whole", `${USER}:${PASSWORD}`);
  const key = (await decant("anna", "key", "new", "anna")).text.trim();
  await run("anna", "one", "--store-write", "--store-credentials", whole);
  const others = ["--set", "model.train.epochs=2"];
  const mayRead = await credentials("read", await lent(origin, ["s3:GetObject", "s3:ListBucket"]));
  const reading = ["--trust", key, "--store-credentials", mayRead];
  assert.equal((await run("ben", "two", ...reading)).steps, 0);
  const unlike = await run("ben", "two", ...reading, ...others);
  assert.ok(unlike.steps > 0);
  assert.doesNotMatch(unlike.text, /note:/);
  const writing = await run("anna", "three", "--store-write", ...reading, ...others);
  assert.match(writing.text, /answered 403 .*; no more is published there/);
}

for (const kind of kinds) {
  Deno.test(`results are shared by ${kind.name}`, async (t) => {
    const program = await kind.program();
    if (typeof program !== "string") {
      await t.step({ name: program.why, ignore: true, fn: () => {} });
      return;
    }
    for (const secure of [false, true]) {
      await t.step(secure ? "by TLS" : "without TLS", async () => {
        await using store = await storeAt(kind, program, secure);
        const { address, ran, credentials } = store;
        const file = await credentials("all", `${USER}:${PASSWORD}`);
        const words = [address, file, kind.keeps];
        const { code, text } = await ran("tests/long/stores/share.ts", "nobody", words);
        assert.equal(code, 0, text);
        await runsShare(store);
      });
    }
    await t.step({
      name: redisServer === undefined
        ? "a sweep on a queue takes redis-server"
        : "a sweep on a queue",
      ignore: redisServer === undefined,
      async fn() {
        await using store = await storeAt(kind, program, true);
        await store.decant("anna", "key", "new", "anna");
        await sweepIsShared(store);
      },
    });
    if (!kind.s3) return;
    await t.step("by keys that are lent", async () => {
      await using store = await storeAt(kind, program, false);
      await lentKeysServe(store);
    });
  });
}
