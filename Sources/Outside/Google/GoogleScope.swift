/// What a token is good for.
public enum GoogleScope: String, Sendable, Hashable, CaseIterable {
  /// Reading and writing spreadsheets.
  case sheets = "https://www.googleapis.com/auth/spreadsheets"
  /// Sending messages to devices.
  case messaging = "https://www.googleapis.com/auth/firebase.messaging"
}
