/** All of TypeBox's builders of schemas: some two hundred modules. */
export { Type } from "npm:@sinclair/typebox@0.34.41";
