/** The commands, in the order in which a recipe meets them. Help, arguments and the README's list derive from them. */
import type { Command } from "./command.ts";

/** Each command is loaded when it is called: a run does not wait for what lists or verifies. */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  new: async () => (await import("./drafts/new_command.ts")).newCommand,
  check: async () => (await import("./check_command.ts")).checkCommand,
  fmt: async () => (await import("./fmt_command.ts")).fmtCommand,
  expand: async () => (await import("./expand_command.ts")).expandCommand,
  layers: async () => (await import("./layers_command.ts")).layersCommand,
  graph: async () => (await import("./graph_command.ts")).graphCommand,
  plan: async () => (await import("./plan_command.ts")).planCommand,
  explain: async () => (await import("./explain_command.ts")).explainCommand,
  run: async () => (await import("./run_command.ts")).runCommand,
  shrink: async () => (await import("./drafts/shrink_command.ts")).shrinkCommand,
  compare: async () => (await import("./reports/compare_command.ts")).compareCommand,
  runs: async () => (await import("./reports/runs_command.ts")).runsCommand,
  lock: async () => (await import("./lock_command.ts")).lockCommand,
  verify: async () => (await import("./verify_command.ts")).verifyCommand,
  ops: async () => (await import("./words/ops_command.ts")).opsCommand,
  schema: async () => (await import("./schema_command.ts")).schemaCommand,
  worker: async () => (await import("./queue/worker_command.ts")).workerCommand,
  queue: async () => (await import("./queue/queue_command.ts")).queueCommand,
  key: async () => (await import("./shared/key_command.ts")).keyCommand,
  cache: async () => (await import("./cache_command.ts")).cacheCommand,
};

/** The names of all commands. */
export const commandNames: readonly string[] = Object.keys(loaders);

/** A command by name; undefined if there is none. */
export function loadCommand(name: string): Promise<Command> | undefined {
  return Object.hasOwn(loaders, name) ? loaders[name]!() : undefined;
}

/** Every command. */
export function loadCommands(): Promise<Command[]> {
  return Promise.all(commandNames.map((name) => loaders[name]!()));
}
