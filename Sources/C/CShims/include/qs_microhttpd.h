#pragma once
#include <microhttpd.h>

typedef void *(*qs_uri_callback)(void *cls, const char *uri, struct MHD_Connection *connection);

/* Without a thread of its own, on a socket that listens already and becomes the daemon's. */
static inline struct MHD_Daemon *qs_mhd_start(
    int listener, unsigned connections, unsigned idle_seconds, size_t memory,
    void *context, MHD_AccessHandlerCallback handler, qs_uri_callback uri,
    MHD_RequestCompletedCallback completed, MHD_NotifyConnectionCallback connection) {
  struct MHD_OptionItem options[] = {
      {MHD_OPTION_LISTEN_SOCKET, listener, NULL},
      {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)connections, NULL},
      {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)idle_seconds, NULL},
      {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)memory, NULL},
      {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
      {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)uri, context},
      {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)completed, context},
      {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)connection, context},
      {MHD_OPTION_END, 0, NULL}};
  return MHD_start_daemon(
      MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0, NULL, NULL, handler, context,
      MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

/* Readable when the daemon has something to do. */
static inline int qs_mhd_poll_fd(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
  return info ? info->epoll_fd : -1;
}

/* Milliseconds until the daemon has something to do by itself; -1: nothing. */
static inline int qs_mhd_timeout(struct MHD_Daemon *daemon) {
  MHD_UNSIGNED_LONG_LONG left;
  if (MHD_get_timeout(daemon, &left) != MHD_YES) return -1;
  return left > 60000 ? 60000 : (int)left;
}

static inline int qs_mhd_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

static inline const struct sockaddr *qs_mhd_address(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info ? info->client_addr : NULL;
}

/* What the connection callback stored for this connection. */
static inline void *qs_mhd_context(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}

static inline uint64_t qs_mhd_size_unknown(void) { return MHD_SIZE_UNKNOWN; }
static inline ssize_t qs_mhd_end_of_stream(void) { return MHD_CONTENT_READER_END_OF_STREAM; }
static inline ssize_t qs_mhd_end_with_error(void) { return MHD_CONTENT_READER_END_WITH_ERROR; }
static inline enum MHD_Result qs_mhd_yes(void) { return MHD_YES; }
static inline enum MHD_Result qs_mhd_no(void) { return MHD_NO; }

static inline enum MHD_ValueKind qs_mhd_header_kind(void) { return MHD_HEADER_KIND; }
static inline enum MHD_ResponseMemoryMode qs_mhd_must_copy(void) { return MHD_RESPMEM_MUST_COPY; }
static inline int qs_mhd_is_start(enum MHD_ConnectionNotificationCode code) {
  return code == MHD_CONNECTION_NOTIFY_STARTED;
}
