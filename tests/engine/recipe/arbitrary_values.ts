/** Random values near what a schema of the language asks for. */
import { fc } from "../../deps.ts";
import type { Curve, TSchema } from "../../../engine/field.ts";
import { offLimits, within } from "../../../engine/recipe/check/number_limits.ts";
import {
  formOf,
  type MovingLimits,
  mustBeWritten,
  neededFields,
} from "../../../engine/recipe/words/form.ts";

/** Values near what a schema asks for: mostly right, sometimes beside it. */
export function near(schema: TSchema, depth: number): fc.Arbitrary<unknown> {
  const wrong = fc.constantFrom<unknown>(0, -1, 0.5, 2, 1000, "labels", "x", "./x", true, [], {}, [
    1,
  ]);
  const right = exact(schema, depth);
  return mostly(right, wrong);
}

/** The one, and now and then the other. */
function mostly(right: fc.Arbitrary<unknown>, other: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 150, arbitrary: right }, { weight: 1, arbitrary: other });
}

function exact(schema: TSchema, depth: number): fc.Arbitrary<unknown> {
  const form = formOf(schema);
  switch (form.form) {
    case "object":
      return fields(schema, {}, depth);
    case "choice": {
      const alternatives = Object.entries(form.alternatives).map(([name, inner]) => {
        const tags = { [form.tag]: name };
        const choice = formOf(inner);
        return choice.form === "choice"
          ? exact(inner, depth).map((value) => ({ ...Object(value), ...tags }))
          : fields(inner, tags, depth);
      });
      const names = Object.entries(form.alternatives);
      const whole = names.filter(([, inner]) => neededFields(inner).length === 0);
      const bare = (list: typeof names) =>
        list.length === 0 ? [] : [fc.constantFrom(...list.map(([name]) => name))];
      const untagged = form.untagged ? [fields(form.untagged, {}, depth)] : [];
      return mostly(
        fc.oneof(...bare(whole), ...alternatives, ...untagged),
        fc.oneof(...bare(names)),
      );
    }
    case "by-type":
      // Nor is what numbers come to together, as those of a curve do.
      return fc.oneof(...Object.values(form.types).map((inner) => near(inner, depth)))
        .filter((value) => form.curve === undefined || !offCurve(value, form.curve));
    case "list":
      return fc.oneof(
        near(form.items, depth),
        fc.array(near(form.items, depth - 1), { minLength: 0, maxLength: depth > 0 ? 2 : 1 }),
      );
    case "tuple":
      // That a tuple must rise is no business of JSON Schema.
      return fc.nat(5).map((first) => form.items.map((_, index) => first + index));
    case "map":
      return fc.dictionary(fc.constantFrom("a", "b"), near(form.values, depth));
    case "selectors":
      return mostly(fc.constantFrom("stem", ["stem", "at:last"], []), fc.constantFrom("", [""]));
    case "reference":
      return fc.constantFrom("teacher", "data");
    case "source":
      return mostly(
        fc.constantFrom("./x", "https://x.org/y", "npm:a@1.0.0/b"),
        fc.constantFrom("ftp://x", "npm:a", "//x", ""),
      );
    case "word":
      return mostly(fc.constantFrom(...form.words), fc.constant("nonsense"));
    case "constant":
      return fc.constant(form.value);
    case "number": {
      const { minimum = 0, maximum = minimum + 3, exclusiveMinimum, exclusiveMaximum } =
        form.limits;
      const inside = form.whole ? [minimum, maximum, 8, 9] : [minimum, maximum, 0.5, 0.25];
      const edges = [exclusiveMinimum ?? -1, exclusiveMaximum ?? -1, 0.5, 1, 8, -1];
      return mostly(
        fc.constantFrom(...inside.filter((edge) => within(form.limits, edge))),
        fc.constantFrom(...edges),
      );
    }
    case "text":
      return mostly(fc.constantFrom("abc", "a-1"), fc.constantFrom("A", ""));
    case "boolean":
      return fc.boolean();
    case "any":
      return fc.constant(1);
  }
}

/** Whether a value is a curve that leaves its limits although each of its numbers may stand there. */
function offCurve(value: unknown, limits: MovingLimits): boolean {
  const { use, start, end, factor, at, warmup } = Object(value) as Record<string, unknown>;
  const times = [at].flat();
  const numbers = [start, ...use === "step" ? [factor, ...times] : [end, warmup ?? 1]];
  if (!numbers.every((each) => typeof each === "number")) return false;
  return offLimits({ use, start, end, factor, at: times, warmup } as Moving, limits) !== undefined;
}

type Moving = Exclude<Curve, number>;

/** Objects near what a schema asks for, with these tags. */
export function fields(schema: TSchema, tags: object, depth: number): fc.Arbitrary<unknown> {
  const form = formOf(schema);
  if (form.form !== "object") throw new TypeError("an alternative is an object");
  const written: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, inner] of Object.entries(form.fields)) {
    const needed = mustBeWritten(form, name);
    if (depth <= 0 && !needed) continue;
    const absent = fc.constant(undefined);
    const value = near(inner, depth - 1);
    written[name] = needed
      ? mostly(value, absent)
      : fc.oneof({ weight: 1, arbitrary: value }, { weight: 3, arbitrary: absent });
  }
  const extra = mostly(fc.constant({}), fc.constant({ surplus: 1 }));
  return fc.tuple(fc.record(written), extra).map(([record, surplus]) =>
    // Through JSON, so that fields that are undefined are not there.
    JSON.parse(JSON.stringify({ ...tags, ...record, ...Object(surplus) }))
  );
}
