import BookingTail
import Google
import HTTPClient
import Operations

/// What the work after bookings is set up with.
struct TailOptions: Sendable {
  var keyFile: String?
  var endpoints: GoogleEndpoints
  var project: String?
  var ntfyURL: String?
  var ntfyToken: String?
  var keepDrafts: Duration
  var settings: TailSettings

  init(_ read: Settings.Reader) throws(SettingsError) {
    keyFile = read.optional("GOOGLE_KEY_FILE")
    endpoints = GoogleEndpoints()
    if let url = try read.origin("GOOGLE_URL") { endpoints = GoogleEndpoints(all: url) }
    project = read.optional("FCM_PROJECT")
    ntfyURL = try read.origin("NTFY_URL")
    ntfyToken = read.optional("NTFY_TOKEN")
    keepDrafts = try read.duration("KEEP_DRAFTS")
    settings = TailSettings()
    if read.optional("WAITS") != nil { settings.runFast(try read.duration("WAITS")) }
  }

  /// What the client of this work may reach, and nothing else.
  var origins: Set<Origin> {
    guard let url = ntfyURL, let origin = Origin(url: url) else { return endpoints.origins }
    return endpoints.origins.union([origin])
  }
}

extension Settings.Reader {
  /// An address that can be called, or nothing.
  fileprivate func origin(_ name: String) throws(SettingsError) -> String? {
    guard let url = optional(name) else { return nil }
    guard Origin(url: url) != nil else {
      throw SettingsError("QUAYSIDE_\(name): expected an address like https://ntfy.example.com")
    }
    return url
  }
}
