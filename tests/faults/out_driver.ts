/**
 * A process that writes small exports into a folder and may be killed: `deno run out_driver.ts ROOT VERSIONS [POINT NTH]`
 * with a letter for each write, one after another; `…` behind them writes them over and over.
 */
import type { SwapPoint } from "../../engine/library/out/swap.ts";
import { type Exported, writeOut } from "../../engine/library/write_out.ts";

/** Shards of a version: `a` has more than `b`, and an export that no other has. */
const SHARDS = 5;

/** How large a shard is. */
const BYTES = 64_000;

/** What a version exports. Every byte tells which version it is of. */
export function exportsOf(version: string): Exported[] {
  const bytes = (count: number) => new Uint8Array(count).fill(version.charCodeAt(0));
  const count = version === "a" ? SHARDS : SHARDS - 1;
  const shards = Array.from(
    { length: count },
    (_, i) => [`group1-shard${i + 1}of${count}.bin`, bytes(BYTES)] as const,
  );
  const tfjs = { "model.json": bytes(9), ...Object.fromEntries(shards) };
  const packed = {
    step: "export-packed[x=1]",
    folder: "x=1/packed",
    files: { "it.bin": bytes(7) },
  };
  return [
    { step: "export-tfjs", folder: "tfjs", files: tfjs },
    ...(version === "a" ? [packed] : []),
  ];
}

/** Writes a version. */
export async function writeVersion(
  root: string,
  version: string,
  options: Partial<Parameters<typeof writeOut>[3]> = {},
): Promise<void> {
  await writeOut(
    root,
    exportsOf(version),
    (exports) =>
      Promise.resolve({
        "report.html": version,
        "report.json": JSON.stringify({ format: 1, version, exports }),
        "recipe.lock.json": version,
      }),
    { whole: true, ...options },
  );
}

if (import.meta.main) {
  const [root = "", versions = "", point, nth] = Deno.args;
  const letters = [...versions.replace("…", "")];
  let passed = 0;
  const at = (reached: SwapPoint): void => {
    if (reached === point && ++passed === Number(nth)) Deno.kill(Deno.pid, "SIGKILL");
  };
  do {
    for (const version of letters) {
      await writeVersion(root, version, { at });
      await Deno.stdout.write(new TextEncoder().encode(version));
    }
  } while (versions.endsWith("…"));
}
