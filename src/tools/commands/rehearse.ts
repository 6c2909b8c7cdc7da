import { PROJECT_ROOT } from "../../common/project-root";
import { loadConfiguration, type Configuration } from "../../configuration/configuration";
import { MAX_PROXIES } from "../rehearsal/haproxy";
import { requireCompose } from "../rehearsal/docker";
import { Rehearsal } from "../rehearsal/rehearsal";
import { parseSettings } from "../../configuration/settings";
import { reportUserErrors, UserError } from "../../common/user-error";

const USAGE = `Usage: npm run rehearse <command>

  up            Build the images and start the fleet on this machine; again after a change
  rules         Put changed rules in force, and change nothing else
  check         Check that it does what it should
  logs          Show what the proxies have logged; "logs follow" goes on until Ctrl-C
  scale <N>     Run N proxies, from 1 to ${MAX_PROXIES}
  down          End and remove everything`;

interface Command {
  readonly run: (rehearsal: Rehearsal) => Promise<void>;
  /** What looks at a rehearsal or ends it works whatever is wrong with the settings and rules. */
  readonly configuration: "the user's" | "any";
}

/** All but `scale`, which has a number. */
const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["up", { run: up, configuration: "the user's" }],
  ["rules", { run: (rehearsal) => rehearsal.applyRules(), configuration: "the user's" }],
  ["check", { run: check, configuration: "the user's" }],
  ["logs", { run: (rehearsal) => rehearsal.logs(false), configuration: "any" }],
  ["logs follow", { run: (rehearsal) => rehearsal.logs(true), configuration: "any" }],
  ["down", { run: (rehearsal) => rehearsal.down(), configuration: "any" }],
]);

/** The fleet on this machine: `npm run rehearse <command>`. */
void reportUserErrors(async () => {
  const { run, configuration } = parseCommand(process.argv.slice(2));
  requireCompose();
  const start = Date.now();
  const progress = (line: string) => {
    const seconds = Math.round((Date.now() - start) / 1000);
    console.log(`[${String(seconds).padStart(3)} s] ${line}`);
  };
  await run(
    new Rehearsal({
      root: PROJECT_ROOT,
      ...(configuration === "any" ? defaults() : loadConfiguration(PROJECT_ROOT, process.env)),
      progress,
    }),
  );
});

// A reader, such as `head`, that has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

function parseCommand(words: readonly string[]): Command {
  if (words[0] === "scale") {
    const count = proxyCount(words.slice(1).join(" "));
    return { run: (rehearsal) => rehearsal.service.scale(count), configuration: "any" };
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

function defaults(): Pick<Configuration, "settings" | "rules"> {
  const parsed = parseSettings({});
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  return { settings: parsed.settings, rules: { sets: [], always: [] } };
}

async function up(rehearsal: Rehearsal): Promise<void> {
  await rehearsal.up();
  console.log("The fleet is up. Next: npm run rehearse check");
  for (const [name, container] of rehearsal.clients) {
    console.log(`A shell on client ${name}: docker exec -it ${container} bash --login`);
  }
}

async function check(rehearsal: Rehearsal): Promise<void> {
  if (!(await rehearsal.check())) process.exitCode = 1;
}
