/*
 * Squid's socket(), with TCP keepalives on. Load balancer, endpoint and NAT gateway forget a connection
 * after 350 s without a packet, and tell nobody. A client's own keepalives end at the proxy, and Squid
 * has an option for its clients' side alone. What a socket that listens has set, Linux hands on to each
 * connection that it accepts, so this serves both sides.
 * Source: https://aws.amazon.com/blogs/networking-and-content-delivery/implementing-long-running-tcp-connections-within-vpc-networking/
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* In seconds. A connection whose other end is gone ends after 60 + 3 * 20. */
static const int IDLE = 60, INTERVAL = 20, PROBES = 3;

int socket(int family, int type, int protocol)
{
    const int fd = syscall(SYS_socket, family, type, protocol);

    if (fd >= 0 && (family == AF_INET || family == AF_INET6) && type == SOCK_STREAM) {
        const int on = 1;

        setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &IDLE, sizeof(IDLE));
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &INTERVAL, sizeof(INTERVAL));
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &PROBES, sizeof(PROBES));
        setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    }
    return fd;
}
