const { readdirSync, readFileSync } = require("node:fs");
const path = require("node:path");
const config = require("./jest.config");

/** What a suite has that starts Docker, Terraform or any other program. */
const PROGRAMS = /child_process|helpers\/(project|tools)"/;

const suites = readdirSync(path.join(__dirname, "__tests__"), { recursive: true })
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => path.join("__tests__", file))
  .filter((file) => !PROGRAMS.test(readFileSync(path.join(__dirname, file), "utf8")));

/**
 * The suites that need nothing but Node: an answer within a minute.
 *
 * @type {import("jest").Config}
 */
module.exports = { ...config, testMatch: suites.map((file) => `<rootDir>/${file}`) };
