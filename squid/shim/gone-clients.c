/*
 * Ends the server's connection of a tunnel together with the client's. Where a server does not take what
 * has come through a tunnel, Squid reads no more from the client, and learns only by writing that it has
 * gone. It then closes the client's connection and keeps the server's, with what is still to be written,
 * for as long as the server likes and without a client to count it for.
 *
 * Squid does not tell which two connections are a tunnel. But what it writes to the client still lies
 * where it was read from the server, in a buffer that the tunnel has to itself.
 */
#define _GNU_SOURCE
#include "calls.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_FILES = 1 << 20 };

/* Squid's answer to CONNECT; others have fields. */
static const char ESTABLISHED[] = "HTTP/1.1 200 Connection established\r\n\r\n";

/* Counts what is read and which tunnels are made, to tell what was before. */
static unsigned long now;

/* By file descriptor: where it was last read to, and since when it is a tunnel's; 0 for never. */
static struct { const char *begin, *end; unsigned long at; } last_read[MAX_FILES];
static unsigned long tunnel_since[MAX_FILES];
static int highest;

void gone_clients_read(int fd, const void *buffer, ssize_t size) {
  if (fd < 0 || fd >= MAX_FILES || size <= 0) return;
  if (fd > highest) highest = fd;
  last_read[fd].begin = buffer;
  last_read[fd].end = (const char *)buffer + size;
  last_read[fd].at = ++now;
}

void gone_clients_close(int fd) {
  if (fd < 0 || fd >= MAX_FILES) return;
  last_read[fd].at = 0;
  tunnel_since[fd] = 0;
}

/* Of what was in the same place before, another connection may still be known. */
static void end_source(const char *buffer, unsigned long since) {
  int source = -1;
  for (int fd = 0; fd <= highest; fd++) {
    if (last_read[fd].begin <= buffer && buffer < last_read[fd].end && last_read[fd].at > since) {
      source = fd;
      since = last_read[fd].at;
    }
  }
  if (source >= 0) shutdown(source, SHUT_RDWR);
}

ssize_t gone_clients_write(int fd, const void *buffer, size_t size) {
  const ssize_t written = syscall(SYS_write, fd, buffer, size);
  if (fd < 0 || fd >= MAX_FILES) return written;
  const int error = errno;
  if (written < 0 && tunnel_since[fd] != 0 && (error == EPIPE || error == ECONNRESET)) {
    end_source(buffer, tunnel_since[fd]);
    errno = error;
  }
  const size_t length = sizeof ESTABLISHED - 1;
  if (size == length && memcmp(buffer, ESTABLISHED, length) == 0) tunnel_since[fd] = ++now;
  return written;
}
