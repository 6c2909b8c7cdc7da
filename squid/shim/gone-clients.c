/*
 * Keeps the connection of a client that has gone for as long as Squid holds anything for it. Where a
 * server does not take what has come through a tunnel, Squid reads no more from the client, and learns
 * only by writing that it has gone. It then closes the client's connection and keeps the server's, with
 * what is still to be written, for as long as the server likes and without a client to count it for.
 *
 * So what is written to a tunnel's client that has gone counts as written. Squid closes both connections
 * when it reads from the client again, or after read_timeout. A shorter write_timeout would close the
 * client's alone.
 */
#define _GNU_SOURCE
#include "calls.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_FILES = 1 << 20 };

/* Squid's answer to CONNECT; others have fields. */
static const char ESTABLISHED[] = "HTTP/1.1 200 Connection established\r\n\r\n";

enum { OTHER, CLIENT, TUNNEL };

/* By file descriptor. */
static unsigned char kinds[MAX_FILES];

void gone_clients_accept(int fd) {
  if (fd < MAX_FILES) kinds[fd] = CLIENT;
}

void gone_clients_close(int fd) {
  if (fd >= 0 && fd < MAX_FILES) kinds[fd] = OTHER;
}

ssize_t gone_clients_write(int fd, const void *buffer, size_t size) {
  const ssize_t written = syscall(SYS_write, fd, buffer, size);
  if (fd < 0 || fd >= MAX_FILES || kinds[fd] == OTHER) return written;
  if (written < 0 && kinds[fd] == TUNNEL && (errno == EPIPE || errno == ECONNRESET)) {
    return (ssize_t)size;
  }
  const size_t length = sizeof ESTABLISHED - 1;
  if (size == length && memcmp(buffer, ESTABLISHED, length) == 0) kinds[fd] = TUNNEL;
  return written;
}
