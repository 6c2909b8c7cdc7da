/*
 * Stands in for libnetfilter_conntrack. Debian's Squid looks up the netfilter mark of each connection
 * that it accepts: eight system calls, which the kernel refuses to whom lacks CAP_NET_ADMIN, and no
 * setting that stops it. Here there is no memory for a query, which Squid takes for "no mark".
 */
#include <stddef.h>

void *nfct_new(void) { return NULL; }
void *nfct_open(void) { return NULL; }

/* Squid needs these to start, and calls none of them without what the ones above give. */
void nfct_callback_register(void) {}
void nfct_close(void) {}
void nfct_destroy(void) {}
void nfct_get_attr_u32(void) {}
void nfct_query(void) {}
void nfct_set_attr(void) {}
void nfct_set_attr_u8(void) {}
void nfct_set_attr_u16(void) {}
void nfct_set_attr_u32(void) {}
