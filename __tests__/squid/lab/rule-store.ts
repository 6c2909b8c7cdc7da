/**
 * Buckets with rules, as proxies see them: HTTPS, and the objects of the folder in /store that the host's
 * first label names. The file "behaviour" in it names how the index is answered, if not well. One line of
 * JSON per event on stdout.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";

export type StoreEvent =
  | { readonly event: "listening" | "mark" }
  | {
      readonly event: "request";
      readonly bucket: string;
      readonly url: string;
      readonly status: number;
    };

/** What can be wrong with an answer that comes at all. */
export type Behaviour = "cut off" | "denied" | "endless" | "web page" | "undated" | "redirect";

const tell = (event: StoreEvent) => console.log(JSON.stringify(event));

function behaviour(folder: string, url: string): string | undefined {
  const file = path.join(folder, "behaviour");
  return url === "/index.txt" && existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? "/";
  const [bucket = ""] = (request.headers.host ?? "").split(".");
  response.once("close", () =>
    tell({ event: "request", bucket, url, status: response.statusCode }),
  );
  const folder = path.join("/store", bucket);
  const file = path.join(folder, url);
  if (!existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  const body = readFileSync(file);
  const etag = `"${createHash("md5").update(body).digest("hex")}"`;
  const headers = { etag, "last-modified": statSync(file).mtime.toUTCString() };
  switch (behaviour(folder, url)) {
    case "cut off":
      response.writeHead(200, { ...headers, "content-length": body.length + 100 });
      response.write(body, () => response.destroy());
      return;
    case "denied":
      response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
      return;
    case "endless": {
      response.writeHead(200, headers);
      const more = () => {
        while (response.write(Buffer.alloc(65_536, "x")));
      };
      response.on("drain", more);
      more();
      return;
    }
    case "web page":
      response.writeHead(200, headers).end("<!DOCTYPE html>\n<title>Please log in</title>\n");
      return;
    case "undated":
      response.writeHead(200, { etag }).end(body);
      return;
    case "redirect":
      response.writeHead(302, { location: "/elsewhere.txt" }).end();
      return;
    default:
      if (request.headers["if-none-match"] === etag) response.writeHead(304, headers).end();
      else response.writeHead(200, headers).end(body);
  }
}

process.on("SIGUSR2", () => tell({ event: "mark" }));
createServer(
  { key: readFileSync("/etc/lab/key.pem"), cert: readFileSync("/etc/lab/certificate.pem") },
  answer,
).listen(443, () => tell({ event: "listening" }));
