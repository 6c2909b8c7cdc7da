import path from "node:path";
import { loadConfiguration } from "../configuration";
import { reportUserErrors } from "../user-error";

// Before cdktf, which answers a cdktf.json that is no JSON with a stack trace.
void reportUserErrors(() => {
  loadConfiguration(path.resolve(__dirname, "../.."), process.env);
});
