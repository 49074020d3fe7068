import assert from "node:assert/strict";
import { compile, findCompiler, PLAIN_FLAGS } from "../../../../engine/tensor/native/compile.ts";
import { ignore } from "./compiled.ts";

async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const script = (folder: string, name: string, lines: string): Promise<void> =>
  Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\n${lines}\n`, { mode: 0o700 });

Deno.test("the first compiler that is there and works is taken, by what it says of itself", {
  ignore: Deno.build.os === "windows",
}, () =>
  withFolder(async (folder) => {
    const [absent, broken, first, second] = ["absent", "broken", "first", "second"]
      .map((name) => `${folder}/${name}`) as [string, string, string, string];
    await script(folder, "broken", "echo ill >&2; exit 1");
    await script(folder, "first", `[ "$*" = -v ] && echo one 1.2 >&2`);
    await script(folder, "second", "echo two >&2");
    assert.deepEqual(await findCompiler([absent, broken, first, second]), {
      command: first,
      about: "one 1.2\n",
    });
    assert.equal(await findCompiler([absent, broken]), undefined);
    assert.equal(await findCompiler([]), undefined);
  }));

Deno.test("files are compiled apart and linked, with the flags; headers lie beside them", {
  ignore,
}, () =>
  withFolder(async (folder) => {
    const compiler = (await findCompiler(["cc"]))!;
    const sources = {
      "a.h": "int b(void);",
      "a.c": '#include "a.h"\nint a(void) { return b() + 1; }',
      "b.c": '#include "a.h"\nint b(void) { return THREE; }',
    };
    const path = await compile(compiler, { sources, flags: [...PLAIN_FLAGS, "-DTHREE=3"] }, folder);
    const library = Deno.dlopen(path, { a: { parameters: [], result: "i32" } });
    assert.equal(library.symbols.a(), 4);
    library.close();
  }));

Deno.test("what a compiler complains of first is told", {
  ignore: Deno.build.os === "windows",
}, () =>
  withFolder(async (folder) => {
    const command = `${folder}/cc`;
    const complaint = async (lines: string) => {
      await script(folder, "cc", lines);
      const parts = { sources: { "a.c": "" }, flags: [] };
      return await compile({ command, about: "" }, parts, folder).catch(({ message }) => message);
    };
    const errors = `printf 'a.c: In f:\\na.c:3:7: error: bad\\nb.c:1:1: error: worse\\n' >&2`;
    assert.equal(await complaint(`${errors}; exit 1`), `\`${command}\` fails: a.c:3:7: error: bad`);
    assert.equal(await complaint("echo killed >&2; exit 1"), `\`${command}\` fails: killed`);
    assert.equal(await complaint("exit 1"), `\`${command}\` fails: without a word`);
    // It links badly.
    const links = `case "$*" in *-shared*) echo 'ld: error: no' >&2; exit 1;; esac`;
    assert.equal(await complaint(links), `\`${command}\` fails: ld: error: no`);
  }));

Deno.test(
  "a compiler is given two minutes",
  { ignore: Deno.build.os === "windows" },
  () =>
    withFolder(async (folder) => {
      await script(folder, "cc", "exec sleep 600");
      const { timeout } = AbortSignal;
      const asked: number[] = [];
      try {
        AbortSignal.timeout = (time) => {
          asked.push(time);
          return AbortSignal.abort();
        };
        assert.equal(await findCompiler([`${folder}/cc`]), undefined);
      } finally {
        AbortSignal.timeout = timeout;
      }
      assert.deepEqual(asked, [120_000]);
    }),
);
