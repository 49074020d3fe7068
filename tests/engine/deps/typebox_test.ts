import assert from "node:assert/strict";
import { Type as Ours } from "../../../engine/deps/typebox.ts";
import { Type as Whole } from "../../../engine/deps/typebox_type.ts";

Deno.test("the builders make what the package's make, keys in the same order", () => {
  // The builder of either has the same face; `description` and limits stand for any options.
  const schemas = (Type: typeof Ours) => {
    const number = Type.Number({ description: "a", minimum: 0, default: 1 });
    const text = Type.String({ maxLength: 3 });
    const whole = Type.Integer();
    const inner = Type.Object({ a: Type.Optional(number), b: text }, {
      additionalProperties: false,
    });
    return [
      ...[
        number,
        text,
        whole,
        inner,
        Type.Boolean({ default: true }),
        Type.Any({ description: "x" }),
      ],
      ...[Type.Object({}), Type.Object({ a: Type.Optional(inner) }, { description: "b" })],
      ...[
        Type.Array(inner, { minItems: 1 }),
        Type.Literal("same"),
        Type.Literal(-1, { default: -1 }),
      ],
      ...[Type.Tuple([whole, text]), Type.Tuple([whole], { description: "c" })],
      ...[
        Type.Union([Type.Literal(1), Type.Literal("b")]),
        Type.Union([text, whole], { title: "d" }),
      ],
      ...[
        Type.Record(Type.String(), inner, { description: "e" }),
        Type.Record(Type.String(), text),
      ],
      ...[
        Type.Unsafe({ enum: ["a"], "x-list": { items: text } }),
        Type.Unsafe(Type.Union([text, whole])),
      ],
      ...[Type.Optional(Type.Unsafe(number)), Type.Optional(Type.Optional(text))],
    ];
  };
  const made = schemas(Ours);
  assert.deepEqual(made, schemas(Whole as typeof Ours));
  assert.equal(JSON.stringify(made), JSON.stringify(schemas(Whole as typeof Ours)));
});
