/**
 * A mistake that the person at the keyboard can mend: a wrong setting, a missing tool, an expired
 * credential. Its message says what is wrong, what was given and what to do, and is all they see.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}

/**
 * Runs a program's entry point. A {@link UserError} is printed as its message alone, with exit
 * code 1; anything else is a defect of this project and keeps its stack trace.
 */
export async function reportUserErrors(run: () => void | Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** `"a"`, `"a" or "b"`, `"a", "b" or "c"`, for messages that list what is allowed. */
export function alternatives(values: readonly (string | number)[]): string {
  const quoted = values.map((value) => JSON.stringify(value));
  return quoted.length < 2
    ? quoted.join("")
    : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
