/** Libraries that tests compile by themselves. */
import assert from "node:assert/strict";
import type { NativeLibrary } from "../../../../engine/run_context.ts";

const found = await new Deno.Command("cc", { args: ["--version"], stdout: "null" }).output()
  .then(({ success }) => success, () => false);

/** Tests that compile are left out where no compiler is, or it would make no AVX2. */
export const ignore = !found || Deno.build.arch !== "x86_64" || Deno.build.os === "windows";

const lanes = new URL("../../../../engine/tensor/native/c/lanes.h", import.meta.url).pathname;

/** A library of kernels written in C, `name` its file in the folder. */
export async function compiled(
  folder: string,
  name: string,
  kernels: string,
): Promise<NativeLibrary> {
  const path = `${folder}/${name}.so`;
  const source = `${folder}/${name}.c`;
  await Deno.writeTextFile(source, `#include "${lanes}"\n${kernels}`);
  const args = ["-O1", "-mavx2", "-mfma", "-shared", "-fPIC", "-o", path, source];
  const { success } = await new Deno.Command("cc", { args }).output();
  assert.ok(success);
  const names = [...kernels.matchAll(/^KERNEL\((\w+)\)/gm)].map((match) => match[1]!);
  return { level: "avx2", path, names };
}
