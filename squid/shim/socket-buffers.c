/*
 * Bounds what the kernel keeps of a connection whose other end does not read, or whose data Squid cannot
 * pass on: up to 9 MB for a tunnel otherwise, outside of Squid's own memory. Linux takes twice the
 * numbers, to count its own structures too, and src/fleet/squid/squid-memory.ts counts with that.
 *
 * A buffer's content passes once in each round trip. Clients are near: 16 KiB in 1 ms are 16 MB/s. Web
 * servers are not, and what they send is most of all, so that their number is a setting: 128 KiB in
 * 20 ms are 6 MB/s.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { KIB = 1024, TO_CLIENT = 32 * KIB, FROM_CLIENT = 16 * KIB, TO_SERVER = 32 * KIB };

static int from_server = 128 * KIB;

__attribute__((constructor)) static void read_setting(void) {
  const char *kib = getenv("RECEIVE_BUFFER_KIB");
  if (kib != NULL) from_server = atoi(kib) * KIB;
}

static void bound(int fd, int to_send, int received) {
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &to_send, sizeof to_send);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &received, sizeof received);
}

/* What a socket that listens has set, Linux hands on to each connection that it accepts. */
int listen(int fd, int backlog) {
  bound(fd, TO_CLIENT, FROM_CLIENT);
  return (int)syscall(SYS_listen, fd, backlog);
}

int connect(int fd, const struct sockaddr *address, socklen_t length) {
  if (address->sa_family == AF_INET || address->sa_family == AF_INET6) {
    bound(fd, TO_SERVER, from_server);
  }
  return (int)syscall(SYS_connect, fd, address, length);
}
