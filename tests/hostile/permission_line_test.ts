/** What `plan` prints is pasted into a shell: names that a recipe chose must neither run nor grant anything. */
import assert from "node:assert/strict";
import { isSource } from "../../engine/recipe/parse/sources.ts";
import { decant } from "../faults/small_cache.ts";

const NAMES = [
  "$(touch PWNED).csv",
  "`touch PWNED`.csv",
  "a;touch PWNED;.csv",
  "a>PWNED.csv",
  "a b.csv",
  "a'b.csv",
  'a"b.csv',
  "a&touch PWNED&.csv",
  "a|touch PWNED.csv",
  "-A",
];

async function planned(name: string) {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/${name}`;
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, "a,b,c\n1,2,x\n2,3,y\n3,4,x\n4,5,y\n5,6,x\n6,7,y\n7,8,x\n8,9,y\n");
  await Deno.writeTextFile(
    `${folder}/r.yaml`,
    `decant: 1\nname: r\ndata: { from: ${JSON.stringify(`./${name}`)}, format: csv }\n` +
      "model: { use: mlp, hidden: [4], train: { epochs: 1 } }\n",
  );
  const words = ["plan", `${folder}/r.yaml`, "--cache", `${folder}/cache`];
  const text = await decant(words);
  const json = await decant([...words, "--json"]);
  return {
    folder,
    text,
    json,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

for (const name of NAMES) {
  Deno.test(`the flags for a file called ${JSON.stringify(name)} are pasted safely`, async () => {
    await using place = await planned(name);
    const { folder, text, json } = place;
    assert.equal(text.code, 0, text.err);
    const line = /^needs (.*)$/m.exec(text.out)![1]!;
    const { flags } = JSON.parse(json.out) as { flags: string[] };
    assert.equal(flags.join(" "), line);
    const script = `for word in ${line}; do printf '%s\\n' "$word"; done`;
    const shell = new Deno.Command("sh", { args: ["-c", script], cwd: folder });
    const pasted = new TextDecoder().decode((await shell.output()).stdout).split("\n");
    const read = pasted.find((word) => word.startsWith("--allow-read="))!;
    assert.ok(read.split(",").includes(`${folder}/${name}`), read);
    await assert.rejects(Deno.stat(`${folder}/PWNED`), Deno.errors.NotFound);
  });
}

Deno.test("a comma in a name grants nothing: no flags are printed, and why", async () => {
  await using place = await planned("x,/y.csv");
  const { text, json } = place;
  assert.equal(text.code, 0, text.err);
  assert.doesNotMatch(text.out, /--allow-read/);
  assert.match(text.out, /no flags can be printed: Deno would read the comma in ".*x,\/y\.csv" as/);
  const document = JSON.parse(json.out) as { flags: string[]; noFlags: string };
  assert.deepEqual(document.flags, []);
  assert.match(document.noFlags, /comma/);
});

Deno.test("a character that is not shown grants nothing: no flags are printed", async () => {
  await using place = await planned("a\u202eb.csv");
  assert.match(place.text.out, /no flags can be printed: ".*\\u202e/);
  assert.doesNotMatch(place.text.out, /--allow-read/);
});

Deno.test("a host is a name or an address: no wildcard and no word of a shell is a source", () => {
  for (
    const host of ["*.com", "*", "$(id)", "a;b.example", "a b.example", "a'b.example", "%2a.com"]
  ) {
    assert.equal(isSource(`https://${host}/d.csv`), false, host);
  }
  for (
    const host of [
      "example.org",
      "a-b.example.org:8443",
      "[2001:db8::1]",
      "früh.example",
      "例え.jp",
    ]
  ) {
    assert.equal(isSource(`https://${host}/d.csv`), true, host);
  }
});
