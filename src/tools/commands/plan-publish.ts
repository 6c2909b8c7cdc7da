import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { comment, marker, MAX_COMMENT_LENGTH } from "../plan-review/comment";
import { Publication } from "../plan-review/publication";
import type { PlanResult } from "../plan-review/plan-report";
import { REGION_PATTERN } from "../../common/regions";
import { reportUserErrors, UserError } from "../../common/user-error";
import { workflowRun } from "./workflow-run";

type Result = PlanResult["result"];
const RESULTS: readonly Result[] = ["changes", "no-changes", "failed"];

/** What a workflow asks for. */
interface Request {
  readonly publication: Publication;
  /** The pull request to comment on; for issues there is none. */
  readonly pullRequest?: number;
  /** The folder with what the jobs that planned have left, a folder for each region. */
  readonly folder: string;
  readonly regions: readonly string[];
}

void reportUserErrors(async () => {
  const { publication, pullRequest, folder, regions } = readRequest();
  const failures: string[] = [];
  for (const region of regions) {
    const { result, body } = readArtifact(folder, region);
    try {
      if (pullRequest !== undefined) {
        await publication.comment(pullRequest, region, body);
      } else if (result === "no-changes") {
        await publication.closeIssue(region, body);
      } else {
        await publication.openIssue(region, body);
      }
      console.log(`${region}: ${result}`);
    } catch (error) {
      // The plans of the other regions are as good as before.
      if (!(error instanceof UserError)) throw error;
      failures.push(`${region}: ${error.message}`);
    }
  }
  if (failures.length > 0) throw new UserError(failures.join("\n"));
});

/** @throws UserError with every mistake in the arguments and the environment. */
function readRequest(): Request {
  const [kind = "", folder = "", ...regions] = process.argv.slice(2);
  const {
    GITHUB_TOKEN: token = "",
    GITHUB_REPOSITORY: repository = "",
    GITHUB_API_URL: apiUrl = "https://api.github.com",
    PULL_REQUEST: pullRequest = "",
  } = process.env;
  const [owner = "", repo = "", ...rest] = repository.split("/");
  const wrongRegions = regions.filter((region) => !REGION_PATTERN.test(region));
  const given = (value: string) => JSON.stringify(value);

  const mistakes = [
    !["comment", "issue"].includes(kind) && `${given(kind)} is neither "comment" nor "issue"`,
    folder === "" && "there is no folder",
    regions.length === 0 && "there are no regions",
    ...wrongRegions.map((region) => `${given(region)} is not a commercial AWS region`),
    token === "" && "GITHUB_TOKEN is not set",
    /[^!-~]/.test(token) && "GITHUB_TOKEN has blanks, line ends or other characters of no token",
    (owner === "" || repo === "" || rest.length > 0) &&
      `GITHUB_REPOSITORY is ${given(repository)}, not owner/name`,
    kind === "comment" &&
      !/^[1-9]\d*$/.test(pullRequest) &&
      `PULL_REQUEST is ${given(pullRequest)}, not the number of one`,
  ].filter((mistake) => mistake !== false);
  if (mistakes.length > 0) {
    throw new UserError(
      [
        "This does not say what to publish:",
        ...mistakes.map((mistake) => `  ${mistake}`),
        "Type: npm run plan:publish -- comment|issue <folder> <region>…",
      ].join("\n"),
    );
  }
  return {
    publication: new Publication({ owner, repo, token, apiUrl }),
    ...(kind === "comment" && { pullRequest: Number(pullRequest) }),
    folder,
    regions,
  };
}

/** What a region's job has left; a job that ended early has left nothing. */
function readArtifact(folder: string, region: string): { result: Result; body: string } {
  const read = (name: string) => readFileSync(path.join(folder, region, name), "utf8");
  const failed = (failure: string) => ({
    result: "failed" as const,
    body: comment({ region, failure, run: workflowRun(process.env, region) }),
  });
  if (!existsSync(path.join(folder, region, "comment.md"))) {
    return failed("The job ended before there was a plan. The log of the run says why.");
  }
  try {
    const body = read("comment.md").trimEnd();
    const { result } = JSON.parse(read("result.json")) as { result: unknown };
    // The job ran other code than this; what is not a plan's, or of another region, is not published.
    if (isResult(result) && body.startsWith(marker(region)) && body.length <= MAX_COMMENT_LENGTH) {
      return { result, body };
    }
  } catch {
    // Neither is what cannot be read.
  }
  return failed("What the job has left is not the summary of a plan.");
}

function isResult(value: unknown): value is Result {
  return RESULTS.some((result) => result === value);
}
