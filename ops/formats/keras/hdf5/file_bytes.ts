/** Bytes of a file of numbers and addresses, read within bounds. */

/** What is read in all, as a multiple of the file: every weight once, and what says where it is. */
const READ = { times: 2, least: 1 << 16 } as const;

/** An address that stands for none. */
const NOWHERE = 0xffffffffffffffffn;

/**
 * A file whose every read is checked. Each throws a RangeError where it would leave the file; so does one more read where
 * all of them together are more than the file can need, because addresses can lead in circles, or many of them to the
 * same bytes.
 */
export class FileBytes {
  readonly #view: DataView<ArrayBufferLike>;
  #left: number;

  constructor(readonly bytes: Uint8Array, readonly name: string) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#left = READ.times * bytes.length + READ.least;
  }

  /** The error of a file that is not as it should be. */
  damaged(): RangeError {
    return this.wrong("it is damaged or cut off; get the file again");
  }

  /** An error about this file. */
  wrong(why: string): RangeError {
    return new RangeError(`Cannot read "${this.name}": ${why}`);
  }

  /** Unsigned integers, little-endian. */
  u8(at: number): number {
    return this.#view.getUint8(this.#place(at, 1));
  }

  u16(at: number): number {
    return this.#view.getUint16(this.#place(at, 2), true);
  }

  u32(at: number): number {
    return this.#view.getUint32(this.#place(at, 4), true);
  }

  /** Of 64 bits; what a double cannot hold is no size or address of a file. */
  u64(at: number): number {
    const value = this.#view.getBigUint64(this.#place(at, 8), true);
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    throw this.damaged();
  }

  /** An address; undefined where it stands for none. */
  address(at: number): number | undefined {
    return this.#view.getBigUint64(this.#place(at, 8), true) === NOWHERE ? undefined : this.u64(at);
  }

  /** An unsigned integer of 1, 2, 4 or 8 bytes. */
  sized(at: number, size: number): number {
    switch (size) {
      case 1:
        return this.u8(at);
      case 2:
        return this.u16(at);
      case 4:
        return this.u32(at);
      default:
        return this.u64(at);
    }
  }

  /** Throws where these characters do not stand there. */
  expect(at: number, signature: string): void {
    if (this.text(at, signature.length) !== signature) throw this.damaged();
  }

  /** Bytes as they lie. */
  slice(at: number, length: number): Uint8Array {
    const place = this.#place(at, length);
    return this.bytes.subarray(place, place + length);
  }

  /** Characters up to the first 0. */
  text(at: number, length: number): string {
    const bytes = this.slice(at, length);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  #place(at: number, length: number): number {
    this.#left -= length;
    if (this.#left >= 0 && at >= 0 && at + length <= this.bytes.length) return at;
    throw this.damaged();
  }
}
