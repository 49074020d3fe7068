/** Objects without the members that are undefined. */

/** `T` where a member that may be undefined may be absent instead, and never is undefined. */
type Given<T> =
  & { [Name in keyof T as undefined extends T[Name] ? never : Name]: T[Name] }
  & { [Name in keyof T as undefined extends T[Name] ? Name : never]?: Exclude<T[Name], undefined> };

/**
 * The members that are not undefined, in their order: `given({ code, help })` is `{ code }` where there is no help.
 * An optional member is absent or has a value, never undefined: what counts as the same, in a key, a document or a
 * comparison, does not depend on how it was left out.
 */
export function given<const T extends object>(members: T): Given<T> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as Given<T>;
}
