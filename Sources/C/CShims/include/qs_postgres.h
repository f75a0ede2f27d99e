#pragma once
#include <libpq-fe.h>

// Fields of an error; the library names them by character macros.
static inline int qs_diag_sqlstate(void) { return PG_DIAG_SQLSTATE; }
static inline int qs_diag_message(void) { return PG_DIAG_MESSAGE_PRIMARY; }
static inline int qs_diag_detail(void) { return PG_DIAG_MESSAGE_DETAIL; }
static inline int qs_diag_constraint(void) { return PG_DIAG_CONSTRAINT_NAME; }
// Where in the server's source it was said: the only part of a notice that no language changes.
static inline int qs_diag_function(void) { return PG_DIAG_SOURCE_FUNCTION; }
