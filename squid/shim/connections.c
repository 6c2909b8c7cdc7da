/*
 * Bounds how many connections a client may have open on the clients' port, whatever it does on them,
 * and how many all clients together. Squid can count for each address alone, which clients of two VPCs
 * may share, and judges no sooner than at a request, which a client may leave out.
 *
 * Behind the load balancer, a client is its VPC endpoint and its address there, as the PROXY protocol
 * header says; elsewhere, its address. In place of what comes on a connection too many, Squid reads a
 * request that squid.conf refuses, so that it is answered and logged like any other.
 *
 * The load balancer's own connections, by which it finds out whether the proxy answers, are not counted. In
 * place of what it asks for, Squid reads a request that squid.conf knows it by, and no client can make.
 *
 * Sources: "The PROXY protocol, versions 1 & 2", haproxy.org; "Edit target group attributes for your
 * Network Load Balancer: Proxy protocol", Elastic Load Balancing.
 */
#define _GNU_SOURCE
#include "calls.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <search.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { CLIENTS_PORT = 3128, MAX_FILES = 1 << 20 };

static const char REFUSED_REQUEST[] = "TOO-MANY-CONNECTIONS http://proxy.invalid/ HTTP/1.0\r\n\r\n";
static char check_request[128];

struct client {
  unsigned int connections;
  size_t length;
  /* The address, and what the load balancer says of the endpoint. */
  unsigned char name[sizeof(struct in6_addr) + 64];
};

/* What there is instead of a client, for a connection */
static struct client unknown; /* of which no PROXY protocol header has been read, */
static struct client check;   /* that is the load balancer's own, */
static struct client surplus; /* that is one too many, */
static struct client told;    /* and of which Squid has read what there is instead. */

/* By file descriptor; NULL where it is none of a client. */
static struct client *clients[MAX_FILES];

/* The socket on which clients' connections come in, once one has. */
static int clients_listener = -1;

/* A tree of all that have connections, by name. */
static void *known;

static unsigned int connections, max_connections, max_connections_per_client;
static bool behind_load_balancer;

static unsigned int number(const char *variable) {
  const char *value = getenv(variable);
  return value == NULL ? UINT_MAX : (unsigned int)strtoul(value, NULL, 10);
}

__attribute__((constructor)) static void read_settings(void) {
  max_connections = number("MAX_CONNECTIONS");
  max_connections_per_client = number("MAX_CONNECTIONS_PER_CLIENT");
  const char *cidrs = getenv("PROXY_PROTOCOL_CIDRS");
  behind_load_balancer = cidrs != NULL && *cidrs != '\0' && strcmp(cidrs, "none") != 0;
  const char *method = getenv("CHECK_METHOD");
  snprintf(check_request, sizeof check_request, "%s http://proxy.invalid/ HTTP/1.0\r\n\r\n",
           method == NULL ? "" : method);
}

static int compare(const void *one, const void *other) {
  const struct client *a = one, *b = other;
  if (a->length != b->length) return a->length < b->length ? -1 : 1;
  return memcmp(a->name, b->name, a->length);
}

static void forget_without_connections(struct client *client) {
  if (client->connections > 0) return;
  tdelete(client, &known, compare);
  free(client);
}

/* The client of that name, which may be new; NULL where there is no memory for it. */
static struct client *find(const struct client *named) {
  struct client *client = malloc(sizeof *client);
  if (client == NULL) return NULL;
  *client = *named;
  struct client **found = tsearch(client, &known, compare);
  if (found != NULL && *found == client) return client;
  free(client);
  return found == NULL ? NULL : *found;
}

static void refuse(int fd) {
  clients[fd] = &surplus;
  /* Squid hears of it at once, though the client may never send anything. */
  shutdown(fd, SHUT_RD);
}

/* A connection that is closed with something unread is reset, and the client may miss the answer. */
static void discard_unread(int fd) {
  char bytes[16 * 1024];
  for (int most = 4; most > 0 && recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0; most--) continue;
}

static void count(int fd, const struct client *named) {
  struct client *client = find(named);
  if (client == NULL) return refuse(fd);
  if (connections >= max_connections || client->connections >= max_connections_per_client) {
    refuse(fd);
    return forget_without_connections(client);
  }
  connections++;
  client->connections++;
  clients[fd] = client;
}

