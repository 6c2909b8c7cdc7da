import { DENIED } from "../../../src/fleet/monitoring/log-metrics";
import { parseLogOptions } from "../../../src/tools/logs/options";

const NAMES = ["lab", "office"];
const parse = (...args: string[]) => parseLogOptions(args, NAMES);

test("without any, all lines of the last 15 minutes are meant", () => {
  expect(parse()).toEqual({
    since: { text: "15m", ms: 900_000 },
    filterPattern: undefined,
    follow: false,
  });
});

test.each<[string[], string]>([
  [["--client", "office"], '{ ($.consumer = "office") }'],
  [["--client", "10.0.1.5"], '{ ($.client = "10.0.1.5") }'],
  [["--denied"], `{ (${DENIED}) }`],
  [["--client=lab", "--denied"], `{ ($.consumer = "lab") && (${DENIED}) }`],
])("CloudWatch filters by %j", (args, filterPattern) => {
  expect(parse(...args)).toMatchObject({ filterPattern });
});

test("a filter is no longer than CloudWatch allows", () => {
  // Source: FilterLogEvents, Amazon CloudWatch Logs API reference.
  expect(`{ ($.consumer = "${"x".repeat(63)}") && (${DENIED}) }`.length).toBeLessThanOrEqual(1024);
});

test("all mistakes are named at once", () => {
  expect(parse("office", "--nope", "--follow=yes", "--client", "offcie", "--since", "7")).toEqual({
    mistakes: [
      '"office" is no option.',
      '"--nope" is no option.',
      "--follow takes no value.",
      expect.stringContaining("Type: npm run logs -- "),
      '--client is "offcie". Known are "lab" or "office", or the address of any client.',
      expect.stringContaining('--since is "7". Allowed:'),
    ],
  });
});

test("a value that is missing is named", () => {
  expect(parse("--client")).toEqual({
    mistakes: ["--client takes a value.", expect.any(String)],
  });
});

test.each(['x" || $.status = "200', "*", "__proto__"])("%j is no client", (client) => {
  expect(parse("--client", client)).toHaveProperty("mistakes");
});
