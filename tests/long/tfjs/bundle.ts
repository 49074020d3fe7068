/**
 * tfjs-core's own test suite as one module, with the copies of tfjs-core, its CPU backend and jasmine that it runs
 * on. The packages hold modules that Node's rules call CommonJS, so they are bundled rather than imported.
 */

/** What the bundle exports. */
export interface Suite {
  // deno-lint-ignore no-explicit-any -- the modules' own types belong to other copies of them
  readonly tf: any;
  // deno-lint-ignore no-explicit-any -- likewise
  readonly cpu: any;
  // deno-lint-ignore no-explicit-any -- likewise
  readonly jasmineRequire: any;
  setTestEnvs(environments: { name: string; backendName: string; isDataSync: boolean }[]): void;
  /** Defines the specs; wants jasmine's `describe`, `it` … as globals. */
  loadSpecs(): Promise<unknown>;
}

const DEPENDENCIES = {
  "@tensorflow/tfjs-core": "4.22.0",
  "@tensorflow/tfjs-backend-cpu": "4.22.0",
  "jasmine-core": "4.6.1",
  esbuild: "0.25.12",
};

const ENTRY = `
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
export * as tf from "@tensorflow/tfjs-core";
export * as cpu from "@tensorflow/tfjs-backend-cpu";
export { setTestEnvs } from "@tensorflow/tfjs-core/dist/jasmine_util";
export { default as jasmineRequire } from "jasmine-core/lib/jasmine-core/jasmine.js";
export const loadSpecs = () => import("@tensorflow/tfjs-core/dist/tests");
`;

const REQUIRE =
  `import { createRequire } from "node:module"; const require = createRequire("file:///");`;

/** Installs the packages into a temporary folder, bundles and imports them. */
export async function loadSuite(): Promise<Suite> {
  const folder = await Deno.makeTempDir({ prefix: "tfjs-suite-" });
  try {
    const write = (name: string, text: string) => Deno.writeTextFile(`${folder}/${name}`, text);
    await write("package.json", JSON.stringify({ dependencies: DEPENDENCIES }));
    await write("deno.json", JSON.stringify({ nodeModulesDir: "auto" }));
    await write("entry.js", ENTRY);
    await run(folder, "install", "--quiet");
    await run(
      ...[folder, "run", "-A", "npm:esbuild", "entry.js", "--bundle", "--format=esm"],
      // tfjs calls itself free of side effects, which registering kernels and specs is not.
      ...["--platform=node", "--main-fields=module,main", "--ignore-annotations"],
      ...["--outfile=suite.mjs", "--log-level=error", `--banner:js=${REQUIRE}`],
    );
    return await import(`file://${folder}/suite.mjs`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(cwd: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    ...{ args, cwd, stdout: "null", stderr: "piped" },
  }).output();
  if (!success) throw new Error(`deno ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}
