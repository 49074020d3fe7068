/**
 * What travels between steps. A kind gives a value its canonical byte form: one manifest (JSON) and
 * the blobs it names by digest. The digest of the manifest's canonical bytes names the value, so two
 * values that share a large tensor share its blob.
 */
import type { RunContext, StoredBytes } from "./run_context.ts";
import type { Digest, Json } from "./digest.ts";
import type { Facts } from "./facts.ts";

/** A value's canonical byte form. */
export interface Encoded {
  /** Names every blob by digest; its own canonical bytes name the value. */
  readonly manifest: Json;
  /** Every blob the manifest names that is held, by digest. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
  /** Those of them that lie in files already; absent for kinds that leave none there. */
  readonly stored?: readonly StoredBytes[];
  /** Digests of the parts that a step may read alone (of a dataset); empty for other kinds. */
  readonly parts: Readonly<Record<string, Digest>>;
}

/** What a blob is on its way into a store. */
export type BlobContent = Uint8Array | StoredBytes;

/** Reads a blob; every byte it returns has been verified against the digest. */
export interface BlobReader {
  (digest: Digest): Promise<Uint8Array>;
  /** A blob of so many bytes as a file; undefined where they are few enough to be held. Absent: all are read. */
  readonly stored?: (digest: Digest, bytes: number) => Promise<StoredBytes | undefined>;
}

/** A folder of files: relative path (forward slashes, no `..`) → bytes. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** Pictures of samples, one below the other. */
export interface Pictures {
  /** Of one picture, pixels. */
  readonly width: number;
  readonly height: number;
  /** Gray, or red, green, blue. */
  readonly channels: 1 | 3;
  /** 0…255, row by row. */
  readonly pixels: Uint8Array;
}

/** Samples: their numbers one after another, or in arrays of arrays. */
export type Batch = Float32Array | Uint8Array | Int32Array | readonly (number | Batch)[];

/** A type of value that steps exchange. */
export interface Kind<T = unknown> {
  /** As recipes and messages call it. */
  readonly name: string;
  /** Canonical: equal values give equal bytes. Throws a RangeError on NaN or infinities. */
  encode(value: T): Encoded;
  /** The value of a manifest; `parts` limits what is read (absent: everything). */
  decode(manifest: Json, read: BlobReader, parts?: readonly string[]): Promise<T>;
  /**
   * Checks that what earlier steps established in `before` still holds in `after`, a later form of the
   * same thing. Returns the sentence that says what broke, or undefined.
   */
  holds?(before: T, after: T): string | undefined;
  /** What the manifest alone says of a value that was made from a source: what `compile` could not know before. */
  facts?(manifest: Json): Facts;
  /**
   * What a value answers to a batch of samples, one row each, where values of this kind can be asked. The samples are
   * raw, as the data had them: one after another, or nested arrays. Throws a RangeError where they do not fit.
   */
  predict?(
    value: T,
    batch: Batch,
    options: Pick<RunContext, "threads" | "kernels">,
  ): Promise<Float32Array[]>;
  /** What the manifest alone says of a value to a person, besides its facts: names and words, in order. */
  describe?(manifest: Json): Readonly<Record<string, string>>;
  /** Pictures of some samples of a part, by number; undefined where samples are no pictures. */
  pictures?(
    manifest: Json,
    read: BlobReader,
    part: string,
    samples: readonly number[],
  ): Promise<Pictures | undefined>;
}

/** An artifact: one value of a kind, by the digest of its manifest. */
export interface Artifact {
  /** Of the manifest. */
  readonly digest: Digest;
  /** The kind's name. */
  readonly kind: string;
  /** Size of manifest and blobs together. */
  readonly bytes: number;
  /** Parts that may be read alone; empty for most kinds. */
  readonly parts: Readonly<Record<string, Digest>>;
}
