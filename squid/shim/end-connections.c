/*
 * At SIGURG, ends all connections of clients, as if they had closed them. Squid logs what has ended, but
 * forgets what is open when its time to shut down is over.
 *
 * Squid has no use for SIGURG, and a process that does not load this ignores it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

/* Where the entrypoint has Squid listen. */
enum { CLIENTS_PORT = 3128 };

/* Calls only what POSIX allows in a signal's handler. */
static void end_connections(int signal) {
  (void)signal;
  int error = errno;
  for (int fd = 0, end = (int)sysconf(_SC_OPEN_MAX); fd < end; fd++) {
    /* The port has the same place in addresses of both versions of IP. */
    struct sockaddr_in6 address;
    socklen_t length = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &length) == 0 &&
        (address.sin6_family == AF_INET || address.sin6_family == AF_INET6) &&
        address.sin6_port == htons(CLIENTS_PORT)) {
      shutdown(fd, SHUT_RDWR);
    }
  }
  errno = error;
}

__attribute__((constructor)) static void handle_signal(void) {
  struct sigaction action = {.sa_handler = end_connections, .sa_flags = SA_RESTART};
  sigaction(SIGURG, &action, NULL);
}
