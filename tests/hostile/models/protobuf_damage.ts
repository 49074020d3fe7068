/**
 * Damage of protocol buffers, whatever their schema: fields changed, exchanged, repeated, left out and put into one another,
 * with lengths around them that are right again.
 */
import { type Draw, oneOf, type Way } from "../damage.ts";

/** A message: its fields in order. */
type Message = Field[];

interface Field {
  readonly number: number;
  /** 0: a number, 1 and 5: eight and four bytes, 2: a length and as many bytes, which may be a message. */
  readonly type: number;
  value: bigint | Uint8Array | Message;
}

const MOST_DEPTH = 12;

/** A whole number and where the bytes go on; undefined where it does not end. */
function number(bytes: Uint8Array, at: number): readonly [bigint, number] | undefined {
  let [value, shift] = [0n, 0n];
  for (let i = at; i < bytes.length && i < at + 10; i++) {
    value |= BigInt(bytes[i]! & 127) << shift;
    shift += 7n;
    if (bytes[i]! < 128) return [value, i + 1];
  }
  return undefined;
}

/** The message that bytes are; undefined where they are none. */
function messageOf(bytes: Uint8Array, depth = 0): Message | undefined {
  const fields: Message = [];
  let at = 0;
  while (at < bytes.length) {
    const [tag, next] = number(bytes, at) ?? [0n, 0];
    const [field, type] = [Number(tag >> 3n), Number(tag & 7n)];
    if (next === 0 || field < 1 || field > 60) return undefined;
    if (type === 0) {
      const found = number(bytes, next);
      if (found === undefined) return undefined;
      fields.push({ number: field, type, value: found[0] });
      at = found[1];
      continue;
    }
    const [length, from] = type === 2
      ? number(bytes, next) ?? [-1n, next]
      : [type === 1 ? 8n : type === 5 ? 4n : -1n, next];
    if (length < 0n || Number(length) > bytes.length - from) return undefined;
    const body = bytes.subarray(from, from + Number(length));
    const inner = type === 2 && body.length > 1 && depth < MOST_DEPTH && !isName(body)
      ? messageOf(body, depth + 1)
      : undefined;
    fields.push({ number: field, type, value: inner ?? body });
    at = from + Number(length);
  }
  return fields;
}

const isName = (bytes: Uint8Array): boolean => bytes.every((byte) => byte >= 0x2d && byte < 0x7f);

function written(value: bigint): number[] {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, value);
  do {
    const low = Number(left & 127n);
    left >>= 7n;
    bytes.push(left > 0n ? low | 128 : low);
  } while (left > 0n);
  return bytes;
}

