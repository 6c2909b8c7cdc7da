/**
 * Prints what a URL answers to the fetch() of undici, the library behind Node's own. It asks for a
 * tunnel even without TLS, unless the second argument is "pages".
 */
import { fetch, ProxyAgent, setGlobalDispatcher } from "undici";

const [url = "", mode] = process.argv.slice(2);
setGlobalDispatcher(
  new ProxyAgent({ uri: process.env.http_proxy ?? "", proxyTunnel: mode !== "pages" }),
);

void fetch(url).then(async (answer) => {
  process.stdout.write(`${answer.status} ${await answer.text()}\n`);
  process.exitCode = answer.ok ? 0 : 1;
});
