import { PROJECT_ROOT } from "../../common/project-root";
import { CLIENT_STACK_ID } from "../../fleet/names";

/** The app of a consumer's stack. */
export const CLIENT_APP = {
  root: PROJECT_ROOT,
  main: "src/tools/client/main.ts",
  stackId: CLIENT_STACK_ID,
};
