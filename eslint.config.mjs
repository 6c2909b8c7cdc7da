import boundaries from "eslint-plugin-boundaries";
import jest from "eslint-plugin-jest";
import tseslint from "typescript-eslint";

const fleet = (...rooms) => rooms.map((room) => `src/fleet/${room}`);
const tools = (...rooms) => rooms.map((room) => `src/tools/${room}`);

const COMMON = "src/common";
// The folder itself has the names and the outputs, which rooms of both wings need.
const NAMES = "src/fleet";
const FLEET = [
  NAMES,
  ...fleet(
    "stack",
    "network",
    "identity",
    "image",
    "privatelink",
    "proxy",
    "squid",
    "rules",
    "client",
    "monitoring",
  ),
];
const FLEET_AND_SETTINGS = [COMMON, ...FLEET, "src/configuration"];

/** The rooms of the code, innermost first, each with the rooms that it may import from. */
const ROOMS = {
  [COMMON]: [],
  [NAMES]: [],
  "src/fleet/stack": [COMMON],
  "src/fleet/network": [COMMON, ...fleet("stack")],
  "src/fleet/identity": [NAMES, ...fleet("stack")],
  "src/fleet/image": fleet("stack"),
  "src/fleet/privatelink": fleet("network", "stack"),
  "src/fleet/monitoring": fleet("stack"),
  "src/fleet/proxy": fleet("identity", "image", "monitoring", "network", "stack"),
  "src/fleet/squid": fleet("image", "proxy"),
  "src/fleet/rules": fleet("stack"),
  "src/fleet/client": [NAMES, ...fleet("identity", "network", "privatelink", "stack")],
  "src/configuration": [COMMON, ...FLEET],
  // The stack.
  src: FLEET_AND_SETTINGS,
  "src/tools/terraform": [COMMON, NAMES, ...fleet("stack")],
  "src/tools/plan-review": [COMMON, NAMES, ...tools("terraform")],
  "src/tools/gate": [COMMON, NAMES, ...fleet("stack"), "src/configuration", ...tools("terraform")],
  "src/tools/github-roles": [...FLEET_AND_SETTINGS, ...tools("terraform")],
  "src/tools/client": ["src", ...FLEET_AND_SETTINGS],
  "src/tools/acceptance": [...FLEET_AND_SETTINGS, ...tools("rules")],
  "src/tools/rehearsal": [...FLEET_AND_SETTINGS, ...tools("acceptance", "logs", "rules")],
  "src/tools/image-update": [COMMON],
  "src/tools/capacity": [COMMON, ...fleet("squid")],
  "src/tools/logs": [COMMON, ...fleet("monitoring")],
  "src/tools/rules": [...FLEET_AND_SETTINGS, ...tools("terraform", "logs")],
  "src/tools/commands": [
    ...FLEET_AND_SETTINGS,
    ...tools("terraform", "plan-review", "gate", "github-roles", "client"),
    ...tools("acceptance", "rehearsal", "image-update", "capacity", "logs", "rules"),
  ],
};

export default tseslint.config(
  { ignores: ["cdktf.out/", ".rehearsal/", "terraform.tfstate.d/"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/explicit-module-boundary-types": "off",
      "no-restricted-imports": [
        "error",
        {
          paths: [
            {
              name: "@cdktf/provider-aws",
              message:
                "Import @cdktf/provider-aws/lib/<resource>: the index costs seconds at every start.",
            },
            {
              name: "@cdktf/provider-docker",
              message: "Import @cdktf/provider-docker/lib/<resource>.",
            },
          ],
        },
      ],
    },
  },
  {
    // Arrows run downwards: a room sees the rooms that are named beside it.
    files: ["src/**/*.ts"],
    plugins: { boundaries },
    settings: {
      "import/resolver": { node: { extensions: [".ts"] } },
      // The first that fits counts: a room before the folder that it is in.
      "boundaries/elements": Object.keys(ROOMS)
        .sort((one, other) => other.length - one.length)
        .map((room) => ({ type: room, pattern: room })),
    },
    rules: {
      "boundaries/dependencies": [
        "error",
        {
          default: "disallow",
          policies: Object.entries(ROOMS).map(([room, seen]) => ({
            from: { element: { type: room } },
            allow: { to: { element: { types: { anyOf: [room, ...seen] } } } },
          })),
        },
      ],
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/tools/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: "Only main.ts and the tools read the environment.",
        },
      ],
    },
  },
  {
    files: ["**/*.test.ts"],
    extends: [jest.configs["flat/recommended"]],
    rules: {
      "jest/expect-expect": ["error", { assertFunctionNames: ["expect*", "fc.assert"] }],
    },
  },
  {
    files: ["__tests__/**/*.ts"],
    rules: {
      // JSON is read as the test expects it; a wrong expectation fails the test.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
    },
  },
);
