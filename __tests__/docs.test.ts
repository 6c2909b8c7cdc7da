import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { RULE_NAMES } from "../src/configuration/gate-rule-names";
import { parseRuleList } from "../src/configuration/rules/rule-list";
import { parseClientSettings } from "../src/configuration/client-settings";
import { parseSettings } from "../src/configuration/settings";
import { CHECKOUT } from "./helpers/checkout";
import { synthFleet } from "./helpers/fleet";

const read = (file: string) => readFileSync(path.join(CHECKOUT, file), "utf8");
const pagesIn = (folder: string) =>
  readdirSync(path.join(CHECKOUT, folder))
    .filter((file) => file.endsWith(".md"))
    .map((file) => path.join(folder, file));

const DOCS = pagesIn("docs");
const DECISIONS = pagesIn("docs/decisions");
const PAGES = [...pagesIn("."), ...DOCS, ...DECISIONS];

/** Blocks of code in a language, or in none, without the indentation that they have in a list. */
function blocks(file: string, language = ""): string[] {
  return [...read(file).matchAll(/^( *)```(\w*)\n(.*?)^\1```$/gms)]
    .filter(([, , its]) => its === language)
    .map(([, indentation, , code]) => code!.replaceAll(new RegExp(`^${indentation!}`, "gm"), ""));
}

/** What the first cells of a page's tables name. */
function rows(page: string): string[] {
  return [...read(page).matchAll(/^\| `([^`]+)` *\|/gm)].map(([, name]) => name!);
}

test("the table of outputs has every output", () => {
  expect(rows("docs/outputs.md").sort()).toEqual(
    Object.keys(synthFleet({ dashboard: "on" }).output!).sort(),
  );
});

test("the table of the policy gate has every rule", () => {
  expect(rows("docs/gate.md")).toEqual(RULE_NAMES);
});

test("the page on the access log has every reason for a refusal", () => {
  const reasons = [...read("squid/squid.conf").matchAll(/ deniedBy_=(\S+)/g)].map(
    ([, reason]) => reason!,
  );
  expect(reasons).toContain("private-address");
  const documented = read("docs/access-log.md");
  expect(reasons.filter((reason) => !documented.includes(`\`${reason}\``))).toEqual([]);
});

