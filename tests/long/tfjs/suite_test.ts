import assert from "node:assert/strict";
import { findKernels } from "../../../engine/tensor/native/find.ts";
import { EXCEPTIONS } from "./exceptions.ts";
import { runSuite } from "./run_suite.ts";

const { use } = await findKernels("auto");
const levels = { avx512: ["avx512", "avx2"], avx2: ["avx2"], wasm: [] } as const;

for (const choice of ["wasm", ...levels[use]] as const) {
  Deno.test(
    `tfjs-core's own suite passes on ${choice} kernels, but for exceptions with a reason`,
    async (t) => {
      const { library } = await findKernels(choice);
      const { results, kernels } = await runSuite(library);
      const failed = results.filter(({ status }) => status === "failed");
      const excused = (name: string) => EXCEPTIONS.some((known) => name.startsWith(known.name));

      await t.step("at least 4,185 specs pass", () => {
        const passed = results.filter(({ status }) => status === "passed").length;
        assert.ok(passed >= 4185, `${passed} of ${results.length} specs passed`);
      });
      await t.step("every failure is a known exception", () => {
        const unknown = failed.filter(({ fullName }) => !excused(fullName))
          .map(({ fullName, failedExpectations }) =>
            `${fullName}: ${failedExpectations[0]?.message}`
          );
        assert.deepEqual(unknown, []);
      });
      await t.step("no exception is out of date", () => {
        const idle = EXCEPTIONS.filter(({ name }) =>
          !failed.some(({ fullName }) => fullName.startsWith(name))
        );
        assert.deepEqual(idle, []);
      });
      await t.step({
        name: "specs ran on native kernels",
        ignore: library === undefined,
        fn() {
          const native = library!.names.filter((name) => kernels.includes(name));
          assert.ok(native.length >= 10, `only ${native} ran`);
        },
      });
    },
  );
}
