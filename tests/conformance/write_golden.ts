/**
 * Writes golden.json: op → version → digest of what its example makes. For a new op or a raised version only: other
 * bytes under the same version are what the file is there to catch. `deno run -A tests/conformance/write_golden.ts`
 */
import { ops } from "../../mod.ts";
import type { AnyOp } from "../../engine/op.ts";
import { modelFiles } from "./model_files.ts";
import { play, stageOf } from "./stage.ts";

const file = new URL("golden.json", import.meta.url);
const golden = JSON.parse(await Deno.readTextFile(file)) as Record<string, Record<string, string>>;
const files = await modelFiles();
for (const op of ops as readonly AnyOp[]) {
  if (op.volatile || golden[op.name]?.[op.version] !== undefined) continue;
  const { output } = await play(stageOf(op, "played"), "played", files);
  golden[op.name] = { ...golden[op.name], [op.version]: output };
}
await Deno.writeTextFile(file, `${JSON.stringify(golden, null, 2)}\n`);
