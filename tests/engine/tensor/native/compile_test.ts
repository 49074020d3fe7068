import assert from "node:assert/strict";
import {
  compile,
  findCompiler,
  LEVEL_FLAGS,
  PLAIN_FLAGS,
} from "../../../../engine/tensor/native/compile.ts";
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

Deno.test(
  "the flags of a level allow its vectors, and the plain ones none",
  { ignore },
  () =>
    withFolder(async (folder) => {
      const compiler = (await findCompiler(["cc"]))!;
      const [avx2, avx512] = [
        ["__AVX2__", "__FMA__"],
        ["__AVX512F__", "__AVX512BW__", "__AVX512DQ__", "__AVX512VL__", "__FMA__"],
      ];
      const found = async (flags: readonly string[]) => {
        const names = [...new Set([...avx2!, ...avx512!])].sort();
        const is = (name: string) => `#ifdef ${name}\n1\n#else\n0\n#endif\n,\n`;
        const source = `int found[] = {${names.map((name) => `\n${is(name)}`).join("")}};
int at(int i) { return found[i]; }`;
        const sources = { "a.c": source };
        const path = await compile(
          compiler,
          { sources, flags },
          await Deno.makeTempDir({ dir: folder }),
        );
        const library = Deno.dlopen(path, { at: { parameters: ["i32"], result: "i32" } });
        const there = names.filter((_, i) => library.symbols.at(i) === 1);
        library.close();
        return there;
      };
      assert.deepEqual(await found(PLAIN_FLAGS), []);
      assert.deepEqual(await found(LEVEL_FLAGS.avx2), avx2);
      assert.deepEqual(await found(LEVEL_FLAGS.avx512), [...avx512!, "__AVX2__"].sort());
    }),
);

Deno.test("the longest file is compiled first, and all are linked in their order", {
  ignore: Deno.build.os === "windows",
}, () =>
  withFolder(async (folder) => {
    await script(folder, "cc", `echo "$*" >> "$0.log"`);
    await Deno.mkdir(`${folder}/in`);
    const sources = { "a.c": "22", "h.h": "55555", "b.c": "4444", "c.c": "1", "d.c": "333" };
    Object.defineProperty(navigator, "hardwareConcurrency", { value: 1, configurable: true });
    try {
      const compiler = { command: `${folder}/cc`, about: "" };
      const path = await compile(compiler, { sources, flags: ["-x"] }, `${folder}/in`);
      assert.equal(path, `${folder}/in/library`);
    } finally {
      delete (navigator as { hardwareConcurrency?: number }).hardwareConcurrency;
    }
    const told = (await Deno.readTextFile(`${folder}/cc.log`)).trimEnd().split("\n");
    assert.deepEqual(told, [
      ...["b", "d", "a", "c"].map((name) => `-x -c ${name}.c -o ${name}.c.o`),
      "-shared -o library b.c.o d.c.o a.c.o c.c.o",
    ]);
    assert.equal(await Deno.readTextFile(`${folder}/in/h.h`), "55555");
  }));
