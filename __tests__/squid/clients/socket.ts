/** Prints the first message of a web socket. */
import { EnvHttpProxyAgent, setGlobalDispatcher, WebSocket } from "undici";

setGlobalDispatcher(new EnvHttpProxyAgent());

const socket = new WebSocket(process.argv[2]!);
socket.addEventListener("error", ({ error }) => {
  throw error;
});
socket.addEventListener("message", ({ data }) => {
  process.stdout.write(`${data}\n`);
  process.exit();
});
