import assert from "node:assert/strict";
import { workerCommand } from "../../../../engine/cli/queue/worker_command.ts";
import { fromFileUrl } from "../../../architecture/imports.ts";
import { redisServer } from "../../run/queue/redis.ts";
import { queueWorld } from "../../run/queue/world.ts";

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
