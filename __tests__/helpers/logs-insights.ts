import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { apiError } from "./systems-manager";

type Answer = { readonly status?: number; readonly body: object };

/** What CloudWatch Logs, and ECS, are asked for, in their own words. */
type Action = "StartQuery" | "GetQueryResults" | "StopQuery" | "FilterLogEvents" | "ListTasks";

export interface LogEvent {
  readonly stream: string;
  /** When it came, in milliseconds. */
  readonly timestamp: number;
  readonly message: string;
}

type Fields = Record<string, unknown>;

/** How many rows come at once. */
const PAGE = 10_000;

/** How many events come at once: so few that a test sees several pages. */
const EVENTS_PAGE = 3;

/**
 * A local server that speaks the API of CloudWatch Logs Insights, in AWS's JSON protocol 1.1, and does
 * run the queries, over the events that it has, as far as the project uses their language.
 * Source: "CloudWatch Logs Insights language query syntax", Amazon CloudWatch Logs User Guide.
 */
export class LogsInsights {
  readonly requests: { readonly action: Action; readonly input: Record<string, unknown> }[] = [];
  /** The log group's events. */
  events: LogEvent[] = [];
  /** The ids of the tasks that run. */
  tasks: string[] = [];
  /** An answer instead of the usual one, or nothing. */
  answer: (action: Action) => Answer | undefined = () => undefined;

  constructor(private readonly logGroup: string) {}

  private readonly queries: { rows: Fields[]; scanned: number; matched: number }[] = [];

  // The client keeps connections, and must not find one closed at the moment that it writes.
  private readonly server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    void json(request).then((body) => {
      const action = String(request.headers["x-amz-target"]).replace(/^.*\./, "") as Action;
      const input = body as Record<string, unknown>;
      this.requests.push({ action, input });
      const { status = 200, body: answer } = this.answer(action) ?? this.usual(action, input);
      response.writeHead(status, { "Content-Type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(answer));
    });
  });

  async start(): Promise<void> {
    await once(this.server.listen(0, "127.0.0.1"), "listening");
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private usual(action: Action, input: Record<string, unknown>): Answer {
    switch (action) {
      case "StartQuery": {
        if (input["logGroupName"] !== this.logGroup) {
          return apiError("ResourceNotFoundException", "The specified log group does not exist.");
        }
        const { startTime, endTime } = input as { startTime: number; endTime: number };
        const events = this.events.filter(
          ({ timestamp }) => timestamp >= startTime * 1000 && timestamp <= endTime * 1000,
        );
        const { rows, matched } = runQuery(String(input["queryString"]), events);
        const limit = Number(input["limit"] ?? 10_000);
        this.queries.push({ rows: rows.slice(0, limit), scanned: events.length, matched });
        return { body: { queryId: String(this.queries.length - 1) } };
      }
      case "GetQueryResults": {
        const { rows, scanned, matched } = this.queries[Number(input["queryId"])]!;
        const from = Number(input["nextToken"] ?? 0);
        const page = rows
          .slice(from, from + PAGE)
          .map((fields) =>
            Object.entries(fields).map(([field, value]) => ({ field, value: String(value) })),
          );
        const nextToken = from + PAGE < rows.length ? String(from + PAGE) : undefined;
        const statistics = { recordsScanned: scanned, recordsMatched: matched };
        return { body: { status: "Complete", results: page, statistics, nextToken } };
      }
      case "StopQuery":
        return { body: { success: true } };
      case "FilterLogEvents": {
        if (input["logGroupName"] !== this.logGroup) {
          return apiError("ResourceNotFoundException", "The specified log group does not exist.");
        }
        const events = this.events
          .map(({ stream, ...event }, index) => {
            return { ...event, logStreamName: stream, eventId: String(index) };
          })
          .filter(({ timestamp }) => timestamp >= Number(input["startTime"]))
          .sort((one, other) => one.timestamp - other.timestamp);
        // A page has what matches of the events that were looked at, which may be nothing.
        const from = Number(input["nextToken"] ?? 0);
        const to = from + EVENTS_PAGE;
        const page = events
          .slice(from, to)
          .filter(({ message }) => matches(input["filterPattern"] as string | undefined, message));
        return {
          body: { events: page, nextToken: to < events.length ? String(to) : undefined },
        };
      }
      case "ListTasks": {
        const arn = (id: string) => `arn:aws:ecs:us-east-1:123456789012:task/proxy-cluster/${id}`;
        return { body: { taskArns: this.tasks.map(arn) } };
      }
    }
  }
}

/**
 * Whether a filter takes a message: conditions within parentheses, all of which must hold, of comparisons
 * with a text, one of which must. Source: "Filter pattern syntax", Amazon CloudWatch Logs User Guide.
 */
function matches(pattern: string | undefined, message: string): boolean {
  if (pattern === undefined) return true;
  const [, conditions] = /^\{ \((.*)\) \}$/.exec(pattern) ?? [];
  if (conditions === undefined) throw new Error(`no such filter: ${pattern}`);
  const fields = discovered(message);
  return conditions.split(") && (").every((condition) =>
    condition.split(" || ").some((comparison) => {
      const [, name, value] = /^\$\.(\w+) = "([^"]*)"$/.exec(comparison) ?? [];
      if (name === undefined) throw new Error(`no such comparison: ${comparison}`);
      return fields[name] === value;
    }),
  );
}

