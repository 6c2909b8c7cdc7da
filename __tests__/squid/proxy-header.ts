const SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";

/** Version 2, on behalf of a client; TCP over IPv4. */
const VERSION_AND_FAMILY = "\x21\x11";

/** The load balancer's own end of the connection, 10.0.0.1:3128. */
const DESTINATION = [10, 0, 0, 1];
const DESTINATION_PORT = 3_128;

/** AWS's field; its first byte says that an endpoint's id follows. */
const AWS_FIELD = 0xea;
const VPC_ENDPOINT_ID = 1;

/** Whom a load balancer says that a connection is from. */
export interface Client {
  readonly address: string;
  readonly port: number;
  /** The VPC endpoint's id, or several; each character is a byte. */
  readonly endpoint: string | readonly string[];
}

/**
 * A PROXY protocol header of version 2, as AWS's load balancer writes it behind an endpoint service.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
 */
export function proxyHeader({ address, port, endpoint }: Client): Buffer {
  const ids = [endpoint].flat().map((id) => Buffer.from(id, "latin1"));
  const fields = Buffer.from([
    ...[...address.split(".").map(Number), ...DESTINATION],
    ...[...uint16(port), ...uint16(DESTINATION_PORT)],
    ...ids.flatMap((id) => [AWS_FIELD, ...uint16(1 + id.length), VPC_ENDPOINT_ID, ...id]),
  ]);
  const start = Buffer.from(SIGNATURE + VERSION_AND_FAMILY, "latin1");
  return Buffer.concat([start, Buffer.from(uint16(fields.length)), fields]);
}

function uint16(value: number): [number, number] {
  return [value >> 8, value & 0xff];
}
