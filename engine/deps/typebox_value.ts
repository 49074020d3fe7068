/** TypeBox's check of a value against a schema; loaded where files are read. */
export { Value } from "npm:@sinclair/typebox@0.34.41/value";
