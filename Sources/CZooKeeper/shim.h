#pragma once
#define THREADED
#include <sys/eventfd.h>
#include <zookeeper/zookeeper.h>

// The library's ACL constants are plain variables, which Swift refuses as shared mutable state: nobody writes them.
static inline const struct ACL_vector *eralink_zoo_acl_open(void) { return &ZOO_OPEN_ACL_UNSAFE; }
static inline const struct ACL_vector *eralink_zoo_acl_creator(void) { return &ZOO_CREATOR_ALL_ACL; }

// Swift's Glibc module does not have sys/eventfd.h.
static inline int eralink_zoo_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
