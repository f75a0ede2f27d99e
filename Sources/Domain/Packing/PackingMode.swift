/// How strict the bench is about a parcel's label.
public enum PackingMode: String, Sendable, CaseIterable {
  /// A label prints for whoever asks; parts may be scanned and need not be.
  case off
  /// A label for a parcel that is not verified prints after a warning, and the log keeps both.
  case warn
  /// A label prints when every part was scanned, and only then.
  case block
}
