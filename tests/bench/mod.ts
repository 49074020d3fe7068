/** Every benchmark that needs no peer installed, one after another; each prints JSON lines. */
for (
  const script of [
    "cached_run.ts",
    "downloads.ts",
    "robustness.ts",
    "jobs.ts",
    "queue.ts",
    "pruned.ts",
    "tensor.ts",
    "integers.ts",
    "latency.ts",
    "preparation.ts",
    "time_left.ts",
  ]
) {
  const path = new URL(script, import.meta.url).pathname;
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", path],
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  if (!success) Deno.exit(1);
}
