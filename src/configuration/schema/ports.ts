import { HEALTH_PORT, PROXY_PORT } from "../../fleet/squid/squid-container";
import { integer, set } from "./checks";

/** The most ports of a list; both lists are far from the 60 rules that a security group may have. */
const MAX_PORTS = 20;

/** SMTP, which AWS blocks towards the Internet unless an account asks for more. */
const MAIL_PORT = 25;

/**
 * Where a connection never begins with TLS, so that the SNI check would refuse all of them; by port.
 * Source: https://www.iana.org/assignments/service-names-port-numbers
 */
export const PROTOCOLS_WITHOUT_TLS: ReadonlyMap<number, string> = new Map([
  [21, "FTP"],
  [22, "SSH"],
  [23, "Telnet"],
  [80, "HTTP"],
  [110, "POP3"],
  [143, "IMAP"],
  [389, "LDAP"],
  [587, "SMTP"],
  [3306, "MySQL"],
  [3389, "RDP"],
]);

const port = integer(1, 65535)
  .refine((number) => number !== PROXY_PORT && number !== HEALTH_PORT, {
    error: `any TCP port but ${PROXY_PORT} and ${HEALTH_PORT}, on which the proxy itself listens`,
  })
  .refine((number) => number !== MAIL_PORT, {
    error: `any TCP port but ${MAIL_PORT}: AWS blocks mail (SMTP) to the Internet`,
  });

/** TCP ports that the proxy may connect to. */
export const ports = set(port, "a list of TCP ports")
  .refine((numbers) => numbers.length <= MAX_PORTS, { error: `at most ${MAX_PORTS} ports` })
  .meta({ maxItems: MAX_PORTS });

/** What every list of ports may have, for their descriptions. */
export const PORTS_ALLOWED = `At most ${MAX_PORTS}; not ${MAIL_PORT} (mail), ${PROXY_PORT} or ${HEALTH_PORT} (the proxy's own)`;
