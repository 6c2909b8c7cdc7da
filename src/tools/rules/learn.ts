import { PROJECT_ROOT } from "../../common/project-root";
import { printableLine } from "../../common/printable";
import { alternatives, UserError } from "../../common/user-error";
import { loadConfiguration } from "../../configuration/configuration";
import { listFile, readRuleFolder } from "../../configuration/rules/rule-folder";
import { entriesOf, superfluousEntries } from "../../configuration/rules/rule-list";
import { ruleUsers } from "../../configuration/rules/rule-users";
import { learnedLines, type AskedFor, type Learned } from "./learned-lines";
import { Rulings } from "./rulings";
import { sourceOf, SOURCE_OPTIONS, SOURCE_USAGE } from "./source";
import { readOptions, regionOf, type Subcommand } from "./subcommand";

/** Prints the lines that a client's list of allowed domains lacks for what the client has asked for. */
export const learn: Subcommand = {
  usage: `<client> (${SOURCE_USAGE})`,
  async run(args) {
    const { positionals, values } = readOptions(
      `learn ${learn.usage}`,
      args,
      SOURCE_OPTIONS,
      [1, 2],
    );
    const [client, file] = positionals;
    const { settings, rules, environment } = loadConfiguration(PROJECT_ROOT, process.env);
    const { workspace } = environment;
    const users = ruleUsers(settings);
    const user = users.find(({ name }) => name === client);
    const source = sourceOf(file, values.since, { fleet: settings.name, workspace });
    if (user === undefined || "mistakes" in source) {
      const known = alternatives(users.map(({ name }) => name));
      const unknown = `${JSON.stringify(client)} is no client or consumer. Known: ${known}.`;
      throw new UserError(
        [
          ...(user === undefined ? [unknown] : []),
          ...("mistakes" in source ? source.mistakes : []),
        ].join("\n"),
      );
    }
    const checkout = { settings, rules, region: regionOf({ settings, environment }) };
    const rulings = new Rulings(checkout);
    const log = await source.read();
    const requests = log.requests.filter((request) => rulings.clientOf(request) === user.name);
    const learned = learnedLines(user.name, requests, rulings, checkout);

    const count = requests.reduce((sum, { count }) => sum + count, 0);
    const others = users.filter(({ name, rules }) => rules === user.rules && name !== user.name);
    const notes = [
      count === 0
        ? `No request of ${user.name} was found in ${source.name}.`
        : `${user.name} has ${count === 1 ? "1 request" : `${count} requests`} in ${source.name}.`,
      ...log.omissions,
      ...learned.left.map(
        ({ reason, ...asked }) =>
          `Left out: ${printableLine(asked.text)}, ${reason} (${seen(asked)}).`,
      ),
      ...(count === 0
        ? []
        : listNotes(
            listFile(user.rules, "allowed"),
            learned,
            others.map(({ name }) => name),
          )),
    ];
    // So that the lines alone can be appended to the list.
    for (const note of notes) console.error(note);
    for (const line of asWritten(user.name, learned)) console.log(line);
  },
};

/** What to know about the list that the lines are for. */
function listNotes(list: string, learned: Learned, others: readonly string[]): string[] {
  if (learned.lines.length === 0) return [`${list} lacks nothing for them.`];
  const lists = [...readRuleFolder(PROJECT_ROOT).sets.values()];
  const { content = "" } = lists.find(({ allowed }) => allowed?.file === list)?.allowed ?? {};
  const present = entriesOf(content);
  const lines = learned.lines.map(({ text }) => ({ text, line: Infinity }));
  const covered = superfluousEntries([...present, ...lines]);
  return [
    `What ${list} lacks for them is below. To append it, type >> ${list} behind the command, and --silent behind npm run.`,
    ...(present.length === 0
      ? ["The list is empty, and admits all: with these lines it admits nothing else."]
      : []),
    ...(covered.length === 0
      ? []
      : [`They cover lines that it has: npm run rules -- tidy removes these.`]),
    ...(others.length === 0 ? [] : [`It is the list of ${others.join(", ")}, too.`]),
  ];
}

/** The lines for the list; the first one begins a line, should the list end without a line feed. */
function asWritten(client: string, { lines }: Learned): string[] {
  if (lines.length === 0) return [];
  const days = lines.map(({ last }) => dayOf(last)).sort();
  return [
    `# What ${client} has asked for until ${days.at(-1)}:`,
    ...lines.map((line) => `${line.text} # ${seen(line)}`),
  ];
}

function seen({ count, last }: AskedFor): string {
  return `${count === 1 ? "1 request" : `${count} requests`}, last on ${dayOf(last)}`;
}

const dayOf = (time: string) => time.slice(0, "2026-11-28".length);