/** What the settings are that an example has under "proxy-fleet" or "proxy-client", which it may begin above. */
function parseExample(example: string) {
  const json = JSON.parse(/^\{/.test(example) ? example : `{ ${example} }`) as {
    context?: Record<string, unknown>;
    "proxy-fleet"?: unknown;
  };
  const context: Record<string, unknown> = json.context ?? json;
  if ("proxy-client" in context) return parseClientSettings(context["proxy-client"]);
  return parseSettings(context["proxy-fleet"] ?? json);
}

test("the examples of settings are taken", () => {
  const examples = [...pagesIn("."), ...DOCS].flatMap((page) =>
    blocks(page, "json").map((example) => [page, example] as const),
  );
  expect(examples.length).toBeGreaterThan(5);
  for (const [page, example] of examples) {
    expect([page, parseExample(example)]).toEqual([
      page,
      { settings: expect.anything() as unknown },
    ]);
  }
});

test.each(["README.md", "docs/rules.md"])("the list of rules in %s is one", (page) => {
  const { rules, mistakes } = parseRuleList("example", blocks(page)[0]!);
  expect(mistakes).toEqual([]);
  expect(rules.map(({ text }) => text)).toEqual(
    expect.arrayContaining([".debian.org", "pypi.org"]),
  );
});

const scripts = Object.keys(
  (JSON.parse(read("package.json")) as { scripts: Record<string, string> }).scripts,
);

/** The scripts that a text calls, as `npm test` or `npm run <script>`. */
function named(text: string): string[] {
  return [...text.matchAll(/\bnpm (?:run (?:--silent )?([a-z]+(?::[a-z]+)*)|(test)\b)/g)].map(
    ([, script, test]) => (script ?? test)!,
  );
}

test("help lists every script", () => {
  expect([...new Set(named(read("help")))].sort()).toEqual([...scripts].sort());
});

test("the scripts exist that pages name", () => {
  const missing = PAGES.flatMap((page) =>
    named(read(page))
      .filter((script) => !scripts.includes(script))
      .map((script) => `${page}: ${script}`),
  );
  // How the roles were made in earlier versions.
  expect(missing).toEqual(["docs/github-roles.md: roles:create"]);
});

/** What pages name as files or folders of the project; `<…>` and `*` stand for many. */
function paths(page: string): string[] {
  const roots = ["src", "__tests__", "bench", "rules", "squid", "client", "docs", ".ci", ".github"];
  return [...read(page).matchAll(/`([^`\s<*]+\/[^`\s<*]*)`/g)]
    .map(([, named]) => named!)
    .filter((named) => roots.includes(named.split("/")[0]!));
}

test("the files exist that pages name", () => {
  // What is replaced names what there was.
  const current = PAGES.filter((page) => !/^_Replaced by/m.test(read(page)));
  const missing = current.flatMap((page) =>
    paths(page)
      .filter((named) => !existsSync(path.join(CHECKOUT, named)))
      .map((named) => `${page}: ${named}`),
  );
  expect(missing).toEqual([]);
});

test("ARCHITECTURE.md has every folder of the two wings", () => {
  const folders = ["src", "src/fleet", "src/tools"].flatMap((parent) =>
    readdirSync(path.join(CHECKOUT, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name),
  );
  const [tree = ""] = blocks("ARCHITECTURE.md");
  const drawn = [...tree.matchAll(/^ +([a-z-]+)\/ /gm)].map(([, name]) => name!);
  expect(drawn.sort()).toEqual(folders.sort());
});

test("README.md has at most 180 lines", () => {
  expect(read("README.md").split("\n").length - 1).toBeLessThanOrEqual(180);
});

/** A page without its code, in which nothing is a link or a heading. */
const prose = (page: string) => read(page).replaceAll(/^( *)```.*?^\1```$|`[^`\n]*`/gms, "");

/** Where the relative links of a page lead: files, with the anchor if there is one. */
function links(page: string): { target: string; anchor: string | undefined }[] {
  return [...prose(page).matchAll(/\]\(((?!https?:)[^)#]*)(?:#([^)]*))?\)/g)].map(
    ([, file, anchor]) => ({
      target: file ? path.normalize(path.join(path.dirname(page), file)) : page,
      anchor,
    }),
  );
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(page: string): string[] {
  const text = read(page).replaceAll(/^( *)```.*?^\1```$/gms, "");
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test("every relative link leads to a file, and to a heading in it", () => {
  const dead = PAGES.flatMap((page) =>
    links(page)
      .filter(({ target, anchor }) => {
        if (!existsSync(path.join(CHECKOUT, target))) return true;
        return anchor !== undefined && !anchors(target).includes(anchor);
      })
      .map(({ target, anchor }) => `${page}: ${target}${anchor === undefined ? "" : `#${anchor}`}`),
  );
  expect(dead).toEqual([]);
});

test.each([
  ["docs/README.md", DOCS],
  ["docs/decisions/README.md", DECISIONS],
])("%s has a link to every page beside it", (index, pages) => {
  const linked = links(index).map(({ target }) => target);
  expect(pages.filter((page) => page !== index && !linked.includes(page))).toEqual([]);
});

/** The commands of a page, without comments and with placeholders of any language alike. */
function commands(page: string): string[] {
  return blocks(page, "sh")
    .flatMap((block) => block.split("\n"))
    .map((line) =>
      line
        .replace(/ +#.*/, "")
        .replaceAll(/<[^<>]+>/g, "<>")
        .trim(),
    )
    .filter((line) => line !== "");
}

test("the commands of the Spanish page are those of README.md", () => {
  const spanish = commands("docs/inicio-rapido.md");
  expect(spanish).toContain("npm run deploy");
  expect(spanish.filter((command) => !commands("README.md").includes(command))).toEqual([]);
});
