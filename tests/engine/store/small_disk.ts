/** A small file system of its own, for tests of a disk that is really full. */

async function command(name: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(name, { args, stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

/** A file system of that size, mounted; undefined where this process may not mount any. */
export async function disk(size: string) {
  const root = await Deno.makeTempDir();
  const mounted = Deno.build.os === "linux" &&
    await command("mount", "-t", "tmpfs", "-o", `size=${size}`, "decant-test", root);
  if (!mounted) {
    await Deno.remove(root);
    // deno-lint-ignore no-console -- a skipped test says so
    console.log("skipped: no file system may be mounted here");
    return undefined;
  }
  return {
    root,
    remount: (options: string) => command("mount", "-o", `remount,${options}`, root),
    async [Symbol.asyncDispose]() {
      await command("umount", "--lazy", root);
      await Deno.remove(root);
    },
  };
}
