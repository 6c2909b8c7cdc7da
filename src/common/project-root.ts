import path from "node:path";

/** The folder of the checkout, with cdktf.json, `squid` and `client` in it. */
export const PROJECT_ROOT = path.resolve(__dirname, "../..");
