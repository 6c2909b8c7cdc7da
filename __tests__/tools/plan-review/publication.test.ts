import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { marker, MAX_COMMENT_LENGTH } from "../../../src/tools/plan-review/comment";
import { Publication } from "../../../src/tools/plan-review/publication";
import { UserError } from "../../../src/common/user-error";
import { Project } from "../../helpers/project";
import { Github } from "./github";

jest.setTimeout(60_000);

const TOKEN = "ghs_averysecrettoken";
const EAST = "us-east-1";
const WEST = "us-west-2";
const COMMENTS = "/repos/example/fleet/issues/7/comments";
const EARLY = "The job ended before there was a plan. The log of the run says why.";
const RIGHTS = "The job needs pull-requests: write for comments, issues: write for issues.";

let project: Project;
let github: Github;
beforeAll(() => {
  project = new Project();
});
afterAll(() => project.remove());
beforeEach(async () => {
  github = new Github();
  await github.start();
});
afterEach(() => {
  github.stop();
  rmSync(path.join(project.root, "plans"), { recursive: true, force: true });
});

/** The artifact of a region's job. */
function planned(
  region: string,
  result: string,
  text = "the plan",
  start = marker(region),
): string {
  const directory = path.join(project.root, "plans", region);
  mkdirSync(directory, { recursive: true });
  const body = `${start}\n${text}`;
  writeFileSync(path.join(directory, "comment.md"), `${body}\n`);
  writeFileSync(path.join(directory, "result.json"), `${JSON.stringify({ result })}\n`);
  return body;
}

async function publish(
  kind: string,
  regions: readonly string[],
  variables: Record<string, string> = {},
) {
  const run = await project.npm("plan:publish", [kind, "plans", ...regions], {
    GITHUB_API_URL: github.url,
    GITHUB_TOKEN: TOKEN,
    GITHUB_REPOSITORY: "example/fleet",
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_RUN_ID: "42",
    COMMIT: "0123456789abcdef0123456789abcdef01234567",
    PULL_REQUEST: "7",
    ...variables,
  });
  expect(`${run.stdout}${run.stderr}`).not.toContain(TOKEN);
  expect(run.stderr).not.toMatch(/^\s+at /m);
  return run;
}

const done = (...lines: string[]) => ({
  status: 0,
  stdout: lines.map((line) => `${line}\n`).join(""),
  stderr: "",
});

describe("comments", () => {
  test("one for each region, which later runs update", async () => {
    const west = planned(WEST, "no-changes");
    planned(EAST, "changes", "first");
    expect(await publish("comment", [EAST, WEST])).toEqual(
      done(`${EAST}: changes`, `${WEST}: no-changes`),
    );
    const { id } = github.comments[0]!;

    const east = planned(EAST, "failed", "second");
    expect(await publish("comment", [EAST, WEST])).toEqual(
      done(`${EAST}: failed`, `${WEST}: no-changes`),
    );
    expect(github.comments.map(({ body }) => body)).toEqual([east, west]);
    expect(github.comments[0]!.id).toBe(id);
    expect([...github.tokens]).toEqual([`token ${TOKEN}`]);
  });

  test("are found on the second page", async () => {
    for (let index = 1; index < 150; index++) github.post(github.comments, `comment ${index}`);
    const ours = github.post(github.comments, `${marker(EAST)}\nold`);
    const body = planned(EAST, "changes");
    await publish("comment", [EAST]);
    expect(ours.body).toBe(body);
    expect(github.comments).toHaveLength(150);
  });

  test("of others are left alone, whatever they begin with", async () => {
    github.post(github.comments, `${marker(EAST)}\nmine`, "User");
    github.post(github.comments, `> ${marker(EAST)}`);
    github.post(github.comments, marker(WEST));
    const body = planned(EAST, "changes");
    await publish("comment", [EAST]);
    expect(github.comments.map((post) => post.body)).toEqual([
      ...[`${marker(EAST)}\nmine`, `> ${marker(EAST)}`, marker(WEST)],
      body,
    ]);
  });

  test("as long as GitHub takes them", async () => {
    planned(EAST, "changes", "x".repeat(MAX_COMMENT_LENGTH - marker(EAST).length - 1));
    await publish("comment", [EAST]);
    expect(github.comments[0]!.body).toHaveLength(MAX_COMMENT_LENGTH);
  });

  test("say so where a job has left nothing", async () => {
    expect(await publish("comment", [EAST])).toEqual(done(`${EAST}: failed`));
    const { body } = github.comments[0]!;
    expect(body.startsWith(marker(EAST))).toBe(true);
    expect(body).toContain(EARLY);
    expect(body).toContain("[the run](https://github.example/example/fleet/actions/runs/42)");
  });

  test.each<[string, () => unknown]>([
    ["another region's", () => planned(EAST, "changes", "x", marker(WEST))],
    ["a text without its marker", () => planned(EAST, "changes", "x", "@everyone")],
    ["a result that is none", () => planned(EAST, "::error::x")],
    ["too long a text", () => planned(EAST, "changes", "x".repeat(MAX_COMMENT_LENGTH))],
    [
      "no result",
      () => {
        planned(EAST, "changes");
        rmSync(path.join(project.root, "plans", EAST, "result.json"));
      },
    ],
  ])("do not repeat what is no summary: %s", async (_, leave) => {
    leave();
    expect(await publish("comment", [EAST])).toEqual(done(`${EAST}: failed`));
    expect(github.comments[0]!.body).toContain(
      "What the job has left is not the summary of a plan.",
    );
  });
});

