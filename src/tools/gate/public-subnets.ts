import { nestedBlocks, referencesTo, resources, type StackJson } from "./terraform-json";

/** The addresses of the subnets whose route table leads to an internet gateway. */
export function publicSubnets(stack: StackJson): string[] {
  const ofRoutes = resources(stack, "aws_route")
    .filter(({ block }) => leadsOut(block["gateway_id"]))
    .flatMap(({ block }) => referencesTo("aws_route_table", block["route_table_id"]));
  const ofTables = resources(stack, "aws_route_table")
    .filter(({ block }) =>
      nestedBlocks(block, "route").some((route) => leadsOut(route["gateway_id"])),
    )
    .map(({ address }) => address);
  const tables = [...ofRoutes, ...ofTables];
  return resources(stack, "aws_route_table_association")
    .filter(({ block }) =>
      referencesTo("aws_route_table", block["route_table_id"]).some((table) =>
        tables.includes(table),
      ),
    )
    .flatMap(({ block }) => referencesTo("aws_subnet", block["subnet_id"]));
}

function leadsOut(gateway: unknown): boolean {
  return referencesTo("aws_internet_gateway", gateway).length > 0 || /^igw-/.test(String(gateway));
}
