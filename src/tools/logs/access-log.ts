import { z } from "zod";

/** Requests of the access log that are alike in all that the rules look at. */
export interface LoggedRequests {
  /** The client's or consumer's name; null where nobody has named the endpoint, or the image did not yet. */
  readonly consumer: string | null;
  /** The id of the VPC endpoint they came through; null without a load balancer. */
  readonly endpoint: string | null;
  readonly method: string;
  /** As Squid has it: in lower case, an IPv6 address in brackets. */
  readonly host: string;
  readonly port: number;
  /** The server name in TLS; null without `proxy.sniCheck`. */
  readonly sni: string | null;
  /** Which rule refused them, as docs/access-log.md has it. */
  readonly deniedBy: string | null;
  /** Which rule would have, in report mode. */
  readonly wouldBeDeniedBy: string | null;
  readonly count: number;
  /** When the last of them ended: UTC, in ISO 8601. */
  readonly last: string;
}

/** The requests of an access log, and what it has besides. */
export interface AccessLog {
  readonly requests: readonly LoggedRequests[];
  /** What is not among the requests, and why, a line each. */
  readonly omissions: readonly string[];
}

const text = z.string().nullable().default(null);

/** A line of a request; an image from before consumers had names does not tell them. */
const line = z.object({
  time: z.iso.datetime(),
  consumer: text,
  endpoint: text,
  method: text,
  host: text,
  port: z.number().nullable().default(null),
  sni: text,
  deniedBy: text,
  wouldBeDeniedBy: text,
});

/**
 * Reads lines of access logs, each of them a JSON object. What tools put in front of it is passed over:
 * `aws logs tail` a time, `docker compose logs` the proxy's name.
 */
export async function readAccessLog(lines: AsyncIterable<string>): Promise<AccessLog> {
  const tally = new Tally();
  let [events, unreadable, withoutHost] = [0, 0, 0];
  for await (const text of lines) {
    if (text.trim() === "") continue;
    const object = parse(text);
    if (object !== undefined && "event" in object) {
      events++;
      continue;
    }
    const { success, data } = line.safeParse(object);
    if (!success) {
      unreadable++;
      continue;
    }
    const { time, method, host, port, ...rest } = data;
    if (method === null || host === null || port === null) withoutHost++;
    else tally.add({ ...rest, method, host: withBrackets(host), port, count: 1, last: time });
  }
  return {
    requests: tally.requests(),
    omissions: [
      ...passedOver(events, "events and messages"),
      ...passedOver(withoutHost, "requests that name no host"),
      ...passedOver(unreadable, "none of an access log"),
    ],
  };
}

/** A host as it was asked for: what writes the log escapes the brackets of IPv6. */
export function withBrackets(host: string): string {
  return host.replace(/^%5B(.*)%5D$/, "[$1]");
}

/** Says that lines were passed over, where there were any. */
export function passedOver(count: number, what: string): string[] {
  return count === 0 ? [] : [`Passed over ${count === 1 ? "1 line" : `${count} lines`}: ${what}.`];
}

/** Counts requests that are alike. */
class Tally {
  private readonly groups = new Map<string, LoggedRequests>();

  add(requests: LoggedRequests): void {
    const { count, last, ...alike } = requests;
    const key = JSON.stringify(Object.values(alike));
    const former = this.groups.get(key);
    this.groups.set(
      key,
      former === undefined
        ? requests
        : { ...former, count: former.count + count, last: former.last > last ? former.last : last },
    );
  }

  requests(): LoggedRequests[] {
    return [...this.groups.values()];
  }
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text.slice(Math.max(0, text.indexOf("{"))));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
