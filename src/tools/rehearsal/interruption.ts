import { UserError } from "../../common/user-error";

/** Fails as soon as somebody interrupts, so that a rehearsal is removed before the program ends. */
export function interruption(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"]) {
      process.once(signal, () => reject(new UserError("Interrupted.")));
    }
  });
}
