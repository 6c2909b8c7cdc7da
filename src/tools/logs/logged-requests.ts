import { z } from "zod";
import { type AccessLog, type LoggedRequests, passedOver, withBrackets } from "./access-log";
import { type LogQueryProps, MAX_ROWS, queryLog } from "./log-query";

/** In the order of the most requests, so that what does not fit are the rarest. */
const QUERY = [
  "filter ispresent(host) and not ispresent(event)",
  "stats count(*) as requests, latest(time) as lastTime by consumer, endpoint, method, host, port, sni, deniedBy, wouldBeDeniedBy",
  "sort requests desc",
].join(" | ");

const text = z.string().nullable().default(null);

const row = z.object({
  requests: z.coerce.number(),
  lastTime: z.string(),
  consumer: text,
  endpoint: text,
  method: z.string(),
  host: z.string(),
  port: z.coerce.number(),
  sni: text,
  deniedBy: text,
  wouldBeDeniedBy: text,
});

/** Reads the access log of a deployed fleet, as CloudWatch Logs Insights counts it. */
export async function queryAccessLog(props: Omit<LogQueryProps, "query">): Promise<AccessLog> {
  const { rows, linesScanned, linesMatched } = await queryLog({ ...props, query: QUERY });
  const parsed = rows.map((fields) => row.safeParse(fields));
  const requests = parsed.flatMap(({ data }): LoggedRequests[] => {
    if (data === undefined) return [];
    const { requests: count, lastTime: last, ...alike } = data;
    return [{ ...alike, host: withBrackets(alike.host), count, last }];
  });
  const tooMany =
    `CloudWatch Logs Insights tells ${MAX_ROWS} kinds of requests apart at most: ` +
    "the rarest are missing. Ask for a shorter time.";
  return {
    requests,
    omissions: [
      ...passedOver(
        linesScanned - linesMatched,
        "events, messages, and requests that name no host",
      ),
      ...passedOver(rows.length - requests.length, "requests without a method or a port"),
      ...(rows.length < MAX_ROWS ? [] : [tooMany]),
    ],
  };
}
