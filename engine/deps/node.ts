/**
 * Node's own modules that not every run needs, loaded at once where they are used: the first that is imported takes five
 * milliseconds of every start, `node:crypto` twenty.
 */
import type * as crypto from "node:crypto";
import type * as path from "node:path";
import type * as url from "node:url";
import type * as zlib from "node:zlib";

export const nodeCrypto = (): typeof crypto => globalThis.process.getBuiltinModule("node:crypto");
export const nodePath = (): typeof path => globalThis.process.getBuiltinModule("node:path");
export const nodeUrl = (): typeof url => globalThis.process.getBuiltinModule("node:url");
export const nodeZlib = (): typeof zlib => globalThis.process.getBuiltinModule("node:zlib");
