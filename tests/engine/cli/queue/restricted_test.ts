/** A run, its plan and a worker on a queue with no more than they need of Deno: the README's flags, and those of the plan. */
import assert from "node:assert/strict";
import { fromFileUrl } from "../../../architecture/imports.ts";
import { redisServer } from "../../run/queue/redis.ts";
import { queueWorld } from "../../run/queue/world.ts";

const ROOT = fromFileUrl("").pathname;

const RECIPE = `decant: 1
name: rows
data: { from: ./rows.csv }
model: { use: mlp, hidden: [2], train: { epochs: 1 } }
`;

/** A folder with a recipe, and commands in it whose user has the key there. */
async function place() {
  const world = await queueWorld();
  const { folder } = world;
  const rows = Array.from({ length: 90 }, (_, i) => `${i % 7},${i % 3},${"ab"[i % 2]}`);
  await Deno.writeTextFile(`${folder}/rows.csv`, `x,y,kind\n${rows.join("\n")}\n`);
  await Deno.writeTextFile(`${folder}/rows.yaml`, RECIPE);
  await Deno.rename(`${folder}/config`, `${folder}/.config`);
  // Without it Deno would keep what it compiles below the home that is given here.
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string };
  const child = (flags: readonly string[], words: readonly string[]) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--no-check",
        "--cached-only",
        ...flags,
        `${ROOT}mod.ts`,
        ...words,
      ],
      cwd: folder,
      clearEnv: true,
      env: {
        ...{ NO_COLOR: "1", HOME: folder, DENO_DIR: denoDir },
        ...{ DECANT_QUEUE: world.redis.url, DECANT_STORE: world.server.address },
      },
      stdout: "piped",
      stderr: "piped",
    });
  return {
    world,
    child,
    async decant(flags: readonly string[], ...words: string[]) {
      const { code, stdout, stderr } = await child(flags, words).output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, out: text(stdout), err: text(stderr) };
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

/** The flags with which the README starts a worker, in this place. */
async function workerFlags({ world }: Awaited<ReturnType<typeof place>>): Promise<string[]> {
  const readme = await Deno.readTextFile(`${ROOT}README.md`);
  const [, words] = /^deno run (--allow-net(?:[^`]|\\\n)*) mod\.ts worker$/m.exec(readme)!;
  return words!.replaceAll("\\\n", " ").trim().split(/\s+/).map((flag) =>
    flag.replace("HOST:6379", `127.0.0.1:${world.redis.port}`)
      .replace(
        "STORE",
        (store) => flag.startsWith("--allow-net") ? new URL(world.server.address).host : store,
      )
      .replace("=.,", `=.,${ROOT},`)
      .replace("$HOME", world.folder)
  );
}

Deno.test({
  name: "on a queue a run needs the flags that its plan prints, and a worker those of the README",
  ignore: redisServer === undefined,
  async fn() {
    await using it = await place();
    const { decant, child } = it;
    const { flags } = JSON.parse((await decant(["-A"], "plan", "rows.yaml", "--json")).out) as {
      flags: string[];
    };
    assert.ok(flags.some((flag) => /^--allow-env=.*DECANT_QUEUE/.test(flag)), flags.join(" "));
    const planned = await decant(flags, "plan", "rows.yaml");
    assert.deepEqual([planned.code, planned.err], [0, ""]);
    assert.match(planned.out, /\nqueue redis:.*: 0 workers of this version\n/);
    const worker = child(await workerFlags(it), ["worker", "--kernels", "wasm", "--threads", "1"])
      .spawn();
    const [first, rest] = worker.stderr.tee();
    for await (const text of first.pipeThrough(new TextDecoderStream())) {
      if (text.includes("takes jobs of")) break;
    }
    const mine = flags.map((flag) => flag.replaceAll(".decant", "mine"));
    const run = await decant(mine, "run", "rows.yaml", "--quiet", "--cache", "mine");
    worker.kill("SIGTERM");
    const [status, said] = await Promise.all([worker.status, new Response(rest).text()]);
    await worker.stdout.cancel();
    assert.deepEqual([run.code, run.err], [0, ""], said);
    assert.equal(status.code, 0, said);
    assert.match(said, /made rows model-test\n/);
  },
});

Deno.test({
  name:
    "what a run or a worker on a queue is not allowed is a sentence before anything is asked for",
  ignore: redisServer === undefined,
  async fn() {
    await using it = await place();
    const { decant, world } = it;
    const redis = `127.0.0.1:${world.redis.port}`;
    const { host } = new URL(world.server.address);
    const worker = await decant(["--allow-env", `--allow-net=${redis}`], "worker");
    const read = `${world.folder}/.config/decant,${ROOT},.decant`;
    const lacking = `read ${read.split(",").map((path) => `\`${path}\``).join(", ")}`;
    assert.deepEqual([worker.code, worker.err], [
      2,
      `decant: Deno does not allow a worker to ${lacking} and to write \`.decant\` and to fetch from \`${host}\`\n` +
      `     help: add --allow-read=${read} --allow-write=.decant ` +
      `--allow-net=${[host, redis].sort()} --allow-sys=hostname,cpus ` +
      "--allow-env=DECANT_STORE,HOME,DECANT_QUEUE\n",
    ]);
    const run = await decant(
      ["--allow-env", "--allow-read", "--allow-write", `--allow-net=${redis}`],
      ...["run", "rows.yaml", "--kernels", "wasm"],
    );
    assert.deepEqual([run.code, run.err], [
      2,
      `decant: Deno does not allow a run on a queue to fetch from \`${host}\`\n` +
      "     help: decant plan RECIPE --queue URL prints the flags that it needs\n",
    ]);
    assert.deepEqual(world.server.asked, []);
  },
});
