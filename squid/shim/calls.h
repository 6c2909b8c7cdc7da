/* The files of this folder that change accept(), read(), write() and close(); calls.c puts them together. */
#include <sys/socket.h>
#include <sys/types.h>

/* A connection has come in, by Squid's accept(), which always asks for the address; or a descriptor goes. */
void connections_accept(int listener, int fd, const struct sockaddr *address);
void connections_close(int fd);
void hello_accept(int fd);
void refused_tunnels_accept(int fd);
void hello_close(int fd);
void refused_tunnels_close(int fd);
void gone_clients_close(int fd);
void unsent_close(int fd);

/* read(), for any descriptor; that of connections.c goes on to that of hello-after-connect.c. */
ssize_t connections_read(int fd, void *buffer, size_t size);
ssize_t hello_read(int fd, void *buffer, size_t size);

/* Whether what is to be written is an answer ahead of the answer, of which the client gets nothing. */
int is_early_hint(const void *buffer, size_t size);

/* What read() has returned; and write(), for any descriptor: that of refused-tunnels.c goes on to the other. */
void gone_clients_read(int fd, const void *buffer, ssize_t size);
ssize_t refused_tunnels_write(int fd, const void *buffer, size_t size);
ssize_t gone_clients_write(int fd, const void *buffer, size_t size);
