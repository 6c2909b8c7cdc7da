import { createServer, request, type IncomingMessage } from "node:http";
import { isAllowed } from "./simulate";
import type { PolicyDocument } from "../../../src/fleet/identity/policy-document";

/**
 * A door in front of an S3 server that lets through what the policies of the caller's access key
 * allow: moto takes no signature of Terraform's once it checks rights itself. As a program of its
 * own, because the suite waits for Terraform: `node s3-gate.ts <endpoint> <policies by access key>`
 * prints its address.
 */
const [, , endpoint = "", policiesByKey = "{}"] = process.argv;
const policies = JSON.parse(policiesByKey) as Record<string, PolicyDocument[]>;

/** The right that a request of Terraform's backend needs. */
function rightFor({ method, url = "" }: IncomingMessage): { action: string; resource: string } {
  const { pathname } = new URL(url, endpoint);
  const path = decodeURIComponent(pathname).slice(1).replace(/\/$/, "");
  const resource = `arn:aws:s3:::${path}`;
  if (!path.includes("/")) return { action: "s3:ListBucket", resource };
  if (method === "PUT") return { action: "s3:PutObject", resource };
  if (method === "DELETE") return { action: "s3:DeleteObject", resource };
  return { action: "s3:GetObject", resource };
}

const server = createServer((incoming, outgoing) => {
  void (async () => {
    const [, key = ""] = /Credential=([^/]+)/.exec(incoming.headers.authorization ?? "") ?? [];
    const isStorage = incoming.headers.authorization?.includes("/s3/aws4_request");
    if (isStorage && !(await isAllowed(policies[key] ?? [], rightFor(incoming)))) {
      incoming.resume();
      outgoing.writeHead(403, { "content-type": "application/xml" });
      outgoing.end("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>");
      return;
    }
    const { method, headers, url } = incoming;
    const passed = request(new URL(url ?? "", endpoint), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(passed);
  })();
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
});
