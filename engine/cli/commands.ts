/** The commands. Help, arguments and the README's list derive from this table. */
import { cacheCommand } from "./cache_command.ts";
import { checkCommand } from "./check_command.ts";
import type { Command } from "./command.ts";
import { expandCommand } from "./expand_command.ts";
import { explainCommand } from "./explain_command.ts";
import { graphCommand } from "./graph_command.ts";
import { layersCommand } from "./layers_command.ts";
import { lockCommand } from "./lock_command.ts";
import { opsCommand } from "./ops_command.ts";
import { planCommand } from "./plan_command.ts";
import { runCommand } from "./run_command.ts";
import { schemaCommand } from "./schema_command.ts";
import { verifyCommand } from "./verify_command.ts";

/** In the order in which a recipe meets them. */
export const commands: readonly Command[] = [
  checkCommand,
  expandCommand,
  layersCommand,
  graphCommand,
  planCommand,
  explainCommand,
  runCommand,
  lockCommand,
  verifyCommand,
  opsCommand,
  schemaCommand,
  cacheCommand,
];
