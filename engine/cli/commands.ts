/** The commands. Help, arguments and the README's list derive from this table. */
import { checkCommand } from "./check_command.ts";
import type { Command } from "./command.ts";
import { expandCommand } from "./expand_command.ts";
import { layersCommand } from "./layers_command.ts";
import { opsCommand } from "./ops_command.ts";
import { planCommand } from "./plan_command.ts";
import { runCommand } from "./run_command.ts";
import { schemaCommand } from "./schema_command.ts";

/** In the order in which a recipe meets them. */
export const commands: readonly Command[] = [
  checkCommand,
  expandCommand,
  layersCommand,
  planCommand,
  runCommand,
  opsCommand,
  schemaCommand,
];
