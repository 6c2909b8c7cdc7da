/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  setupFilesAfterEnv: ["<rootDir>/__tests__/helpers/setup.ts"],
  // The suites share two cores with Docker, Terraform and the S3 server that some of them start.
  maxWorkers: 2,
  // The time of a synthesis; suites that start other programs set a limit of their own.
  testTimeout: 20_000,
};
