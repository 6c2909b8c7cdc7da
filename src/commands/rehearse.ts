import path from "node:path";
import { loadConfiguration } from "../configuration";
import { MAX_PROXIES } from "../rehearsal/compose";
import { Rehearsal } from "../rehearsal/rehearsal";
import { reportUserErrors, UserError } from "../user-error";

const USAGE = `Usage: npm run rehearse <command>

  up            Build the images and start the fleet on this machine; again after a change
  check         Check that it does what it should
  logs          Show what the proxies have logged; "logs follow" goes on until Ctrl-C
  scale <N>     Run N proxies, from 1 to ${MAX_PROXIES}
  down          End and remove everything`;

/** The fleet on this machine: `npm run rehearse <command>`. */
void reportUserErrors(async () => {
  const words = process.argv.slice(2);
  const root = path.resolve(__dirname, "../..");
  const { settings } = loadConfiguration(root, process.env);
  const start = Date.now();
  const progress = (line: string) => {
    const seconds = Math.round((Date.now() - start) / 1000);
    console.log(`[${String(seconds).padStart(3)} s] ${line}`);
  };
  const rehearsal = new Rehearsal({ root, settings, progress });
  const [, count] = /^scale (\S+)$/.exec(words.join(" ")) ?? [];
  switch (count === undefined ? words.join(" ") : "scale") {
    case "up":
      await rehearsal.up();
      console.log(
        "The fleet is up. Next: npm run rehearse check\n" +
          `A shell on the client: docker exec -it ${rehearsal.clientName} bash --login`,
      );
      return;
    case "check":
      process.exitCode = await rehearsal.check();
      return;
    case "logs":
      return rehearsal.logs(false);
    case "logs follow":
      return rehearsal.logs(true);
    case "scale":
      return rehearsal.scale(proxyCount(count));
    case "down":
      return rehearsal.down();
    default:
      throw new UserError(
        words.length === 0 ? USAGE : `No such command: ${words.join(" ")}\n${USAGE}`,
      );
  }
});

function proxyCount(given = ""): number {
  const count = Number(given);
  if (!/^\d+$/.test(given) || count < 1 || count > MAX_PROXIES) {
    throw new UserError(
      `scale: ${JSON.stringify(given)} is not allowed. Allowed: a whole number from 1 to ${MAX_PROXIES}.`,
    );
  }
  return count;
}
