/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  // The transpiler that cdktf.json runs the app with, too.
  transform: { "\\.ts$": "@sucrase/jest-plugin" },
  setupFilesAfterEnv: ["<rootDir>/__tests__/helpers/setup.ts"],
  // The suites share two cores with Docker, Terraform and the S3 server that some of them start.
  maxWorkers: 2,
  // The time of a synthesis; suites that start other programs set a limit of their own.
  testTimeout: 20_000,
};
