/** A registry of this machine with one package, `data@1.0.0`. */
import { createHash } from "node:crypto";
import { REGISTRY_VARIABLE } from "../../../engine/permission.ts";
import { gzipped, tarBytes } from "../graph/tar_bytes.ts";
import { setVariable } from "../../variable.ts";

/** Runs a body while the registry is there; the package holds these files. */
export async function withPackage(
  files: Readonly<Record<string, string | Uint8Array>>,
  body: () => Promise<void>,
): Promise<void> {
  const inside = Object.entries(files).map(([path, text]) => [`package/${path}`, text]);
  const archive = await gzipped(await tarBytes(Object.fromEntries(inside)));
  const integrity = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, ({ url }) => {
    const { pathname } = new URL(url);
    if (pathname === "/a.tgz") return new Response(new Uint8Array(archive));
    return pathname === "/data/1.0.0"
      ? Response.json({ dist: { tarball: "/a.tgz", integrity } })
      : new Response("no", { status: 404 });
  });
  const unset = setVariable(
    REGISTRY_VARIABLE,
    `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}/`,
  );
  try {
    await body();
  } finally {
    unset();
    await server.shutdown();
  }
}
