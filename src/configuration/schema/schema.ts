import { DEFAULT_REGIONS } from "../../common/regions";
import {
  account,
  DEFAULT_DELETION_PROTECTION,
  deletionProtection,
  permissionsBoundary,
  regions,
} from "./account";
import { group } from "./checks";
import { withPublicDns } from "./client-dns";
import { clients } from "./clients";
import { consumers } from "./consumers";
import { endpointService } from "./endpoint-service";
import { github } from "./github";
import { image } from "./image";
import { alarms, dashboard, DEFAULT_MONITORING } from "./monitoring";
import { loadBalancer } from "./load-balancer";
import { dnsName, name, nameOrNone } from "./names";
import { policy } from "./policy";
import { proxy } from "./proxy";
import { ruleSets, unknownClients } from "./rule-sets";
import { service } from "./service";
import { tags } from "./tags";
import { vpc } from "./vpc";

/** What is written under the fleet's key in cdktf.json, one setting or group of them each. */
export const written = group({
  account,
  regions,
  name,
  tags,
  deletionProtection,
  permissionsBoundary,
  vpc: vpc.prefault({}),
  image: image.prefault({}),
  service: service.prefault({}),
  proxy: proxy.prefault({}),
  loadBalancer: loadBalancer.prefault({}),
  endpointService: endpointService.prefault({}),
  dnsName,
  dashboard,
  alarms: alarms.prefault({}),
  clients: clients.prefault([{}]),
  consumers,
  unknownClients,
  ruleSets,
  policy: policy.prefault({}),
  github: github.optional(),
});

/** What is written, with the defaults that depend on the account. */
export const schema = written.transform((settings) => ({
  ...settings,
  /** Whether what is hard to replace is kept from being deleted. */
  deletionProtection: settings.deletionProtection ?? DEFAULT_DELETION_PROTECTION[settings.account],
  dashboard: settings.dashboard ?? DEFAULT_MONITORING[settings.account],
  alarms: {
    ...settings.alarms,
    mode: settings.alarms.mode ?? DEFAULT_MONITORING[settings.account],
  },
  /** The proxy's name in each client VPC. */
  dnsName: nameOrNone(settings.dnsName),
  clients: settings.clients.map((client) => withPublicDns(settings.account, client)),
  /** The regions, and so the Terraform workspaces, that the fleet may live in. */
  regions: settings.regions ?? [...DEFAULT_REGIONS[settings.account]],
}));
