/** Damage of zip archives: what lies in them, what is there twice or not at all, and what their directory says. */
import { unzipSync } from "../../../engine/deps/fflate.ts";
import { zipSync } from "../../deps.ts";
import { oneOf, type Way } from "../damage.ts";

const LARGEST = 1 << 23;

type Members = Record<string, Uint8Array>;

/** The members of an archive; none where it is none any more. */
function membersOf(bytes: Uint8Array): Members {
  try {
    // What says that it is larger is not unpacked: it may be a lie of a damage before.
    return unzipSync(bytes, { filter: ({ originalSize }) => originalSize < LARGEST });
  } catch {
    return {};
  }
}

/** An archive in which a member is damaged in a way of its own, by the ending of its name. */
export const member = (ways: Readonly<Record<string, readonly Way[]>>): Way => (bytes, draw) => {
  const members = membersOf(bytes);
  const names = Object.keys(members).filter((name) => ways[endingOf(name)] !== undefined);
  if (names.length === 0) return bytes;
  const name = oneOf(names, draw);
  const damaged = oneOf(ways[endingOf(name)]!, draw)(members[name]!, draw);
  return zipSync({ ...members, [name]: damaged }, { level: draw(2) === 0 ? 0 : 6 });
};

const endingOf = (name: string): string => name.replace(/^.*\./, "");

/** Members missing, named otherwise, exchanged, or beside one of zeros without end. */
export const members: Way = (bytes, draw) => {
  const found = membersOf(bytes);
  const names = Object.keys(found);
  if (names.length === 0) return bytes;
  const [name, other] = [oneOf(names, draw), oneOf(names, draw)];
  const kind = draw(5);
  if (kind === 0) return zipSync(without(found, name));
  if (kind === 1) return zipSync({ ...found, [name]: found[other]!, [other]: found[name]! });
  if (kind === 2) return zipSync({ ...found, [name]: zipSync(found) });
  if (kind === 3) {
    const odd = oneOf(["../up", "/etc/passwd", "\u001b[2J", "x".repeat(300), "__proto__"], draw);
    return zipSync({ ...without(found, name), [odd]: found[name]! });
  }
  return zipSync({ ...found, [name]: new Uint8Array(1 << oneOf([16, 20, 22], draw)) });
};

const without = (found: Members, name: string): Members =>
  Object.fromEntries(Object.entries(found).filter(([each]) => each !== name));

/** The parts of an archive by their signature, and where in them numbers stand: two bytes or four. */
const PARTS:
  readonly (readonly [signature: number, fields: readonly (readonly [number, 2 | 4])[]])[] = [
    [0x04034b50, [[6, 2], [8, 2], [18, 4], [22, 4], [26, 2], [28, 2]]],
    [0x02014b50, [[8, 2], [10, 2], [20, 4], [24, 4], [28, 2], [30, 2], [32, 2], [42, 4]]],
    [0x06054b50, [[8, 2], [10, 2], [12, 4], [16, 4], [20, 2]]],
  ];

/** A number in the directory or before a member: a place, a size, a method, a length of a name. */
export const directory: Way = (bytes, draw) => {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const places: (readonly [at: number, width: 2 | 4])[] = [];
  for (let at = 0; at + 22 <= copy.length; at++) {
    const part = PARTS.find(([signature]) => view.getUint32(at, true) === signature);
    for (const [offset, width] of part?.[1] ?? []) {
      if (at + offset + width <= copy.length) places.push([at + offset, width]);
    }
  }
  if (places.length === 0) return copy;
  const [at, width] = oneOf(places, draw);
  const [from, other] = oneOf(places, draw);
  const numbers = [0, 1, 8, 9, 0xffff, 0x7fffffff, 0xffffffff, copy.length, copy.length - 1]
    .concat(other === 4 ? view.getUint32(from, true) : view.getUint16(from, true));
  if (width === 4) view.setUint32(at, oneOf(numbers, draw), true);
  else view.setUint16(at, oneOf(numbers, draw) & 0xffff, true);
  return copy;
};
