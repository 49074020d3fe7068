/** The README's ways to keep a worker running: what they start is a command line of it, and they let it leave in time. */
import assert from "node:assert/strict";
import { parse } from "../../../../engine/deps/yaml.ts";
import { parseArguments } from "../../../../engine/cli/usage.ts";
import { workerCommand } from "../../../../engine/cli/queue/worker_command.ts";
import { fromFileUrl } from "../../../architecture/imports.ts";

const readme = await Deno.readTextFile(fromFileUrl("README.md"));

/** The first block of a language that has such a line. */
function block(language: string, line: string): string {
  const blocks = [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))];
  return blocks.find(([, text]) => text!.includes(line))?.[1] ?? assert.fail(`no ${line}`);
}

/** Seconds that a worker started by these words gives to what runs. */
function graceOf(words: readonly string[]): number {
  const at = words.indexOf("worker");
  assert.deepEqual(words.slice(at - 3, at), ["run", "-A", "mod.ts"]);
  const { options, operands } = parseArguments(workerCommand, words.slice(at + 1));
  assert.deepEqual(operands, []);
  assert.ok(options.cache && options.key);
  return Number(options.grace![0]);
}

Deno.test("the unit of systemd starts a worker, and waits for it to leave", () => {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const text of block("ini", "[Service]").split("\n")) {
    const [, name] = /^\[(\w+)\]$/.exec(text) ?? [];
    const [, field, value] = /^(\w+)=(.+)$/.exec(text) ?? [];
    if (name !== undefined) sections.set(name, section = new Map());
    else if (field !== undefined) section.set(field, value!);
    else assert.match(text, /^(#.*)?$/);
  }
  assert.deepEqual([...sections.keys()], ["Unit", "Service", "Install"]);
  const service = sections.get("Service")!;
  const grace = graceOf(service.get("ExecStart")!.split(" "));
  assert.ok(Number(service.get("TimeoutStopSec")) > grace + 10);
});

Deno.test("the manifest of Kubernetes starts a worker, waits for it to leave, and mounts what it names", () => {
  const { kind, spec } = parse(block("yaml", "kind: Deployment"));
  assert.equal(kind, "Deployment");
  const { metadata, spec: pod } = spec.template;
  assert.deepEqual(metadata.labels, spec.selector.matchLabels);
  const [container] = pod.containers;
  const grace = graceOf([...container.command, ...container.args]);
  assert.ok(pod.terminationGracePeriodSeconds > grace + 10);
  const mounts = container.volumeMounts.map(({ name }: { name: string }) => name);
  assert.deepEqual(mounts, pod.volumes.map(({ name }: { name: string }) => name));
  assert.equal(pod.volumes[1].secret.defaultMode, 0o400);
});
