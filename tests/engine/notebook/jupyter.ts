/** Jupyter without a browser: Debian's nbclient runs a notebook in a kernel that no other program sees. */

/** The system's own Python: nbclient is a package of the system. */
const PYTHON = "/usr/bin/python3";

/** Whether a notebook can be run here. */
export const jupyterIsHere: boolean = await (async () => {
  try {
    const { success } = await new Deno.Command(PYTHON, {
      args: ["-c", "import nbclient, nbformat, jupyter_client"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
})();

/** Added to the names of tests that need Jupyter, where it is not. */
export const otherwise = jupyterIsHere
  ? ""
  : " (skipped: python3-nbclient and jupyter-client are not installed)";

/** What a cell has put out. */
export interface Output {
  readonly "output_type": string;
  readonly data?: Readonly<Record<string, string | readonly string[]>>;
  readonly text?: string;
  readonly ename?: string;
  readonly evalue?: string;
}

/** A cell. */
export interface Cell {
  readonly "cell_type": string;
  readonly source: string;
  readonly outputs?: readonly Output[];
}

const SCRIPT = `
import sys, nbformat
from nbclient import NotebookClient
notebook, folder, result = sys.argv[1:4]
nb = nbformat.read(notebook, as_version=4)
client = NotebookClient(nb, timeout=240, kernel_name="deno", allow_errors=True, resources={"metadata": {"path": folder}})
client.execute()
nbformat.write(nb, result)
`;

/** Runs a notebook whose kernel works in `folder`, with a cache of its own. Its code cells with what they put out. */
export async function runNotebook(notebook: string, folder: string): Promise<Cell[]> {
  const own = await Deno.makeTempDir();
  try {
    // The kernel is described here and nowhere else: no one's Jupyter learns of it.
    await Deno.mkdir(`${own}/data/kernels/deno`, { recursive: true });
    await Deno.writeTextFile(
      `${own}/data/kernels/deno/kernel.json`,
      JSON.stringify({
        argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
        display_name: "Deno",
        language: "typescript",
      }),
    );
    const { success, stderr } = await new Deno.Command(PYTHON, {
      args: ["-c", SCRIPT, notebook, folder, `${own}/result.ipynb`],
      env: {
        JUPYTER_DATA_DIR: `${own}/data`,
        JUPYTER_RUNTIME_DIR: `${own}/runtime`,
        JUPYTER_CONFIG_DIR: `${own}/config`,
        IPYTHONDIR: `${own}/ipython`,
        DECANT_CACHE: `${own}/cache`,
      },
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const { cells }: { cells: Cell[] } = JSON.parse(
      await Deno.readTextFile(`${own}/result.ipynb`),
    );
    return cells.filter((cell) => cell.cell_type === "code");
  } finally {
    await Deno.remove(own, { recursive: true });
  }
}

/** Every form of a type that a cell put out, in order. */
export function forms({ outputs = [] }: Cell, type: string): string[] {
  return outputs.flatMap(({ data }) => {
    const form = data?.[type];
    return form === undefined ? [] : [typeof form === "string" ? form : form.join("")];
  });
}
