/** Thrown when a folder for people cannot be written; a sentence. */
export class WriteError extends Error {
  override readonly name = "WriteError";
}
