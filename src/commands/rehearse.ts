import path from "node:path";
import { loadConfiguration } from "../configuration";
import { MAX_PROXIES } from "../rehearsal/compose";
import { requireDocker } from "../rehearsal/docker";
import { Rehearsal } from "../rehearsal/rehearsal";
import { reportUserErrors, UserError } from "../user-error";

const USAGE = `Usage: npm run rehearse <command>

  up            Build the images and start the fleet on this machine; again after a change
  check         Check that it does what it should
  logs          Show what the proxies have logged; "logs follow" goes on until Ctrl-C
  scale <N>     Run N proxies, from 1 to ${MAX_PROXIES}
  down          End and remove everything`;

type Command = (rehearsal: Rehearsal) => Promise<void>;

/** All but `scale`, which has a number. */
const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["up", up],
  ["check", check],
  ["logs", (rehearsal) => rehearsal.logs(false)],
  ["logs follow", (rehearsal) => rehearsal.logs(true)],
  ["down", (rehearsal) => rehearsal.down()],
]);

/** The fleet on this machine: `npm run rehearse <command>`. */
void reportUserErrors(async () => {
  const command = parseCommand(process.argv.slice(2));
  requireDocker();
  const root = path.resolve(__dirname, "../..");
  const { settings } = loadConfiguration(root, process.env);
  const start = Date.now();
  const progress = (line: string) => {
    const seconds = Math.round((Date.now() - start) / 1000);
    console.log(`[${String(seconds).padStart(3)} s] ${line}`);
  };
  await command(new Rehearsal({ root, settings, progress }));
});

function parseCommand(words: readonly string[]): Command {
  if (words[0] === "scale") {
    const count = proxyCount(words.slice(1).join(" "));
    return (rehearsal) => rehearsal.scale(count);
  }
  const command = COMMANDS.get(words.join(" "));
  if (command) return command;
  throw new UserError(words.length === 0 ? USAGE : `No such command: ${words.join(" ")}\n${USAGE}`);
}

function proxyCount(given: string): number {
  const count = Number(given);
  if (!/^\d+$/.test(given) || count < 1 || count > MAX_PROXIES) {
    throw new UserError(
      `scale: ${JSON.stringify(given)} is not allowed. Allowed: a whole number from 1 to ${MAX_PROXIES}.`,
    );
  }
  return count;
}

async function up(rehearsal: Rehearsal): Promise<void> {
  await rehearsal.up();
  console.log(
    "The fleet is up. Next: npm run rehearse check\n" +
      `A shell on the client: docker exec -it ${rehearsal.clientName} bash --login`,
  );
}

async function check(rehearsal: Rehearsal): Promise<void> {
  process.exitCode = await rehearsal.check();
}
