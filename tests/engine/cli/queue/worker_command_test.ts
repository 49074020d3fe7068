import assert from "node:assert/strict";
import { shippedOps } from "../../../../engine/api/language.ts";
import { workerCommand } from "../../../../engine/cli/queue/worker_command.ts";
import { fromFileUrl } from "../../../architecture/imports.ts";
import { redisServer } from "../../run/queue/redis.ts";
import { queueWorld } from "../../run/queue/world.ts";
import { typing } from "../typed.ts";

const MOD = fromFileUrl("mod.ts").pathname;

Deno.test({
  name: "a worker runs until a signal, signs by the key it is given, and shows no secret",
  ignore: redisServer === undefined,
  async fn() {
    await using world = await queueWorld({ words: ["--requirepass", "geheim"] });
    const url = world.redis.url.replace("//", "//:geheim@");
    await Deno.rename(`${world.folder}/config/decant/key`, `${world.folder}/mine`);
    await Deno.rename(`${world.folder}/config/decant/key.pub`, `${world.folder}/mine.pub`);
    const words = ["worker", "--store", world.server.address, "--key", "mine", "--cache", "cache"];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--cached-only", MOD, ...words, "--kernels", "wasm"],
      cwd: world.folder,
      env: { DECANT_QUEUE: url, NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const [first, rest] = child.stderr.tee();
    for await (const text of first.pipeThrough(new TextDecoderStream())) {
      if (/takes jobs of n\d+-[0-9a-f]+ at redis:\/\/127\.0\.0\.1:\d+, 1 at once/.test(text)) break;
    }
    child.kill("SIGTERM");
    const [status, said] = await Promise.all([child.status, new Response(rest).text()]);
    await child.stdout.cancel();
    assert.equal(status.code, 0, said);
    assert.match(said, /leaves\n$/);
    assert.ok(!said.includes("geheim"));
  },
});

Deno.test("a worker takes no recipe", () => {
  assert.deepEqual(workerCommand.operands, []);
  assert.ok(!("set" in workerCommand.options));
});

Deno.test("wrong numbers are refused before anything is opened or listened to", async () => {
  await using here = await typing();
  const said = async (...words: string[]) => {
    const { code, err } = await here.decant("worker", ...words);
    assert.equal(code, 2);
    return err;
  };
  assert.match(await said("--grace", "x"), /--grace needs a whole number from 0 to 86400/);
  assert.match(await said("--concurrency", "0"), /--concurrency needs a whole number from 1 to/);
});

/** What the process would receive and do while a body runs: its timers by ms, and the codes with which it would end. */
async function watched(
  body: (
    deliver: (name: Deno.Signal) => void,
    timers: ReadonlyMap<number, () => void>,
  ) => Promise<number>,
): Promise<{ code: number; exits: number[] }> {
  const { addSignalListener, exit } = Deno;
  const { setTimeout: later } = globalThis;
  const listeners = new Map<Deno.Signal, () => void>();
  const exits: number[] = [];
  const timers = new Map<number, () => void>();
  try {
    Deno.addSignalListener = (name, handler) => void listeners.set(name, handler);
    Deno.exit = ((code) => void exits.push(code!)) as typeof Deno.exit;
    globalThis.setTimeout = ((ended: () => void, ms: number) => {
      timers.set(ms, ended);
      return later(ended, ms);
    }) as typeof setTimeout;
    return { code: await body((name) => listeners.get(name)!(), timers), exits };
  } finally {
    Object.assign(Deno, { addSignalListener, exit });
    globalThis.setTimeout = later;
  }
}

Deno.test({
  name: "a worker has its grace to leave and some seconds more; the second signal ends it at once",
  ignore: redisServer === undefined,
  async fn() {
    await using world = await queueWorld();
    const where = {
      queue: [world.redis.url],
      store: [world.server.address],
      cache: [`${world.folder}/cache`],
    };
    const leaving = async (signal: Deno.Signal, late: number, more: object = {}) => {
      let said = "";
      const { code, exits } = await watched(async (deliver, timers) => {
        const ready = Promise.withResolvers<void>();
        const err = (text: string) => {
          said += text;
          if (/takes jobs/.test(text)) ready.resolve();
        };
        const options = { ...where, ...more };
        const invocation = { ops: shippedOps(), terminal: { err }, operands: [], options };
        const running = workerCommand.run(invocation as never);
        await ready.promise;
        deliver(signal);
        deliver(signal);
        const code = await running;
        timers.get(late)!();
        return code;
      });
      return { code, exits, said };
    };
    const usual = await leaving("SIGINT", 28_000);
    assert.deepEqual([usual.code, usual.exits], [130, [130, 130]]);
    assert.match(usual.said, /, 1 at once.*\n\d\d:\d\d:\d\d leaves\n$/s);
    const told = await leaving("SIGTERM", 98_000, { grace: ["90"], concurrency: ["2"] });
    assert.deepEqual([told.code, told.exits], [0, [0, 0]]);
    assert.match(told.said, /, 2 at once/);
  },
});
