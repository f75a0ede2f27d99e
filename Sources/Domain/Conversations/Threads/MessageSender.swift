/// Who wrote a message (seed 003 knows the first two; the marketplace's own people are the third).
public enum MessageSender: String, Sendable, Hashable, CaseIterable {
  case customer
  /// One of ours, whether by hand, by a rule or on the marketplace's own pages.
  case technician
  /// The marketplace.
  case `operator`
}
