import boundaries from "eslint-plugin-boundaries";
import jest from "eslint-plugin-jest";
import tseslint from "typescript-eslint";

const FLEET = [
  "stack",
  "network",
  "identity",
  "image",
  "privatelink",
  "proxy",
  "squid",
  "client",
].map((room) => `src/fleet/${room}`);
const TOOLS = [
  "terraform",
  "plan-review",
  "gate",
  "github-roles",
  "acceptance",
  "rehearsal",
  "image-update",
].map((room) => `src/tools/${room}`);

/** The rooms of the code, innermost first, each with the rooms that it may import from. */
const ROOMS = {
  "src/common": [],
  "src/fleet/stack": ["src/common"],
  "src/fleet/network": ["src/common", "src/fleet/stack"],
  "src/fleet/identity": ["src/fleet"],
  "src/fleet/image": ["src/fleet/stack"],
  "src/fleet/privatelink": ["src/fleet/network", "src/fleet/stack"],
  "src/fleet/proxy": ["identity", "image", "network", "stack"].map((room) => `src/fleet/${room}`),
  "src/fleet/squid": ["src/fleet/image", "src/fleet/proxy"],
  "src/fleet/client": [
    "src/fleet",
    ...["identity", "network", "privatelink", "stack"].map((room) => `src/fleet/${room}`),
  ],
  // The names and the outputs, which all of its rooms and the tools have in common.
  "src/fleet": [],
  "src/configuration": ["src/common", "src/fleet", ...FLEET],
  "src/tools/terraform": ["src/common", "src/fleet", "src/fleet/stack"],
  "src/tools/acceptance": ["src/common", "src/configuration", "src/fleet", ...FLEET],
  "src/tools/plan-review": ["src/common", "src/tools/terraform"],
  "src/tools/gate": [
    "src/common",
    "src/configuration",
    "src/fleet",
    "src/fleet/stack",
    "src/tools/terraform",
  ],
  "src/tools/github-roles": [
    ...["src/common", "src/configuration", "src/fleet", ...FLEET],
    "src/tools/terraform",
  ],
  "src/tools/rehearsal": [
    ...["src/common", "src/configuration", "src/fleet", ...FLEET],
    "src/tools/acceptance",
  ],
  "src/tools/image-update": ["src/common"],
  "src/tools/commands": ["src/common", "src/configuration", "src/fleet", ...FLEET, ...TOOLS],
  // The stack.
  src: ["src/common", "src/configuration", "src/fleet", ...FLEET],
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
      "boundaries/elements": Object.keys(ROOMS).map((room) => ({
        type: room,
        pattern: room,
      })),
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