/** The bytes of a message. */
function bytesOf(message: Message): Uint8Array {
  const parts = message.map(({ number, type, value }) => {
    const tag = written(BigInt(number) << 3n | BigInt(type));
    if (typeof value === "bigint") return Uint8Array.from([...tag, ...written(value)]);
    const body = Array.isArray(value) ? bytesOf(value) : value;
    return joined(
      Uint8Array.from(type === 2 ? [...tag, ...written(BigInt(body.length))] : tag),
      body,
    );
  });
  return joined(...parts);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** All fields below a message, each with the message that has it. */
function fieldsIn(message: Message): (readonly [Message, number])[] {
  return message.flatMap((field, at): (readonly [Message, number])[] => [
    [message, at],
    ...Array.isArray(field.value) ? fieldsIn(field.value) : [],
  ]);
}

const HOSTILE = [0n, 1n, -1n, 2n, 255n, 65536n, 1_000_000_000n, 2n ** 31n, 2n ** 32n, 2n ** 62n];
const TEXTS = ["", "\u001b[31m\u0007", "a\r\nb", "\u202e", "__proto__", "../../x", "/etc/passwd"]
  .concat(["y".repeat(3000), "-1", "1e9", "9007199254740993", "constructor"])
  .map((text) => new TextEncoder().encode(text));
const NUMBERS = [NaN, Infinity, -Infinity, 3.4e38, 0, -1];

type Change = (fields: readonly (readonly [Message, number])[], draw: Draw) => void;

const isText = ([message, at]: readonly [Message, number]): boolean => {
  const { value } = message[at]!;
  return value instanceof Uint8Array && message[at]!.type === 2 && value.length < 200;
};

const changes: readonly Change[] = [
  // A number, a text or some of many numbers becomes another.
  (fields, draw) => {
    const [message, at] = oneOf(fields, draw);
    const field = message[at]!;
    if (typeof field.value === "bigint") field.value = oneOf(HOSTILE, draw);
    else if (field.value instanceof Uint8Array) {
      field.value = isText([message, at]) && draw(2) === 0
        ? oneOf(TEXTS, draw)
        : withNumber(field.value, draw);
    }
  },
  // A name becomes another one of the file: values then come of themselves, or of nothing.
  (fields, draw) => {
    const texts = fields.filter(isText);
    if (texts.length === 0) return;
    const [[message, at], [from, place]] = [oneOf(texts, draw), oneOf(texts, draw)];
    message[at]!.value = from[place]!.value;
  },
  (fields, draw) => {
    const [message, at] = oneOf(fields, draw);
    message.splice(at, 1);
  },
  (fields, draw) => {
    const [message, at] = oneOf(fields, draw);
    const more = Array.from({ length: draw(3) === 0 ? 100 : 1 }, () => message[at]!);
    message.splice(draw(message.length + 1), 0, ...more);
  },
  // Two fields change places, where they are of one type and number.
  (fields, draw) => {
    const [message, at] = oneOf(fields, draw);
    const { number, type } = message[at]!;
    const alike = fields.filter(([other, place]) =>
      other[place]!.number === number && other[place]!.type === type
    );
    const [other, place] = oneOf(alike, draw);
    [message[at]!.value, other[place]!.value] = [other[place]!.value, message[at]!.value];
  },
  // A field of another number.
  (fields, draw) => {
    const [message, at] = oneOf(fields, draw);
    message[at] = { ...message[at]!, number: 1 + draw(25) };
  },
  // Bytes cut off.
  (fields, draw) => {
    const [message, at] = oneOf(fields, draw);
    const { value } = message[at]!;
    if (value instanceof Uint8Array && message[at]!.type === 2) {
      message[at]!.value = value.slice(0, draw(value.length + 1));
    }
  },
];

function withNumber(value: Uint8Array, draw: Draw): Uint8Array {
  if (value.length < 4) return value;
  const copy = value.slice();
  const at = draw(Math.floor(value.length / 4)) * 4;
  if (draw(2) === 0) new DataView(copy.buffer).setFloat32(at, oneOf(NUMBERS, draw), true);
  else {new DataView(copy.buffer).setInt32(
      at,
      Number(BigInt.asIntN(32, oneOf(HOSTILE, draw))),
      true,
    );}
  return copy;
}

/** A file in which one to three fields are not as they were. */
export const protobuf: Way = (bytes, draw) => {
  const message = messageOf(bytes);
  if (message === undefined) return bytes;
  for (let left = 1 + draw(3); left > 0; left--) {
    const fields = fieldsIn(message);
    if (fields.length > 0) oneOf(changes, draw)(fields, draw);
  }
  return bytesOf(message);
};

/** A message in a message in a message, by the number of one field: graphs in attributes of nodes go on so. */
export function nested(path: readonly number[], depth: number): Uint8Array {
  let body: Uint8Array = new Uint8Array();
  for (let level = 0; level < depth; level++) {
    for (const field of path.toReversed()) {
      const tag = written(BigInt(field) << 3n | 2n);
      body = joined(Uint8Array.from([...tag, ...written(BigInt(body.length))]), body);
    }
  }
  return body;
}
