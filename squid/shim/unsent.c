/*
 * Bounds what the kernel keeps of connections that Squid has closed and whose other end does not take
 * the rest: up to 64 KB each, for minutes, when they are nobody's connection any more. The latest of
 * these have two minutes, as a client may have paused only; any further one has the oldest reset.
 */
#define _GNU_SOURCE
#include "calls.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST = 128, PATIENCE_MS = 120 * 1000 };

/* File descriptors of their own, in a ring; 0 for none. */
static int kept[MOST];
static unsigned int oldest;

static void reset(int fd) {
  const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  syscall(SYS_close, fd);
}

void unsent_close(int fd) {
  int unsent, unread;
  if (ioctl(fd, SIOCOUTQNSD, &unsent) < 0 || unsent == 0) return;
  /* Linux resets what is closed before all of it has been read. */
  if (ioctl(fd, FIONREAD, &unread) < 0 || unread > 0) return;
  const int copy = dup(fd);
  if (copy < 0) return;

  const int patience = PATIENCE_MS, least = 1;
  setsockopt(copy, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
  /* What still comes is not kept, either. */
  setsockopt(copy, SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
  shutdown(copy, SHUT_WR);

  if (kept[oldest] != 0) reset(kept[oldest]);
  kept[oldest] = copy;
  oldest = (oldest + 1) % MOST;
}
