import { Octokit } from "@octokit/rest";
import { UserError } from "../../common/user-error";
import { marker } from "./comment";
import { cutText, masked, printable } from "../../common/printable";

/** A repository on GitHub, and the right to write there. */
export interface GithubRepository {
  readonly owner: string;
  readonly repo: string;
  readonly token: string;
  /** Where GitHub's API answers: `GITHUB_API_URL`, which is another one for GitHub Enterprise. */
  readonly apiUrl: string;
}

/** The label of the issues about drift, by which they are found. */
const DRIFT_LABEL = "drift";

/** What is shown of GitHub's reason for an error. */
const LONGEST_REASON = 300;

/** A comment or an issue, as far as this needs it. */
interface Post {
  readonly body?: string | null | undefined;
  readonly user: { readonly type?: string } | null;
}

/** Puts the plans of regions where people read them: one text per region, updated in place. */
export class Publication {
  private readonly octokit: Octokit;
  private readonly repository: { owner: string; repo: string };
  private readonly token: string;
  private readonly apiUrl: string;

  constructor({ owner, repo, token, apiUrl }: GithubRepository) {
    this.repository = { owner, repo };
    this.token = token;
    this.apiUrl = apiUrl;
    this.octokit = new Octokit({ auth: token, baseUrl: apiUrl, log: SILENT });
  }

  /** Makes or updates the region's comment on a pull request. */
  async comment(pullRequest: number, region: string, body: string): Promise<void> {
    const { issues } = this.octokit.rest;
    await this.explained(async () => {
      const comments = await this.octokit.paginate(issues.listComments, {
        ...this.repository,
        issue_number: pullRequest,
        per_page: 100,
      });
      const existing = comments.find((post) => isOurs(post, region));
      if (existing === undefined) {
        await issues.createComment({ ...this.repository, issue_number: pullRequest, body });
      } else {
        await issues.updateComment({ ...this.repository, comment_id: existing.id, body });
      }
    });
  }

  /** Makes or updates the region's open issue about drift. */
  async openIssue(region: string, body: string): Promise<void> {
    const { issues } = this.octokit.rest;
    await this.explained(async () => {
      const existing = await this.findIssue(region);
      if (existing === undefined) {
        await issues.create({
          ...this.repository,
          title: `The drift check of ${region} has found something`,
          labels: [DRIFT_LABEL],
          body,
        });
      } else {
        await issues.update({ ...this.repository, issue_number: existing, body });
      }
    });
  }

  /** Closes the region's open issue about drift, if there is one, with the last plan in it. */
  async closeIssue(region: string, body: string): Promise<void> {
    await this.explained(async () => {
      const existing = await this.findIssue(region);
      if (existing === undefined) return;
      await this.octokit.rest.issues.update({
        ...this.repository,
        issue_number: existing,
        body,
        state: "closed",
        state_reason: "completed",
      });
    });
  }

  private async findIssue(region: string): Promise<number | undefined> {
    const all = await this.octokit.paginate(this.octokit.rest.issues.listForRepo, {
      ...this.repository,
      labels: DRIFT_LABEL,
      state: "open",
      per_page: 100,
    });
    return all.find((post) => isOurs(post, region))?.number;
  }

  /** Says in one line what GitHub's errors mean here. */
  private async explained(publish: () => Promise<void>): Promise<void> {
    try {
      await publish();
    } catch (error) {
      if (!isHttpError(error)) throw error;
      throw new UserError(this.explanation(error));
    }
  }

  private explanation({ status, message, response }: HttpError): string {
    const { owner, repo } = this.repository;
    const said = this.inOneLine(message);
    if (response === undefined) return `GitHub cannot be reached at ${this.apiUrl}: ${said}`;
    if (status === 401) return `GitHub does not accept GITHUB_TOKEN: ${said}`;
    if (status === 403 || status === 404) {
      return (
        `GITHUB_TOKEN may not write to ${owner}/${repo}, or what it writes to does not exist ` +
        `(${said}). The job needs pull-requests: write for comments, issues: write for issues.`
      );
    }
    return status < 500
      ? `GitHub refuses (${status}): ${said}`
      : `GitHub has a problem of its own (${status}): ${said}. Run the job again later.`;
  }

  /** What GitHub says, or a proxy before it, of which some answer with a whole page. */
  private inOneLine(message: string): string {
    const line = printable(masked(message, [this.token]).replace(/\s+/g, " ").trim());
    if (line === "") return "no reason given";
    return line.length > LONGEST_REASON ? `${cutText(line, LONGEST_REASON)}…` : line;
  }
}

/** What Octokit throws; without a response where there was none. */
interface HttpError extends Error {
  readonly status: number;
  readonly response?: unknown;
}

function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && error.name === "HttpError";
}

/** Another person's text may begin with the marker, too; a workflow's is a bot's. */
function isOurs({ body, user }: Post, region: string): boolean {
  return user?.type === "Bot" && (body ?? "").startsWith(marker(region));
}

const silent = () => {};
/** Octokit warns of what this does not use. */
const SILENT = { debug: silent, info: silent, warn: silent, error: silent };
