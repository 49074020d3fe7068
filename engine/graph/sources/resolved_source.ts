/** What is known of a source once it was looked at. */
import { canonicalBytes, type Digest } from "../../digest.ts";
import type { SourceDigest } from "../key.ts";
import type { Statement } from "./statement.ts";

/** A file of a source: its place in the folder (`""` for a source that is one file), its URL, its digest. */
export interface SourceFile {
  readonly path: string;
  readonly url: string;
  readonly digest: Digest;
}

/** A source, looked at. */
export interface ResolvedSource extends SourceDigest {
  readonly written: string;
  readonly files: readonly SourceFile[];
  /** What stands beside it about it; absent where nothing does. */
  readonly stated?: readonly Statement[];
}

/** The listing of a folder, whose digest is the folder's: the path and digest of every file, in order. */
export function listingBytes(files: readonly Pick<SourceFile, "path" | "digest">[]): Uint8Array {
  return canonicalBytes(files.map(({ path, digest }) => [path, digest]));
}
