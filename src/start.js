"use strict";

// Required before every command: whatever is wrong with Node or its packages is said in one sentence,
// by JavaScript that older versions of Node understand too. Then TypeScript can be loaded.

const { readFileSync } = require("fs");
const path = require("path");
const { dependencies, engines } = require("../package.json");

function end(message) {
  console.error(message);
  process.exit(1);
}

/** The installed version of a package; nothing where there is none. */
function installed(name) {
  const file = path.join(__dirname, "../node_modules", name, "package.json");
  try {
    return JSON.parse(readFileSync(file, "utf8")).version;
  } catch {
    return undefined;
  }
}

const names = Object.keys(dependencies);
const stale = names.filter((name) => installed(name) !== dependencies[name]);
if (stale.length > 0) {
  const which = stale.length === names.length ? "the project's packages" : stale.join(", ");
  end(`Not installed as package.json says: ${which}. Type: npm ci`);
}
if (!require("semver").satisfies(process.version, engines.node, { includePrerelease: true })) {
  const found = process.version.slice(1);
  end(
    `This is Node ${found}, and the project needs ${engines.node}: https://nodejs.org/en/download`,
  );
}
require("sucrase/register/ts");
