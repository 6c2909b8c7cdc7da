/*
 * A client may send its first TLS message right behind the head of its CONNECT request, in one packet.
 * With the SNI check, Squid 6 has then read that message already when it begins to wait for it, and
 * client and proxy wait for each other.
 *
 * So a read from a client ends behind a line feed that the first byte of a TLS record follows, which
 * no head of a request has, and Squid gets the record by its next one. A read may always be short, so
 * nothing breaks where the two bytes mean something else.
 */
#define _GNU_SOURCE
#include "calls.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_DESCRIPTORS = 1048576, TLS_HANDSHAKE = 0x16 };

static const char boundary[] = {'\n', TLS_HANDSHAKE};

/* Connections of clients that have not begun with TLS: only these are worth the second system call. */
static char in_the_clear[MOST_DESCRIPTORS];
static int sni_check;

__attribute__((constructor)) static void read_setting(void)
{
    const char *value = getenv("SNI_CHECK");
    sni_check = value && strcmp(value, "on") == 0;
}

void hello_accept(int fd)
{
    if (sni_check && fd < MOST_DESCRIPTORS)
        in_the_clear[fd] = 1;
}

void hello_close(int fd)
{
    if (fd >= 0 && fd < MOST_DESCRIPTORS)
        in_the_clear[fd] = 0;
}

ssize_t hello_read(int fd, void *buffer, size_t size)
{
    if (fd < 0 || fd >= MOST_DESCRIPTORS || !in_the_clear[fd])
        return syscall(SYS_read, fd, buffer, size);

    ssize_t waiting = recv(fd, buffer, size, MSG_PEEK);
    if (waiting <= 0)
        return waiting;
    if (*(char *)buffer == TLS_HANDSHAKE)
        in_the_clear[fd] = 0;
    const char *found = memmem(buffer, waiting, boundary, sizeof boundary);
    return recv(fd, buffer, found ? found + 1 - (const char *)buffer : waiting, 0);
}
