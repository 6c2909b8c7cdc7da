import jest from "eslint-plugin-jest";
import tseslint from "typescript-eslint";

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
    // Constructs take props: they read neither the settings' values nor the environment.
    files: ["src/{network,proxy,link,client,identity,region}/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: "Only main.ts and the commands read the environment.",
        },
      ],
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/commands/**"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [{ group: ["**/commands/*", "**/main"], message: "Imports point downwards." }],
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
