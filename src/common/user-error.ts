/**
 * A mistake that the person at the keyboard can mend: a wrong setting, a missing tool, an expired
 * credential. Its message says what is wrong, what was given and what to do, and is all they see.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** What the system may refuse anybody at a file, and what there is to do about it. */
const REFUSALS: Readonly<Record<string, string>> = {
  EACCES:
    "this user has no permission. The checkout, and all in it, must belong to whoever works there",
  EPERM:
    "this user has no permission. The checkout, and all in it, must belong to whoever works there",
  EROFS: "the file system is read-only. Work in a checkout that can be written",
  ENOSPC: "no space is left on the disk",
};

/**
 * Runs a program's entry point. A {@link UserError}, or a file that the system refuses, is printed as
 * its message alone, with exit code 1; anything else is a defect of this project and keeps its stack
 * trace.
 */
export async function reportUserErrors(run: () => void | Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const message = error instanceof UserError ? error.message : refusal(error);
    if (message === undefined) throw error;
    console.error(message);
    process.exitCode = 1;
  }
}

function refusal(error: unknown): string | undefined {
  const { code = "", path, syscall } = error as NodeJS.ErrnoException;
  const reason = REFUSALS[code];
  // A program that cannot be started has a path, too.
  if (reason === undefined || syscall?.startsWith("spawn")) return undefined;
  return `${path ?? "A file"} cannot be used (${code}, ${syscall}): ${reason}.`;
}

/** `"a"`, `"a" or "b"`, `"a", "b" or "c"`, for messages that list what is allowed. */
export function alternatives(values: readonly (string | number)[]): string {
  const quoted = values.map((value) => JSON.stringify(value));
  return quoted.length < 2
    ? quoted.join("")
    : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
