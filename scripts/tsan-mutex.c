// Tells the thread sanitizer of the locks that it cannot see: those of Synchronization.Mutex.
//
// Taking a free lock is compiled into our code, where the sanitizer sees it. Waiting for one that is held happens inside
// libswiftSynchronization, which is not instrumented; every lock that was waited for would look like a race. scripts/test-threads
// puts these in front of the library's own functions (LD_PRELOAD); they do what those do, and say so.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

static void tell(const char *name, void *address) {
    void (*function)(void *) = (void (*)(void *))dlsym(RTLD_DEFAULT, name);
    if (function) function(address);
}

SWIFT void lockSlow(uint32_t thread, SELF) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
SWIFT void lockSlow(uint32_t thread, SELF) {
    SWIFT void (*real)(uint32_t, SELF) = next("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
    real(thread, self);
    tell("__tsan_acquire", self);
}

SWIFT bool tryLockSlow(SELF) __asm__("$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF");
SWIFT bool tryLockSlow(SELF) {
    SWIFT bool (*real)(SELF) = next("$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF");
    bool taken = real(self);
    if (taken) tell("__tsan_acquire", self);
    return taken;
}

SWIFT void unlockSlow(SELF) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
SWIFT void unlockSlow(SELF) {
    SWIFT void (*real)(SELF) = next("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
    tell("__tsan_release", self);
    real(self);
}
