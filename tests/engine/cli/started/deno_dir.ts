/** A package cache for a test, which leaves the machine's own as it is. */

/** Makes `folder` a DENO_DIR that has the npm packages of this machine's and nothing else; returns it. */
export async function denoDir(folder: string): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout)) as { npmCache: string };
  await Deno.mkdir(folder);
  await Deno.symlink(npmCache, `${folder}/npm`);
  return folder;
}
