/** Archives for tests: Debian's `tar` packs them, so that the reader is not tested against itself. */

/** An archive of files by path, in the given format of GNU tar. */
export async function tarBytes(
  files: Readonly<Record<string, string | Uint8Array>>,
  format: "ustar" | "pax" | "gnu" = "pax",
): Promise<Uint8Array> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, content] of Object.entries(files)) {
      await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(`${folder}/${path}`, bytes);
    }
    const top = [...new Set(Object.keys(files).map((path) => path.split("/")[0]!))];
    const { code, stdout, stderr } = await new Deno.Command("tar", {
      args: ["-cf", "-", `--format=${format}`, "-C", folder, ...top],
    }).output();
    if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
    return stdout;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Gzipped. */
export async function gzipped(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(bytes)]).stream();
  const packed = stream.pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
