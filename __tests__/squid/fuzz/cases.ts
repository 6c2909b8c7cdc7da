import { clientHello } from "../client-hello";
import { connectionTo, type Input } from "./inputs";

/** A tunnel to a name that nobody has to look up, and a first TLS message in it. */
const hello = (serverName: string) =>
  connectionTo("full", [
    Buffer.from("CONNECT 198.51.100.1:443 HTTP/1.1\r\n\r\n"),
    ...clientHello(serverName),
  ]);

/**
 * What has once ended or frozen a proxy, each with what must be sent together. `npm run fuzz` prints
 * such batches, their bytes in base64.
 */
export const CASES: readonly (readonly Input[])[] = [
  // A line end in a server name reached a helper that reads lines.
  Array.from({ length: 8 }, () => hello("a1\nb")),
];
