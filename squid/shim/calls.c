/* System calls of Squid that more than one file of this folder changes. */
#define _GNU_SOURCE
#include "calls.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int accept(int listener, struct sockaddr *address, socklen_t *length) {
  const int fd = (int)syscall(SYS_accept4, listener, address, length, 0);
  if (fd >= 0) {
    connections_accept(listener, fd, address);
    hello_accept(fd);
    refused_tunnels_accept(fd);
  }
  return fd;
}

ssize_t read(int fd, void *buffer, size_t size) {
  const ssize_t received = connections_read(fd, buffer, size);
  gone_clients_read(fd, buffer, received);
  return received;
}

ssize_t write(int fd, const void *buffer, size_t size) {
  return is_early_hint(buffer, size) ? (ssize_t)size : refused_tunnels_write(fd, buffer, size);
}

int close(int fd) {
  connections_close(fd);
  hello_close(fd);
  refused_tunnels_close(fd);
  gone_clients_close(fd);
  unsent_close(fd);
  return (int)syscall(SYS_close, fd);
}
