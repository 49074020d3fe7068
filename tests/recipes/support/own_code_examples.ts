/** The examples of the page of code of one's own, as files. */

const PAGE = new URL("../../../recipes/own_code.md", import.meta.url);

/** The text of each example by the name of its file. */
export async function ownCodeExamples(): Promise<ReadonlyMap<string, string>> {
  const page = await Deno.readTextFile(PAGE);
  return new Map(
    [...page.matchAll(/```ts (\S+)\n([^]*?)```/g)].map(([, name, text]) => [name!, text!]),
  );
}
