import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** A comment or an issue, as far as the project reads it. */
export interface Post {
  readonly id: number;
  readonly number: number;
  body: string;
  readonly user: { readonly login: string; readonly type: string };
  state?: string;
  title?: string;
  labels?: readonly { readonly name: string }[];
}

/** What a request sends; unlike the answers, it has labels as texts. */
type Content = Omit<Partial<Post>, "labels"> & { readonly labels?: readonly string[] };

/** What it answers instead, to the requests that match. */
interface Fault {
  readonly request: RegExp;
  readonly status: number;
  readonly body: string;
  readonly type: string;
}

const REPOSITORY = "/repos/example/fleet";

/**
 * Stands in for GitHub's REST API, as far as https://docs.github.com/rest/issues describes what
 * the project uses: the comments of issues and pull requests, and issues, in pages.
 */
export class Github {
  readonly comments: Post[] = [];
  readonly issues: Post[] = [];
  /** The requests so far, such as `GET /repos/…`, without their query. */
  readonly requests: string[] = [];
  readonly tokens = new Set<string>();
  private readonly faults: Fault[] = [];
  private readonly server: Server;
  private ids = 1000;

  constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request, response);
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A comment or an issue that is there already. */
  post(to: Post[], body: string, type = "Bot"): Post {
    const id = this.ids++;
    const user = { login: type === "Bot" ? "github-actions[bot]" : "somebody", type };
    const post = { id, number: id, body, user, state: "open" };
    to.push(post);
    return post;
  }

  fail(
    request: RegExp,
    status: number,
    body: object | string = { message: `Says GitHub: ${status}` },
    type = "application/json; charset=utf-8",
  ): void {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    this.faults.push({ request, status, body: text, type });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, this.url);
    const line = `${request.method} ${pathname}`;
    this.requests.push(line);
    this.tokens.add(request.headers.authorization ?? "");
    const content = (request.method === "GET" ? {} : await json(request)) as Content;

    const fault = this.faults.find((one) => one.request.test(`${line} ${content.body ?? ""}`));
    if (fault !== undefined) {
      response.writeHead(fault.status, { "content-type": fault.type }).end(fault.body);
      return;
    }
    const send = (status: number, body: unknown, headers: Record<string, string> = {}) =>
      response
        .writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers })
        .end(JSON.stringify(body));
    const list = (posts: readonly Post[]) => {
      const size = Number(searchParams.get("per_page") ?? 30);
      const page = Number(searchParams.get("page") ?? 1);
      const more = posts.length > page * size;
      searchParams.set("page", String(page + 1));
      const link = `<${this.url}${pathname}?${searchParams.toString()}>; rel="next"`;
      const shown = posts.slice((page - 1) * size, page * size);
      send(200, shown, more ? { link } : {});
    };
    const found = (posts: readonly Post[]) => {
      return posts.find(({ id }) => pathname.endsWith(`/${id}`));
    };

    if (line === `GET ${REPOSITORY}/issues/7/comments`) {
      list(this.comments);
    } else if (line === `POST ${REPOSITORY}/issues/7/comments`) {
      send(201, this.post(this.comments, content.body!));
    } else if (line.startsWith(`PATCH ${REPOSITORY}/issues/comments/`) && found(this.comments)) {
      send(200, Object.assign(found(this.comments)!, content));
    } else if (line === `GET ${REPOSITORY}/issues`) {
      const label = searchParams.get("labels");
      const state = searchParams.get("state") ?? "open";
      list(
        this.issues.filter(
          (issue) => issue.state === state && issue.labels?.some(({ name }) => name === label),
        ),
      );
    } else if (line === `POST ${REPOSITORY}/issues`) {
      const labels = (content.labels ?? []).map((name) => ({ name }));
      send(201, Object.assign(this.post(this.issues, content.body!), { ...content, labels }));
    } else if (line.startsWith(`PATCH ${REPOSITORY}/issues/`) && found(this.issues)) {
      send(200, Object.assign(found(this.issues)!, content));
    } else {
      send(404, { message: "Not Found", documentation_url: "https://docs.github.com/rest" });
    }
  }
}
