import type { Flood } from "./flood";

type Says = Flood["says"];

/** As many fields as a head may have, and almost as many bytes. */
const FIELDS = Array.from({ length: 97 }, (_, index) => `f${index}: ${"x".repeat(145)}`);
const request = (line: string, ...fields: readonly string[]) =>
  [`${line} HTTP/1.1`, ...fields, ...FIELDS, "", ""].join("\r\n");

/** How many connections of a kind are made in a second. */
export const PER_SECOND = 200;

/** How many there are, its order says. */
const holding = (says: Says, reads = true): Flood => {
  return { connections: 0, perSecond: PER_SECOND, says, reads };
};

/** What a client may do on a connection within all limits, so that the proxy holds as much as it can. */
export const HOLDINGS: Readonly<Record<string, Flood>> = {
  silence: holding(() => [""]),
  "half a head": holding(({ origin }) => [request(`GET http://${origin}/`).slice(0, -2)]),
  "a refused request, and no other": holding(() => [request("GET http://127.0.0.1/")]),
  "a request without an answer": holding(({ server }) => [request(`GET http://${server}/silent`)]),
  "an answer without its end": holding(({ server }) => [request(`GET http://${server}/unended`)]),
  "an answer that could be cached, without its end": holding(({ server }) => [
    request(`GET http://${server}/unfinished`),
  ]),
  "an answer that is not read": holding(
    ({ server }) => [request(`GET http://${server}/endless`)],
    false,
  ),
  "many answers that are not read": holding(
    ({ origin }) => [request(`GET http://${origin}/head/12000`).repeat(20)],
    false,
  ),
  "an upload that nobody takes": holding(({ server }) => [
    request(`POST http://${server}/deaf`, "Content-Length: 9000000"),
    "x".repeat(400_000),
  ]),
  "a tunnel": holding(({ origin }) => [request(`CONNECT ${origin}:443`)]),
  // Requests that are not read, and whose answers are not, either.
  "a tunnel that is blocked both ways": holding(
    ({ origin }) => [
      request(`CONNECT ${origin}:443`),
      "GET /bytes/1000000 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(6_000),
    ],
    false,
  ),
};
