import { made } from "../../bench/dashboard/document";
import { figures, type Figure } from "../../bench/dashboard/figures";
import { picture } from "../../bench/dashboard/picture";
import { readRecording } from "../../bench/dashboard/recording";
import { EVERYDAY } from "../../bench/dashboard/scenario";
import { QUERIES } from "../../src/fleet/monitoring/dashboard-rows";
import { REHEARSED } from "../../src/tools/rehearsal/metrics/recording";

const RECORDED = readRecording();
const FIGURES = figures(RECORDED);

const of = <Kind extends Figure["kind"]>(kind: Kind) =>
  FIGURES.flatMap(({ figure }) =>
    figure.kind === kind ? [figure as Extract<Figure, { kind: Kind }>] : [],
  );

test("docs/dashboard.svg is the dashboard over the recording; if not: npm run bench:dashboard -- --draw", () => {
  const { current, wanted } = made(RECORDED);
  expect(current).toBe(wanted);
});

test("every widget shows something, but for NAT gateways, which a rehearsal has not", () => {
  const empty = FIGURES.filter(({ figure }) => {
    switch (figure.kind) {
      case "table":
        return figure.rows.length === 0;
      case "graph":
        return figure.lines.every(({ points }) => points.length === 0);
      default:
        return false;
    }
  });
  expect(empty.map(({ title }) => title)).toEqual([
    "Connections for which a NAT gateway had no port",
  ]);
  expect(of("numbers")).toEqual([
    {
      kind: "numbers",
      numbers: {
        "GB of clients": expect.any(Number),
        "GB of the NAT gateways": undefined,
        "US dollars": undefined,
      },
    },
  ]);
});

/** Those of which the dashboard shows an answer. */
const ASKED = QUERIES.filter(({ title }) => FIGURES.some((widget) => widget.title === title));

test.each(ASKED.map((query) => [query.id, query] as const))(
  "another query would be another picture: %s",
  (_, query) => {
    expect(ASKED.length).toBeGreaterThan(8);
    const wanted = picture(FIGURES);
    const changed: { query: string } = query;
    const before = changed.query;
    changed.query = `${before} | limit 0`;
    try {
      expect(picture(figures(RECORDED))).not.toBe(wanted);
    } finally {
      changed.query = before;
    }
  },
);

test("it has several clients, refusals of several kinds and errors, each with its name", () => {
  const rows = of("table").flatMap((table) => table.rows);
  const values = (name: string) => new Set(rows.flatMap((row) => row[name] ?? []));
  expect([...values("consumer")].sort()).toEqual(Object.keys(EVERYDAY).sort());
  expect([...values("deniedBy")]).toEqual(
    expect.arrayContaining(["allowed-domains", "denied-domains", "port", "connections"]),
  );
  expect([...values("error")]).toEqual(expect.arrayContaining(["ERR_DNS_FAIL"]));
  // The client above its limit has its name, though nobody has asked the rules.
  const limited = rows.filter((row) => row["deniedBy"] === "connections" && "consumer" in row);
  expect(limited).toContainEqual(expect.objectContaining({ consumer: "build" }));
});

test("some alarms ring, and the others do not", () => {
  const alarms = Object.assign({}, ...of("alarms").map((figure) => figure.alarms)) as Readonly<
    Record<string, "rang" | "silent">
  >;
  const rang = Object.keys(alarms).filter((id) => alarms[id] === "rang");
  expect(rang).toEqual(
    expect.arrayContaining(["too-few-tasks", "refusals-above-usual", "client-at-connection-limit"]),
  );
  expect(rang).not.toContain("flows-near-limit");
  expect(Object.keys(alarms)).toContain(`zone-${REHEARSED.availabilityZones.length}-without-task`);
});