static void append(struct client *client, const void *bytes, size_t length) {
  if (length > sizeof client->name - client->length) length = sizeof client->name - client->length;
  memcpy(client->name + client->length, bytes, length);
  client->length += length;
}

static void append_address(struct client *client, const struct sockaddr *address) {
  if (address->sa_family == AF_INET6) {
    append(client, &((const struct sockaddr_in6 *)address)->sin6_addr, sizeof(struct in6_addr));
  } else {
    append(client, &((const struct sockaddr_in *)address)->sin_addr, sizeof(struct in_addr));
  }
}

static size_t two_bytes(const unsigned char *bytes) { return (size_t)(bytes[0] << 8 | bytes[1]); }

/* Counts whom a PROXY protocol header names, and returns its length. */
static size_t count_by_header(int fd, const unsigned char *data, size_t length) {
  enum { START = 16, ENDPOINT = 0xEA };
  static const unsigned char signature[12] = "\r\n\r\n\0\r\nQUIT\n";
  if (length < START || memcmp(data, signature, sizeof signature) != 0 ||
      length < START + two_bytes(data + 14)) {
    /* The load balancer sends a whole one at once. */
    refuse(fd);
    return length;
  }
  const size_t end = START + two_bytes(data + 14);
  const size_t address = data[13] >> 4 == 1 ? sizeof(struct in_addr) : sizeof(struct in6_addr);
  const size_t ports = 2 * sizeof(in_port_t);
  struct client client = {0};
  const bool local = (data[12] & 0xF) == 0;
  if (!local && end >= START + 2 * address + ports) {
    append(&client, data + START, address);
    for (size_t field = START + 2 * address + ports; field + 3 <= end;) {
      const size_t next = field + 3 + two_bytes(data + field + 1);
      if (data[field] == ENDPOINT && next <= end) append(&client, data + field + 3, next - field - 3);
      field = next;
    }
  }
  if (client.length == 0) {
    clients[fd] = &check;
  } else {
    count(fd, &client);
  }
  return end;
}

/* What the kernel says of a socket that listens, it is asked for once. */
static bool is_clients_port(int listener) {
  if (listener == clients_listener) return true;
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  /* The port has the same place in addresses of both versions of IP. */
  if (getsockname(listener, (struct sockaddr *)&address, &length) < 0 ||
      ((struct sockaddr_in *)&address)->sin_port != htons(CLIENTS_PORT)) {
    return false;
  }
  clients_listener = listener;
  return true;
}

void connections_accept(int listener, int fd, const struct sockaddr *address) {
  if (fd >= MAX_FILES || !is_clients_port(listener)) return;
  if (behind_load_balancer) {
    clients[fd] = &unknown;
    return;
  }
  struct client client = {0};
  append_address(&client, address);
  count(fd, &client);
}

/* Has Squid read a request in place of what has come. */
static ssize_t tell(int fd, const char *request, void *buffer, size_t size) {
  clients[fd] = &told;
  const size_t length = strlen(request) < size ? strlen(request) : size;
  memcpy(buffer, request, length);
  return (ssize_t)length;
}

ssize_t connections_read(int fd, void *buffer, size_t size) {
  struct client *client = fd >= 0 && fd < MAX_FILES ? clients[fd] : NULL;
  if (client == &unknown) {
    const ssize_t waiting = recv(fd, buffer, size, MSG_PEEK);
    return waiting <= 0 ? waiting : recv(fd, buffer, count_by_header(fd, buffer, (size_t)waiting), 0);
  }
  if (client == &surplus) return tell(fd, REFUSED_REQUEST, buffer, size);
  const ssize_t received = hello_read(fd, buffer, size);
  if (client == &check && received > 0) return tell(fd, check_request, buffer, size);
  if (client == &told && received > 0) {
    errno = EAGAIN;
    return -1;
  }
  return received;
}

void connections_close(int fd) {
  if (fd == clients_listener) clients_listener = -1;
  struct client *client = fd >= 0 && fd < MAX_FILES ? clients[fd] : NULL;
  if (client == NULL) return;
  clients[fd] = NULL;
  if (client == &told) discard_unread(fd);
  if (client == &unknown || client == &check || client == &surplus || client == &told) return;
  connections--;
  client->connections--;
  forget_without_connections(client);
}
