/** What a group of an HDF5 file holds: names and the addresses of their objects. */
import type { FileBytes } from "./file_bytes.ts";
import { MESSAGE, type Message, messageOf } from "./objects.ts";

/** No tree of names is deeper: each level has at least twice as many nodes. */
const DEEPEST = 40;

/** The objects of a group by name. Throws a RangeError where it is damaged or of a form that is not known here. */
export function linksOf(file: FileBytes, messages: readonly Message[]): Map<string, number> {
  const links = new Map<string, number>();
  const table = messageOf(messages, MESSAGE.symbolTable);
  if (table !== undefined) {
    const [tree, heap] = [file.u64(table.at), file.u64(table.at + 8)];
    addTree(file, { at: tree, level: DEEPEST }, namesOf(file, heap), links);
  }
  for (const message of messages) {
    if (message.type === MESSAGE.link) addLink(file, message, links);
  }
  const info = messageOf(messages, MESSAGE.linkInfo);
  if (info !== undefined && heapOf(file, info) !== undefined) {
    throw file.wrong("a group in it keeps its names in a heap, which cannot be read");
  }
  return links;
}

/** The address of the heap that holds what is too much for messages. */
function heapOf(file: FileBytes, { at }: Message): number | undefined {
  const indexed = (file.u8(at + 1) & 1) !== 0;
  return file.address(at + (indexed ? 10 : 2));
}

/** Where a local heap keeps its names. */
function namesOf(file: FileBytes, heap: number): { readonly at: number; readonly size: number } {
  file.expect(heap, "HEAP");
  return { size: file.u64(heap + 8), at: file.u64(heap + 24) };
}

type NameHeap = ReturnType<typeof namesOf>;

function nameAt(file: FileBytes, { at, size }: NameHeap, offset: number): string {
  if (offset >= size || at + size > file.bytes.length) throw file.damaged();
  const end = file.bytes.indexOf(0, at + offset);
  if (end < 0 || end > at + size) throw file.damaged();
  return file.text(at + offset, end - at - offset);
}

/** A B-tree of version 1: nodes down to tables of symbols. `level`: it is below this one. */
function addTree(
  file: FileBytes,
  { at, level }: { readonly at: number; readonly level: number },
  names: NameHeap,
  links: Map<string, number>,
): void {
  file.expect(at, "TREE");
  const own = file.u8(at + 5);
  if (file.u8(at + 4) !== 0 || own >= level) throw file.damaged();
  const count = file.u16(at + 6);
  for (let i = 0; i < count; i++) {
    // Two sibling addresses, then a key before each child.
    const child = file.u64(at + 24 + 16 * i + 8);
    if (own > 0) addTree(file, { at: child, level: own }, names, links);
    else addSymbols(file, child, names, links);
  }
}

function addSymbols(
  file: FileBytes,
  at: number,
  names: NameHeap,
  links: Map<string, number>,
): void {
  file.expect(at, "SNOD");
  const count = file.u16(at + 6);
  for (let i = 0; i < count; i++) {
    const entry = at + 8 + 40 * i;
    // A link to a name, not to an object, leads nowhere here.
    if (file.u32(entry + 16) === 2) continue;
    links.set(nameAt(file, names, file.u64(entry)), file.u64(entry + 8));
  }
}

/** A link message: flags say which fields it has. */
function addLink(file: FileBytes, { at }: Message, links: Map<string, number>): void {
  const flags = file.u8(at + 1);
  let next = at + 2;
  const type = flags & 8 ? file.u8(next++) : 0;
  if (flags & 4) next += 8;
  if (flags & 16) next++;
  const width = 1 << (flags & 3);
  const length = file.sized(next, width);
  const name = file.text(next + width, length);
  if (type === 0) links.set(name, file.u64(next + width + length));
}