describe("issues", () => {
  const open = (body: string) => ({ body, state: "open", labels: [{ name: "drift" }] });

  test("are opened, updated and closed", async () => {
    const first = planned(EAST, "changes", "first");
    await publish("issue", [EAST], { PULL_REQUEST: "" });
    expect(github.issues).toEqual([expect.objectContaining(open(first))]);
    expect(github.issues[0]!.title).toBe(`The drift check of ${EAST} has found something`);

    const second = planned(EAST, "failed", "second");
    await publish("issue", [EAST]);
    expect(github.issues).toEqual([expect.objectContaining(open(second))]);

    const third = planned(EAST, "no-changes", "third");
    await publish("issue", [EAST]);
    expect(github.issues).toEqual([
      expect.objectContaining({ body: third, state: "closed", state_reason: "completed" }),
    ]);

    const fourth = planned(EAST, "changes", "fourth");
    await publish("issue", [EAST]);
    expect(github.issues).toHaveLength(2);
    expect(github.issues[1]).toMatchObject(open(fourth));
  });

  test("are not touched where there is nothing to say, or they are somebody's", async () => {
    const theirs = github.post(github.issues, marker(EAST), "User");
    theirs.labels = [{ name: "drift" }];
    planned(EAST, "no-changes");
    expect(await publish("issue", [EAST])).toEqual(done(`${EAST}: no-changes`));
    expect(github.requests).toEqual(["GET /repos/example/fleet/issues"]);
  });
});

describe("what GitHub refuses is one line", () => {
  const comment = (apiUrl = github.url) =>
    new Publication({ owner: "example", repo: "fleet", token: TOKEN, apiUrl }).comment(
      7,
      EAST,
      "x",
    );
  const denied = (message: string) =>
    `GITHUB_TOKEN may not write to example/fleet, or what it writes to does not exist (${message}). ${RIGHTS}`;

  test.each([
    [401, "GitHub does not accept GITHUB_TOKEN: Says GitHub: 401"],
    [403, denied("Says GitHub: 403")],
    [404, denied("Says GitHub: 404")],
    [422, "GitHub refuses (422): Says GitHub: 422"],
    [500, "GitHub has a problem of its own (500): Says GitHub: 500. Run the job again later."],
  ])("with %d", async (status, message) => {
    github.fail(/^POST /, status);
    await expect(comment()).rejects.toThrow(new UserError(message));
    // Once: a workflow can be run again, and a retry could comment twice.
    expect(github.requests).toEqual([`GET ${COMMENTS}`, `POST ${COMMENTS}`]);
  });

  test.each<[string, string, string, RegExp]>([
    [
      "a page of a proxy",
      `<html>\n<body>${"Bad gateway\n".repeat(100)}</body></html>`,
      "text/html",
      /\(502\): <html> <body>Bad gateway .{250,300}…\. Run the job again later\.$/,
    ],
    ["nothing", "", "text/plain", /\(502\): no reason given\. Run the job again later\.$/],
    ["its token", `{"message":"not ${TOKEN}"}`, "application/json", /: not \(sensitive value\)\./],
  ])("with %s in the answer", async (_, body, type, message) => {
    github.fail(/^POST /, 502, body, type);
    await expect(comment()).rejects.toThrow(message);
  });

  test("where it does not answer at all", async () => {
    await expect(comment("http://127.0.0.1:9")).rejects.toThrow(
      /^GitHub cannot be reached at http:\/\/127\.0\.0\.1:9: .+$/,
    );
  });
});

test("where one region fails, the others are published", async () => {
  planned(EAST, "changes");
  const west = planned(WEST, "changes");
  github.fail(/^POST .*us-east-1/, 422);
  expect(await publish("comment", [EAST, WEST])).toEqual({
    status: 1,
    stdout: `${WEST}: changes\n`,
    stderr: `${EAST}: GitHub refuses (422): Says GitHub: 422\n`,
  });
  expect(github.comments.map(({ body }) => body)).toEqual([west]);
});

describe("what is wrong in the request is said at once", () => {
  const USAGE = "Type: npm run plan:publish -- comment|issue <folder> <region>…\n";

  test("all of it", async () => {
    const run = await publish("tweet", ["nowhere", "cn-north-1"], {
      GITHUB_TOKEN: "",
      GITHUB_REPOSITORY: "example",
    });
    expect(run).toEqual({
      status: 1,
      stdout: "",
      stderr: [
        "This does not say what to publish:",
        '  "tweet" is neither "comment" nor "issue"',
        '  "nowhere" is not a commercial AWS region',
        '  "cn-north-1" is not a commercial AWS region',
        "  GITHUB_TOKEN is not set",
        '  GITHUB_REPOSITORY is "example", not owner/name',
        USAGE,
      ].join("\n"),
    });
    expect(github.requests).toEqual([]);
  });

  test("no region, and no pull request", async () => {
    const run = await publish("comment", [], { PULL_REQUEST: "0", GITHUB_TOKEN: `${TOKEN}\n` });
    expect(run).toEqual({
      status: 1,
      stdout: "",
      stderr: [
        "This does not say what to publish:",
        "  there are no regions",
        "  GITHUB_TOKEN has blanks, line ends or other characters of no token",
        '  PULL_REQUEST is "0", not the number of one',
        USAGE,
      ].join("\n"),
    });
  });
});
