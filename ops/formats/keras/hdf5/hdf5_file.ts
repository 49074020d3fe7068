/**
 * HDF5 files as Keras writes them (HDF5 File Format Specification 3.0): groups in one another, arrays of numbers in
 * one piece or several, texts as attributes. Nothing is allocated for what a file promises and does not hold.
 */
import type { FileWeight } from "../assembly.ts";
import { FileBytes } from "./file_bytes.ts";
import { linksOf } from "./links.ts";
import { type Message, messagesAt, rootAddress } from "./objects.ts";
import { arrayOf, textsOf } from "./values.ts";

/** A group of a file. */
export class Group {
  readonly #file: FileBytes;
  readonly #messages: readonly Message[];
  #links: ReadonlyMap<string, number> | undefined;
  /** Those that were asked for: each is read once, whatever lies in it. */
  readonly #children = new Map<string, Group>();

  constructor(file: FileBytes, address: number) {
    this.#file = file;
    this.#messages = messagesAt(file, address);
  }

  get #entries(): ReadonlyMap<string, number> {
    return this.#links ??= linksOf(this.#file, this.#messages);
  }

  /** Names of what it holds. */
  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** A group in it, by names with slashes between; undefined where it has none. */
  group(path: string): Group | undefined {
    return path.split("/").reduce<Group | undefined>(
      (group, name) => group && group.child(name),
      this,
    );
  }

  /** What it holds under a name. */
  child(name: string): Group | undefined {
    const known = this.#children.get(name);
    if (known !== undefined) return known;
    const address = this.#entries.get(name);
    if (address === undefined) return undefined;
    const group = new Group(this.#file, address);
    this.#children.set(name, group);
    return group;
  }

  /** An array in it, by names with slashes between; undefined where it has none. */
  array(path: string): FileWeight | undefined {
    const found = this.group(path);
    return found && arrayOf(this.#file, found.#messages, path);
  }

  /** The texts of an attribute; undefined where it has none of this name, or of another type. */
  texts(name: string): readonly string[] | undefined {
    return textsOf(this.#file, this.#messages, name);
  }
}

/** The root group of a file. Throws a RangeError with the file's name where it is damaged. */
export function readHdf5(bytes: Uint8Array, name: string): Group {
  const file = new FileBytes(bytes, name);
  return new Group(file, rootAddress(file));
}
