/** Variables of the environment, as the tests of one file see them. */

const { get } = Deno.env;
const set = new Map<string, string | undefined>();

/**
 * Says what a variable of the environment is from now on, undefined where it is not set, and gives what takes that back.
 * Only this file's tests see it: the environment itself belongs to the process, in which other files are tested at the
 * same time, and children do not inherit it.
 */
export function setVariable(name: string, value: string | undefined): () => void {
  const [known, before] = [set.has(name), set.get(name)];
  set.set(name, value);
  Deno.env.get = (each) => set.has(each) ? set.get(each) : get.call(Deno.env, each);
  return () => {
    if (known) set.set(name, before);
    else set.delete(name);
  };
}
