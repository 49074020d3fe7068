import assert from "node:assert/strict";
import { commandNames, loadCommand, loadCommands } from "../../../engine/cli/commands.ts";
import { commandHelp } from "../../../engine/cli/usage.ts";

/** Options of commands that ask shared stores. */
const stores = ["--store URL", "--store-credentials WHERE", "--trust KEY"];

/** How each command is called, and its options, each with what stands for its value. */
const calls: Readonly<Record<string, readonly string[]>> = {
  new: [
    ...["[FILE]", "--model FILE", "--images PATH", "--csv PATH", "--text PATH", "--data PATH"],
    ...["--out FILE", "--cache DIR", "--memory SIZE", "--offline", "--trust-host HOST"],
  ],
  check: ["RECIPE", "--set NAME=VALUE", "--memory SIZE", "--trust-host HOST", "--json"],
  fmt: ["FILE", "--check"],
  expand: ["RECIPE", "--set NAME=VALUE", "--trust-host HOST", "--json"],
  layers: [
    ...["RECIPE [MODEL] [SELECTOR]", "--set NAME=VALUE", "--cache DIR", "--trust-host HOST"],
    "--json",
  ],
  graph: [
    ...[
      "RECIPE",
      "--set NAME=VALUE",
      "--cache DIR",
      "--threads N",
      "--kernels KIND",
      "--trust-host HOST",
    ],
    "--form FORM",
  ],
  plan: [
    ...[
      "RECIPE",
      "--set NAME=VALUE",
      "--cache DIR",
      "--threads N",
      "--kernels KIND",
      "--memory SIZE",
      "--offline",
    ],
    ...["--trust-host HOST", ...stores, "--queue URL", "--json"],
  ],
  explain: [
    ...[
      "RECIPE [STEP]",
      "--set NAME=VALUE",
      "--cache DIR",
      "--threads N",
      "--kernels KIND",
      "--trust-host HOST",
    ],
    ...stores,
    "--json",
  ],
  run: [
    ...[
      "RECIPE",
      "--set NAME=VALUE",
      "--out DIR",
      "--cache DIR",
      "--threads N",
      "--kernels KIND",
      "--jobs N",
    ],
    ...["--memory SIZE", "--force[=STEP]", "--until STEP", "--keep-going", "--locked"],
    ...["--offline", "--trust-host HOST", ...stores, "--store-write", "--store-exclude WHAT"],
    ...["--queue URL", "--quiet", "--json"],
  ],
  shrink: [
    ...["MODEL", "--images PATH", "--csv PATH", "--text PATH", "--data PATH", "--within LOSS"],
    ...["--for FORMAT", "--minutes N", "--out DIR", "--cache DIR", "--threads N"],
    ...["--kernels KIND", "--jobs N", "--memory SIZE", "--offline", "--trust-host HOST"],
    ...["--quiet", "--json"],
  ],
  compare: ["A B", "--json"],
  runs: ["[FOLDER]", "--json"],
  lock: [
    ...[
      "RECIPE",
      "--set NAME=VALUE",
      "--cache DIR",
      "--threads N",
      "--kernels KIND",
      "--trust-host HOST",
      ...stores,
      "--json",
    ],
  ],
  verify: [
    ...[
      "[RECIPE] [LOCK]",
      "--set NAME=VALUE",
      "--threads N",
      "--kernels KIND",
      "--jobs N",
      "--memory SIZE",
    ],
    ...["--out DIR", "--sample N", "--trust-host HOST", ...stores, "--quiet", "--json"],
  ],
  ops: ["[WORD]", "--search TEXT", "--json"],
  schema: [""],
  worker: [
    ...["", "--queue URL", "--trust-host HOST", ...stores, "--key FILE", "--cache DIR"],
    ...["--concurrency N", "--threads N", "--kernels KIND", "--memory SIZE", "--name NAME"],
    "--grace SECONDS",
  ],
  queue: ["", "--queue URL", "--json"],
  key: ["ACTION [NAME]"],
  cache: [
    ...["ACTION [RECIPE]", "--cache DIR", "--set NAME=VALUE", "--days DAYS", "--max-size SIZE"],
    ...["--dry-run", "--json"],
  ],
};

Deno.test("every command is called as it says, with options that stand in its help in this order", async () => {
  const found: [string, readonly string[]][] = [];
  for (const command of await loadCommands()) {
    const [head = "", , , , ...rest] = commandHelp(command).split("\n");
    const options = rest.filter((line) => line !== "").map((line) =>
      line.trim().split(/ {2,}/)[0]!
    );
    const words = head.replace(/^decant [a-z]+ ?/, "").replace(/ ?\[options\]$/, "");
    assert.equal(head.endsWith(" [options]"), options.length > 0, head);
    found.push([command.name, [words, ...options]]);
  }
  assert.deepEqual(Object.fromEntries(found), calls);
});

Deno.test("commands are found by their names alone", async () => {
  assert.deepEqual(commandNames, Object.keys(calls));
  for (const name of commandNames) assert.equal((await loadCommand(name))!.name, name);
  for (const name of ["none", "", "toString"]) assert.equal(loadCommand(name), undefined);
});

Deno.test("hosts, stores, keys and settings may be given several times, everything else once", async () => {
  for (const { name, options } of await loadCommands()) {
    const many = Object.keys(options).filter((option) => options[option]!.many);
    const both = ["set", "trust-host", "store", "trust"].filter((option) => option in options);
    assert.deepEqual(many, both, name);
  }
});
