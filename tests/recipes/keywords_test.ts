import assert from "node:assert/strict";
import { decodeWave } from "../../ops/data/audio/decode_wave.ts";
import keywords, { writeRecordings } from "../../recipes/keywords.ts";

const MODULE = new URL("../../recipes/keywords.ts", import.meta.url).pathname;

Deno.test("keywords are spotted in WAV files as the recipe expects, from anywhere", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", MODULE],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const said = new TextDecoder().decode(stderr);
    assert.equal(code, 0, said);
    const report = JSON.parse(await Deno.readTextFile(`${folder}/out/keywords/report.json`));
    assert.equal(report.recipe, keywords.name);
    assert.equal(report.expect.length, 3);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a take is a second of sound, another one for each word and number, the same each time", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeRecordings(`${folder}/one`, 2);
    await writeRecordings(`${folder}/two`, 2);
    const seen = new Set<string>();
    for (const word of ["eye", "how", "noise", "oy", "we", "yeah", "you"]) {
      for (const take of ["000", "001"]) {
        const [one, two] = await Promise.all(
          ["one", "two"].map((each) => Deno.readFile(`${folder}/${each}/${word}/${take}.wav`)),
        );
        assert.deepEqual(one, two);
        const { rate, samples } = decodeWave(one!, 1e9);
        assert.deepEqual([rate, samples.length], [8000, 8000]);
        const loudest = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        assert.ok(word === "noise" ? loudest < 0.15 : loudest > 0.6 && loudest < 0.9, `${loudest}`);
        seen.add(String(samples.subarray(0, 4000)));
      }
    }
    assert.equal(seen.size, 14);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
