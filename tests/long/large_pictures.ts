/** Pictures that a test makes, and a training on them in a process of its own. */
import { encodePng } from "../../engine/deps/fast_png.ts";

/** Pixels of a side, three channels. */
export const SIDE = 256;

/** Different contents of files: as many are encoded, and written under as many names as are asked for. */
const CONTENTS = 64;

/** Writes so many PNG files of 256×256 pixels in two classes; every one is read and decoded by itself. */
export async function writePictures(folder: string, count: number): Promise<void> {
  const contents = Array.from({ length: CONTENTS }, (_, i) => {
    const data = Uint8Array.from(
      { length: 3 * SIDE * SIDE },
      (_, at) => ((at >> 4) * (i + 1) + 40 * (i % 2)) % 256,
    );
    return encodePng({ width: SIDE, height: SIDE, channels: 3, data });
  });
  for (const name of ["even", "odd"]) {
    await Deno.mkdir(`${folder}/photos/${name}`, { recursive: true });
  }
  for (let i = 0; i < count; i++) {
    const name = i % 2 === 0 ? "even" : "odd";
    await Deno.writeFile(`${folder}/photos/${name}/${i}.png`, contents[i % CONTENTS]!);
  }
}

/** What a training in a process of its own came to. */
export interface Trained {
  readonly ok: boolean;
  readonly problems: readonly unknown[];
  /** The most resident memory that the process had, bytes. */
  readonly peak: number;
}

/** Trains an epoch on the pictures of a folder within a budget of so many bytes. */
export async function trainApart(folder: string, memory: number): Promise<Trained> {
  const code = `
    import { recipe } from ${JSON.stringify(new URL("../../mod.ts", import.meta.url).href)};
    const folder = ${JSON.stringify(folder)};
    const run = await recipe({ url: "file://" + folder + "/recipe.ts" }, {
      decant: 1,
      name: "large",
      data: { from: "./photos", split: { validation: 0.05, test: 0.05 } },
      model: { use: "mlp", hidden: [4], train: { epochs: 1 } },
      evaluate: { metrics: ["accuracy"] },
    }).run({ cache: folder + "/cache", memory: ${memory} });
    const [, peak] = /VmHWM:\\s+(\\d+) kB/.exec(await Deno.readTextFile("/proc/self/status"));
    const { ok, problems } = run;
    console.log(JSON.stringify({ ok, problems, peak: 1024 * Number(peak) }));
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", `data:application/typescript,${encodeURIComponent(code)}`],
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout).trim().split("\n").at(-1)!;
  try {
    return JSON.parse(said);
  } catch {
    throw new Error(new TextDecoder().decode(stderr));
  }
}
