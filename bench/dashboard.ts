import { PROJECT_ROOT } from "../src/common/project-root";
import { reportUserErrors, UserError } from "../src/common/user-error";
import { requireCompose } from "../src/tools/rehearsal/docker";
import { interruption } from "../src/tools/rehearsal/interruption";
import { Rehearsal } from "../src/tools/rehearsal/rehearsal";
import { writePicture } from "./dashboard/document";
import { readRecording, writeRecording } from "./dashboard/recording";
import { record } from "./dashboard/run";
import { RULES, settings } from "./dashboard/scenario";

/*
 * Makes docs/dashboard.svg: the dashboard, over what a rehearsal with three clients and some trouble gives
 * it. Needs Docker with Compose, and a quarter of an hour.
 *
 *   npm run bench:dashboard              rehearses, keeps what was recorded, and draws
 *   npm run bench:dashboard -- --draw    draws what is kept, as after a change of the dashboard
 */
void reportUserErrors(async () => {
  const [option, ...others] = process.argv.slice(2);
  if ((option !== undefined && option !== "--draw") || others.length > 0) {
    throw new UserError("Usage: npm run bench:dashboard [-- --draw]");
  }
  if (option === undefined) await rehearse();
  writePicture(readRecording());
})
  // What an interruption has removed may still be waited for.
  .then(() => process.exit());

async function rehearse(): Promise<void> {
  requireCompose();
  const rehearsal = new Rehearsal({
    root: PROJECT_ROOT,
    settings: settings(),
    rules: RULES,
    purpose: "dashboard",
    progress: console.error,
  });
  try {
    await Promise.race([rehearsal.up(), interruption()]);
    writeRecording(await Promise.race([record(rehearsal), interruption()]));
  } finally {
    await rehearsal.down();
  }
}
