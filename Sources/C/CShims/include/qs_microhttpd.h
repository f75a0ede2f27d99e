#pragma once
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <arpa/inet.h>

typedef void *(*qs_uri_callback)(void *cls, const char *uri, struct MHD_Connection *connection);

static inline struct MHD_Daemon *qs_mhd_start(
    const char *host, uint16_t port, unsigned connections, unsigned idle_seconds, size_t memory,
    MHD_AccessHandlerCallback handler, void *context, qs_uri_callback uri,
    MHD_RequestCompletedCallback completed) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) return NULL;
  return MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, port, NULL, NULL,
      handler, context, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
      MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory, MHD_OPTION_URI_LOG_CALLBACK, uri, context,
      MHD_OPTION_NOTIFY_COMPLETED, completed, context, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u,
      MHD_OPTION_END);
}

static inline uint16_t qs_mhd_port(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
  return info ? info->port : 0;
}

static inline int qs_mhd_remote(struct MHD_Connection *connection, char *buffer, size_t length) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (!info || info->client_addr->sa_family != AF_INET) return 0;
  return inet_ntop(AF_INET, &((struct sockaddr_in *)info->client_addr)->sin_addr, buffer,
                   (socklen_t)length) != NULL;
}

static inline ssize_t qs_mhd_end_with_error(void) { return MHD_CONTENT_READER_END_WITH_ERROR; }

static inline enum MHD_Result qs_mhd_yes(void) { return MHD_YES; }
static inline enum MHD_Result qs_mhd_no(void) { return MHD_NO; }
static inline enum MHD_ValueKind qs_mhd_header_kind(void) { return MHD_HEADER_KIND; }
static inline enum MHD_ResponseMemoryMode qs_mhd_must_copy(void) { return MHD_RESPMEM_MUST_COPY; }
