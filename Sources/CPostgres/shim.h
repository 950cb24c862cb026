#pragma once
#include <libpq-fe.h>
#include <sys/eventfd.h>

// Swift's Glibc module does not have <sys/eventfd.h>.
static inline int eralink_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
