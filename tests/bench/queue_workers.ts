// deno-lint-ignore-file no-console -- a process says that it is ready
/** Workers that do nothing: `URL COUNT`. */
import { Worker } from "../../engine/deps/queue/bullmq.ts";
import { opSet } from "../../engine/op.ts";
import { queueAddress, queueName } from "../../engine/run/queue/address.ts";
import { connect, PREFIX } from "../../engine/run/queue/connect.ts";
import { fakeOps } from "../engine/run/support/fake.ts";

const [url, count] = Deno.args as [string, string];
const { constant } = fakeOps();
const connection = await connect(queueAddress(url)!, queueName(opSet([constant])), () => {});
const performed = { ran: true, host: "anvil", artifact: "a" };
const workers = Array.from({ length: Number(count) }, (_, index) => {
  const options = { connection: connection.another(), prefix: PREFIX, name: `anvil/${index}` };
  const worker = new Worker(connection.name, () => Promise.resolve(performed), options);
  worker.on("error", () => {});
  return worker;
});
await Promise.all(workers.map((worker) => worker.waitUntilReady()));
console.log("ready");
