/** The `files` kind: a folder of files, as an export writes it. */
import { canonicalBytes, type Digest, digestOf, type Json } from "./digest.ts";
import type { Files, Kind } from "./kind.ts";

/** A file of an artifact, by what is in it. */
export interface FileRow {
  /** Relative, with forward slashes. */
  readonly path: string;
  /** Of its bytes. */
  readonly digest: string;
  /** How many. */
  readonly bytes: number;
}

/** The digest of the `files` artifact that holds these files: it determines every path and every byte. */
export function filesDigest(rows: readonly FileRow[]): Digest {
  const sorted = rows.toSorted((a, b) => a.path < b.path ? -1 : 1);
  const files = sorted.map(({ path, digest, bytes }) => ({ path, digest, bytes }));
  return digestOf(canonicalBytes({ files }));
}

/** Each file is a blob; the manifest lists paths in order. */
export const filesKind: Kind<Files> = {
  name: "files",
  encode(files) {
    const blobs = new Map<Digest, Uint8Array>();
    const rows: Json[] = Object.keys(files).sort().map((path) => {
      const bytes = files[path]!;
      const digest = digestOf(bytes);
      blobs.set(digest, bytes);
      return { path, digest, bytes: bytes.byteLength };
    });
    return { manifest: { files: rows }, blobs, parts: {} };
  },
  async decode(manifest, read) {
    const { files } = manifest as unknown as { files: { path: string; digest: Digest }[] };
    const result: Record<string, Uint8Array> = {};
    for (const { path, digest } of files) result[path] = await read(digest);
    return result;
  },
};

/**
 * The folder in which the files of a step go: `tfjs` for `export-tfjs`; in a sweep inside one of its point,
 * `ratio=0.3/tfjs` for `export-tfjs[ratio=0.3]`.
 */
export function exportFolder(step: string): string {
  const [, format = step, point] = /^(?:export-)?([^[]*)(?:\[(.*)\])?$/.exec(step) ?? [];
  return point === undefined ? format : `${point.replace(/[/\\]/g, "_")}/${format}`;
}
