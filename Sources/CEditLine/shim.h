#pragma once
#include <fcntl.h>
#include <histedit.h>
#include <sys/eventfd.h>

// Setters, getters and the history are variadic, which Swift cannot call: one inline wrapper for each type of argument.

static inline int eralink_el_set_int(EditLine *editor, int operation, int value) {
    return el_set(editor, operation, value);
}
static inline int eralink_el_set_pointer(EditLine *editor, int operation, void *value) {
    return el_set(editor, operation, value);
}
static inline int eralink_el_set_string(EditLine *editor, int operation, const char *value) {
    return el_set(editor, operation, value);
}
static inline int eralink_el_set_prompt(EditLine *editor, char *(*prompt)(EditLine *)) {
    return el_set(editor, EL_PROMPT, prompt);
}
static inline int eralink_el_add_function(
    EditLine *editor, const char *name, const char *help, unsigned char (*function)(EditLine *, int)) {
    return el_set(editor, EL_ADDFN, name, help, function);
}
static inline int eralink_el_bind(EditLine *editor, const char *key, const char *function) {
    return el_set(editor, EL_BIND, key, function, NULL);
}
static inline int eralink_el_use_history(EditLine *editor, History *log) {
    return el_set(editor, EL_HIST, history, log);
}
static inline int eralink_el_refresh(EditLine *editor) { return el_set(editor, EL_REFRESH); }
static inline void *eralink_el_client_data(EditLine *editor) {
    void *data = NULL;
    el_get(editor, EL_CLIENTDATA, &data);
    return data;
}
static inline int eralink_history_int(History *log, int operation, int value) {
    HistEvent event;
    return history(log, &event, operation, value);
}
static inline int eralink_history_string(History *log, int operation, const char *value) {
    HistEvent event;
    return history(log, &event, operation, value);
}

// The Glibc module does not show sys/eventfd.h.
static inline int eralink_editor_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
