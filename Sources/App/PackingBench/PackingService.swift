import Cryptography
public import Kit
public import Ledger
import Packing
public import Postgres

/// The bench, from whatever face: events of packers, what waits, labels on the screen and on paper.
public struct PackingService: Sendable {
  /// Lines of a session's log that are shown.
  static let logMax = 30
  static let labelBytesMax = 1_000_000

  public let ledger: Ledger
  public let settings: PackingSettings
  private let log: Log
  private let threads = BlockingThreads(count: 2)
  /// Tells people what waits for one of them: an order that a packer put aside.
  private let notify: @Sendable ([ProcessFailure]) -> Void
  /// Goes on with an order whose parcel was closed.
  private let onPacked: @Sendable (_ orderID: String) async -> Void

  public init(
    ledger: Ledger, settings: PackingSettings, log: Log,
    notify: @escaping @Sendable ([ProcessFailure]) -> Void = { _ in },
    onPacked: @escaping @Sendable (_ orderID: String) async -> Void = { _ in }
  ) {
    self.ledger = ledger
    self.settings = settings
    self.log = log
    self.notify = notify
    self.onPacked = onPacked
  }

  /// Takes one event; the same one again is answered as it was.
  public func take(_ request: PackingRequest) async throws -> PackingReply {
    let settings = settings
    let reply = try await ledger.pack(request) { settings.mode(of: $0) }
    if case .answered(_, false, let came) = reply {
      if !came.failures.isEmpty { notify(came.failures) }
      if let packed = came.packed { await onPacked(packed) }
    }
    return reply
  }

  public func view(_ session: UUIDv7) async throws -> PackingView? {
    try await ledger.packingView(session, logMax: Self.logMax)
  }

  // MARK: Labels

  public enum LabelProblem: Error, CustomStringConvertible {
    case noSuchSession
    case noSuchOrder
    /// The server does not agree to printing it now.
    case notNow(String)
    case damaged(String)

    public var description: String {
      switch self {
      case .noSuchSession: "There is no such session."
      case .noSuchOrder: "We do not know this order."
      case .notNow(let why): why
      case .damaged(let why):
        "The label's file cannot be used: \(why). A worker fetches it again when it starts."
      }
    }
  }

  /// The label of a session that was told to print it, as long as it serves.
  public func label(of session: UUIDv7) async throws -> [UInt8] {
    guard let view = try await view(session) else { throw LabelProblem.noSuchSession }
    return try await bytes(of: try printable(view))
  }

  /// An order's label outside its session, as long as it serves; where packing is strict, only what was
  /// printed at the bench.
  public func label(ofOrder id: String) async throws -> [UInt8] {
    guard let parcel = try await ledger.packingParcel(of: id) else {
      throw LabelProblem.noSuchOrder
    }
    return try await bytes(of: try printable(parcel))
  }

  /// Why an order's label is not shown now, in a sentence; `nil` when it is.
  public func labelRefusal(ofOrder id: String) async throws(PostgresError) -> String? {
    guard let parcel = try await ledger.packingParcel(of: id) else {
      return LabelProblem.noSuchOrder.description
    }
    do throws(LabelProblem) { _ = try printable(parcel) } catch { return error.description }
    return nil
  }

  private func printable(_ view: PackingView) throws(LabelProblem) -> StoredLabel {
    try printable(view.label, view.standing, isPrinted: view.session.isPrinted(view.standing))
  }

  private func printable(_ parcel: PackingParcel) throws(LabelProblem) -> StoredLabel {
    let isPrinted =
      switch settings.mode(of: parcel.shopID) {
      case .off, .warn: true
      case .block: parcel.latest?.isPrinted(parcel.standing) ?? false
      }
    return try printable(parcel.label, parcel.standing, isPrinted: isPrinted)
  }

  /// What has to hold whoever asks for a label, and from wherever.
  private func printable(
    _ label: StoredLabel?, _ standing: OrderStanding, isPrinted: Bool
  ) throws(LabelProblem) -> StoredLabel {
    if let off = standing.offReason { throw .notNow("\(off). Do not send it.") }
    if let why = standing.holdReason { throw .notNow("The order is held: \(why).") }
    guard !standing.isLabelVoid else { throw .notNow("The label was voided.") }
    guard standing.hasLabel, let label else { throw .notNow("There is no label yet.") }
    guard isPrinted else { throw .notNow("Print the label at the bench first.") }
    return label
  }

  /// - Throws: `LabelProblem.damaged` when the file is not what was stored.
  private func bytes(of label: StoredLabel) async throws -> [UInt8] {
    let read = await threads.run {
      Result { () throws(FileError) in
        try FileBytes.read(label.path, limit: Self.labelBytesMax)
      }
    }
    switch read {
    case .success(let bytes):
      guard SHA256.hex(SHA256.hash(bytes)) == label.sha256 else {
        throw LabelProblem.damaged("it is not what the carrier sent")
      }
      return bytes
    case .failure(let error): throw LabelProblem.damaged(error.description)
    }
  }

  public enum Paper: Sendable, Equatable {
    /// Show it: there is no printer.
    case onScreen
    /// The printer has it, or had it when this was asked before.
    case sent(printer: String)
    case failed(String)
  }

  /// Hands the label to the printer, once for each event that asked for it.
  ///
  /// - Parameter client: and `seq`: those of the event whose answer said that it prints.
  public func paper(
    client: UUIDv7, seq: Int64, session: UUIDv7
  ) async throws -> Paper {
    guard let printer = settings.printer else { return .onScreen }
    guard let view = try await view(session) else { throw LabelProblem.noSuchSession }
    let bytes = try await bytes(of: try printable(view))
    guard
      try await ledger.beginPrint(client: client, seq: seq, session: session, printer: printer)
    else { return .sent(printer: printer) }
    let problem = await hand(bytes, of: view.session.orderID, to: printer)
    try await ledger.endPrint(
      client: client, seq: seq, isSent: problem == nil, detail: problem ?? "")
    guard let problem else { return .sent(printer: printer) }
    log.warning(
      "the printer did not take a label",
      ["order_id": view.session.orderID, "printer": printer, "problem": problem])
    return .failed(problem)
  }

  /// The bytes that were checked go to the program's input: no shell, no file name.
  /// - Returns: what went wrong.
  private func hand(_ bytes: [UInt8], of orderID: String, to printer: String) async -> String? {
    let title = String(orderID.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
    do throws(ProcessError) {
      let done = try await ChildProcess.run(
        [settings.printProgram, "-d", printer, "-t", "label \(title.prefix(60))", "-"],
        input: bytes,
        deadline: settings.printDeadline, limit: 4_096)
      if done.status.isSuccess { return nil }
      let words = done.errorText.split(whereSeparator: \.isNewline).first.map(String.init)
      return "\(words ?? "no reason given") (\(done.status))"
    } catch {
      return error.reason
    }
  }
}

extension PackingSession {
  /// Whether the bench printed the label that the order has now, and the parcel did not fall through.
  func isPrinted(_ standing: OrderStanding) -> Bool {
    switch state {
    case .open, .packed: printed == standing.generation
    case .held, .stopped: false
    }
  }
}
