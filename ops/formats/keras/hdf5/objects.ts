/**
 * Objects of an HDF5 file (HDF5 File Format Specification 3.0, section IV): each is a header of messages, of either
 * version, perhaps in several blocks.
 */
import type { FileBytes } from "./file_bytes.ts";

/** Types of messages, as the specification numbers them. */
export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

/** One message of a header. */
export interface Message {
  readonly type: number;
  readonly at: number;
  readonly size: number;
  /** Its content is kept elsewhere, for several objects. */
  readonly shared: boolean;
}

interface MessageBlock {
  readonly at: number;
  readonly end: number;
}

/** No object has more; their number is a field of 16 bits. */
const MOST_MESSAGES = 0xffff;

/** The address of the root group, from the superblock at the file's beginning. */
export function rootAddress(file: FileBytes): number {
  file.expect(1, "HDF\r\n\x1a\n");
  const version = file.u8(8);
  if (version > 3) throw file.wrong(`its HDF5 superblock is of version ${version}, 3 is known`);
  const early = version < 2;
  const [offsets, lengths] = early ? [file.u8(13), file.u8(14)] : [file.u8(9), file.u8(10)];
  if (offsets !== 8 || lengths !== 8) throw file.damaged();
  const sizes = version === 1 ? 28 : 24;
  const base = file.address(early ? sizes : 12);
  if (base !== 0) throw file.damaged();
  // Early ones end in the root's entry of a symbol table: the offset of its name, its address.
  return file.u64(early ? sizes + 32 + 8 : 36);
}

/** The messages of the object at an address. */
export function messagesAt(file: FileBytes, address: number): readonly Message[] {
  return file.u8(address) === 1 ? early(file, address) : late(file, address);
}

/** The one message of a type; undefined where the object has none. */
export function messageOf(messages: readonly Message[], type: number): Message | undefined {
  return messages.find((message) => message.type === type);
}

function early(file: FileBytes, address: number): readonly Message[] {
  const start = address + 16;
  const first = { at: start, end: start + file.u32(address + 8) };
  return gathered(file, first, (at) => ({
    type: file.u16(at),
    size: file.u16(at + 2),
    flags: file.u8(at + 4),
    head: 8,
  }));
}

function late(file: FileBytes, address: number): readonly Message[] {
  file.expect(address, "OHDR");
  const flags = file.u8(address + 5);
  const times = flags & 0x20 ? 16 : 0;
  const counts = flags & 0x10 ? 4 : 0;
  const width = 1 << (flags & 3);
  const at = address + 6 + times + counts;
  const start = at + width;
  const head = flags & 0x04 ? 6 : 4;
  return gathered(file, { at: start, end: start + file.sized(at, width) }, (at) => ({
    type: file.u8(at),
    size: file.u16(at + 1),
    flags: file.u8(at + 3),
    head,
  }));
}

interface Head {
  readonly type: number;
  readonly size: number;
  readonly flags: number;
  /** How many bytes stand before the content. */
  readonly head: number;
}

/** The messages of a block and of those that it continues in, none of them read twice. */
function gathered(file: FileBytes, first: MessageBlock, headAt: (at: number) => Head): Message[] {
  const messages: Message[] = [];
  const blocks = [first];
  for (const { at: start, end } of blocks) {
    if (end > file.bytes.length) throw file.damaged();
    // What is too short for a message is a gap.
    for (let at = start; at + 4 <= end;) {
      const { type, size, flags, head } = headAt(at);
      const message = { type, size, at: at + head, shared: (flags & 2) !== 0 };
      at += head + size;
      if (at > end || messages.length === MOST_MESSAGES) throw file.damaged();
      messages.push(message);
      if (type === MESSAGE.continuation) blocks.push(continued(file, message, blocks));
    }
  }
  return messages;
}

function continued(
  file: FileBytes,
  { at }: Message,
  blocks: readonly MessageBlock[],
): MessageBlock {
  const [start, length] = [file.u64(at), file.u64(at + 8)];
  // Blocks of the later version begin with a signature and end in a checksum.
  const late = file.text(start, Math.min(4, length)) === "OCHK";
  const block = late
    ? { at: start + 4, end: start + length - 4 }
    : { at: start, end: start + length };
  if (blocks.some((other) => other.at === block.at)) throw file.damaged();
  return block;
}
