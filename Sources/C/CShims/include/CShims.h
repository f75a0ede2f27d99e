// What Swift cannot call by itself: variadic functions, macros, globals. `static inline`, prefix
// `qs_`, no logic. One header per library, so that each wrapper's owner edits its own.
#pragma once
#include "qs_system.h"
#include "qs_postgres.h"
#include "qs_microhttpd.h"
#include "qs_curl.h"
#include "qs_xml.h"
