/** All of TypeBox's builders of schemas: some two hundred modules. */
import type * as typebox from "npm:@sinclair/typebox@0.34.41";

const specifier = "npm:@sinclair/typebox@0.34.41";

export const { Type }: typeof typebox = await import(specifier);
