/// What a dial can do to a call. Raw values are the names in `PUT /control/dials`.
public enum Fault: String, Sendable, CaseIterable {
  // The wire.
  /// The work is done; the connection closes without an answer.
  case answerLost = "answer_lost"
  /// The connection closes before anything is done.
  case requestLost = "request_lost"
  /// Waits `ms`, after the work or (`"when": "before"`) before it. Combines with other faults.
  case slow
  /// The work is done; half of the answer arrives.
  case truncated

  // Refusals and breakdowns. Before the work, or after it with `"when": "after"`.
  /// 429 with Retry-After from the marketplace, "Rejected by SLM Monitor" from the carrier.
  case throttled
  /// `status` (500 unless told), with a body in the service's own shape.
  case status
  /// 502 with a page of HTML.
  case html502 = "html_502"
  /// The carrier's 500 for an invalid request: code Server and a text with `cvc-`.
  case cvcError = "cvc_error"
  /// The carrier's 400 with two messages.
  case twoMessages = "two_messages"
  /// A status (404 unless told) with an empty list of messages.
  case emptyMessages = "empty_messages"

  // Answers that are wrong. The work is done.
  /// Well formed, but with wrong types and members missing.
  case schemaError = "schema_error"
  /// Not well formed.
  case malformed
  /// A document type with entities that grow (XML), or 100,000 brackets (JSON).
  case entityBomb = "entity_bomb"
  /// `bytes` of answer (32 MiB unless told).
  case huge
  /// The carrier's answer without its namespace.
  case noNamespace = "no_namespace"
  /// Links that point at another host.
  case foreignHref = "foreign_href"
  /// A shipment answer without its tracking number.
  case noPin = "no_pin"
  /// The shipment gets the PIN 123456789012.
  case constantPin = "constant_pin"
  /// A label that is no good: `variant` not_pdf, tiny, cut or wrong_pin.
  case badLabel = "bad_label"
  /// Orders twice in a page.
  case duplicated
  /// Orders of a page in another order.
  case reordered
  /// Orders are left out of what a read finds, as by a search index that lags behind.
  case notShown = "not_shown"
  /// An order (or shipment) is shown in a state nobody has heard of.
  case unknownState = "unknown_state"

  // The world moves.
  /// 202 with an empty body; `times` counts per label.
  case notReady = "not_ready"
  /// The order becomes CANCELED at that moment, before the work or (`"when": "after"`) after it.
  case lateCancel = "late_cancel"
  /// OR21 answers 204 but the order never moves.
  case acceptIgnored = "accept_ignored"
  /// A search does not see shipments younger than `ms`.
  case searchLag = "search_lag"
  /// A person sorts every sheet at that moment, before the work or (`"when": "after"`) after it.
  case humanSort = "human_sort"
  /// The connection closes; the work is done `ms` later.
  case landsLate = "lands_late"
  /// A write of a sheet, a message, or the rows of a file of quantities are answered well and are not there.
  case writeDropped = "write_dropped"
}