/** Runs a query; what is not of the language, or not of the part that is known here, throws. */
export function runQuery(
  query: string,
  events: readonly LogEvent[],
): { rows: Fields[]; matched: number } {
  let rows = [...events]
    .sort((one, other) => one.timestamp - other.timestamp)
    .map(({ stream, timestamp, message }): Fields => ({
      ...discovered(message),
      "@logStream": stream,
      "@timestamp": timestamp,
    }));
  let matched = rows.length;
  for (const command of query.split("|").map((part) => part.trim())) {
    const [verb, rest = ""] = [/^\w+/.exec(command)?.[0], command.replace(/^\w+\s+/, "")];
    if (verb === "filter") {
      const alternatives = rest.split(" or ").map((one) => one.split(" and ").map(condition));
      rows = rows.filter((row) => alternatives.some((all) => all.every((holds) => holds(row))));
      matched = rows.length;
    } else if (verb === "stats") {
      rows = stats(rest, rows);
    } else if (verb === "sort") {
      rows.sort(order(rest));
    } else if (verb === "limit") {
      rows = rows.slice(0, Number(rest));
    } else {
      throw new Error(`no such command: ${command}`);
    }
  }
  return { rows, matched };
}

/** The fields of a message that is JSON; one that is null counts as none. */
function discovered(message: string): Fields {
  try {
    const entries = Object.entries(JSON.parse(message) as Fields);
    return Object.fromEntries(entries.filter(([, value]) => value !== null));
  } catch {
    return {};
  }
}

function condition(text: string): (row: Fields) => boolean {
  const [, not, field = ""] = /^(not )?ispresent\((\w+)\)$/.exec(text) ?? [];
  if (field !== "") return (row) => field in row === (not === undefined);
  const [, name = "", list] = /^(\w+) in \[(.*)\]$/.exec(text) ?? [];
  if (list !== undefined) {
    const values = list.split(", ").map((value) => JSON.parse(value) as unknown);
    return (row) => values.includes(row[name]);
  }
  const [, matched = "", pattern] = /^(\w+) like \/(.*)\/$/.exec(text) ?? [];
  if (pattern !== undefined) {
    return (row) => typeof row[matched] === "string" && new RegExp(pattern).test(row[matched]);
  }
  const [, compared = "", operator = "", operand = ""] =
    /^(\w+) (=|!=|<|<=|>|>=) ("[^"]*"|\d+)$/.exec(text) ?? [];
  const comparison = COMPARISONS[operator];
  if (comparison === undefined) throw new Error(`no such condition: ${text}`);
  const value = JSON.parse(operand) as string | number;
  // What becomes of a field that is not there is not documented: whoever compares makes sure that it is.
  return (row) => {
    if (!(compared in row)) return false;
    return comparison(row[compared] as string | number, value);
  };
}

type Comparison = (one: string | number, other: string | number) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  "=": (one, other) => one === other,
  "!=": (one, other) => one !== other,
  "<": (one, other) => one < other,
  "<=": (one, other) => one <= other,
  ">": (one, other) => one > other,
  ">=": (one, other) => one >= other,
};

/** By one field after the other, each ascending unless it says otherwise. */
function order(text: string): (one: Fields, other: Fields) => number {
  const fields = text.split(", ").map((part) => part.split(" "));
  return (one, other) => {
    for (const [field = "", direction = "asc"] of fields) {
      const [a, b] = [one[field], other[field]] as [string | number, string | number];
      if (a !== b) return (a < b ? -1 : 1) * (direction === "desc" ? -1 : 1);
    }
    return 0;
  };
}

/** The functions of a group's values, of the lines in which they are. */
const FUNCTIONS: Readonly<Record<string, (values: number[], argument: number) => number>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  max: (values) => Math.max(...values),
  pct: (values, percent) =>
    values.sort((one, other) => one - other)[Math.ceil((percent / 100) * values.length) - 1]!,
};

function stats(text: string, rows: readonly Fields[]): Fields[] {
  const [functions = "", by = ""] = text.split(" by ");
  const names = by.split(", ");
  const groups = new Map<string, Fields[]>();
  for (const row of rows) {
    const key = JSON.stringify(names.map((name) => valueOf(name, row)));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => {
    const values = functions.split(/, (?=\w+\()/).map((text): [string, unknown] => {
      const [, name = "", argument = "", number = "", alias = ""] =
        /^(\w+)\((@?\w+|\*|)(?:, (\d+))?\) as (\w+)$/.exec(text) ?? [];
      if (name === "count" && (argument === "*" || argument === "")) return [alias, group.length];
      if (name === "latest") return [alias, group.at(-1)![argument]];
      const calculate = FUNCTIONS[name];
      if (calculate === undefined) throw new Error(`no such function: ${text}`);
      const numbers = group.flatMap((row) => (argument in row ? [Number(row[argument])] : []));
      return [alias, numbers.length === 0 ? undefined : calculate(numbers, Number(number))];
    });
    const entries = [
      ...names.map((name): [string, unknown] => [name, valueOf(name, group[0]!)]),
      ...values,
    ];
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  });
}

/** What lines are grouped by: a field, or a stretch of time. */
function valueOf(name: string, row: Fields): unknown {
  const [, minutes] = /^bin\((\d+)m\)$/.exec(name) ?? [];
  if (minutes === undefined) return row[name];
  const length = Number(minutes) * 60_000;
  return new Date(Math.floor(Number(row["@timestamp"]) / length) * length).toISOString();
}
