/** A length in front, in so many bytes. */
function prefixed(bytes: number, content: Buffer): Buffer {
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(content.length, 0, bytes);
  return Buffer.concat([length, content]);
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

/** The content of a first TLS message with a server name of any bytes, or without one. */
function handshake(serverName: Buffer | undefined): Buffer {
  const extensions = Buffer.concat([
    ...(serverName
      ? [
          uint16(0),
          prefixed(2, prefixed(2, Buffer.concat([Buffer.from([0]), prefixed(2, serverName)]))),
        ]
      : []),
    // The groups: secp256r1. The signatures: ECDSA with it and SHA-256.
    ...[uint16(10), prefixed(2, prefixed(2, uint16(0x0017)))],
    ...[uint16(13), prefixed(2, prefixed(2, uint16(0x0403)))],
  ]);
  const body = Buffer.concat([
    uint16(0x0303),
    Buffer.alloc(32, "r"),
    prefixed(1, Buffer.alloc(0)),
    // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, without compression.
    prefixed(2, uint16(0xc02b)),
    prefixed(1, Buffer.from([0])),
    prefixed(2, extensions),
  ]);
  return Buffer.concat([Buffer.from([1]), prefixed(3, body)]);
}

/**
 * A client's first TLS message as no TLS library would send it: with a server name of any bytes (each a
 * character), and in records of at most so many bytes.
 */
export function clientHello(serverName: string | undefined, recordBytes = 16_384): Buffer[] {
  const content = handshake(
    serverName === undefined ? undefined : Buffer.from(serverName, "latin1"),
  );
  const records: Buffer[] = [];
  for (let start = 0; start < content.length; start += recordBytes) {
    const fragment = content.subarray(start, start + recordBytes);
    records.push(Buffer.concat([Buffer.from([0x16]), uint16(0x0301), prefixed(2, fragment)]));
  }
  return records;
}
