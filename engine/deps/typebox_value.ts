/** TypeBox's check of a value against a schema; loaded where files are read. */
import type * as typebox from "npm:@sinclair/typebox@0.34.41/value";

const specifier = "npm:@sinclair/typebox@0.34.41/value";

export const { Value }: Pick<typeof typebox, "Value"> = await import(specifier);
