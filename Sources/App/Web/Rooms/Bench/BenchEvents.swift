import HTTP
import Kit
import Ledger
import Packing
import PackingBench

/// What the bench's script sends.
enum BenchEvents {
  /// A scan may have waited for the network this long.
  static let agesMax = Duration.days(2)

  /// One event; the answer is JSON, the same to the byte however often it is sent.
  static func take(_ visit: Visit) async throws -> HTTPResponse {
    let form = visit.form
    let (client, seq) = try number(form)
    let session = try session(form)
    let millis = form["at"].flatMap { Int64($0) } ?? 0
    let request = PackingRequest(
      client: client, seq: seq, session: session, event: try event(form, at: millis),
      capturedAt: captured(millis, now: visit.now), actor: visit.session.name, account: visit.actor)
    switch try await visit.services.packing.take(request) {
    case .answered(let answer, _, _):
      return .bytes(answer, type: "application/json; charset=utf-8")
    case .reused: throw PageProblem.refused("This number was used for another event.")
    case .noSuchSession: throw PageProblem.notFound("There is no such packing session.")
    }
  }

  /// Puts the label of an event that prints on paper, or says that it is to be shown.
  static func paper(_ visit: Visit) async throws -> HTTPResponse {
    let (client, seq) = try number(visit.form)
    guard let session = try session(visit.form) else {
      throw PageProblem.unclear("A session is missing.")
    }
    do {
      let paper = try await visit.services.packing.paper(
        client: client, seq: seq, session: session)
      switch paper {
      case .onScreen: return .json(["paper": "screen", "words": ""])
      case .sent(let printer):
        return .json(["paper": "sent", "words": .string("The label is at \(printer).")])
      case .failed(let why):
        return .json([
          "paper": "failed", "words": .string("The printer did not take the label: \(why)."),
        ])
      }
    } catch let problem as PackingService.LabelProblem {
      throw PageProblem(problem)
    }
  }

  private static func number(_ form: Form) throws(PageProblem) -> (UUIDv7, Int64) {
    guard let client = form["client"].flatMap({ UUIDv7(text: $0) }),
      let seq = form["seq"].flatMap({ Int64($0) }), (1...(1 << 40)).contains(seq)
    else { throw .unclear("An event needs its client and its number.") }
    return (client, seq)
  }

  private static func session(_ form: Form) throws(PageProblem) -> UUIDv7? {
    guard let text = form["session"] else { return nil }
    guard let id = UUIDv7(text: text) else { throw .unclear("That is no session.") }
    return id
  }

  private static func event(
    _ form: Form, at millis: Int64
  ) throws(PageProblem) -> PackingEvent {
    switch form["kind"] {
    case "scan":
      return .scan(
        ScannedText(form.raw("text") ?? "", physical: form.raw("keys"), capturedAt: millis))
    case "acknowledge": return .acknowledge
    case "swap": return .swap
    case "undo": return .undo
    case "print": return .print(anyway: false)
    case "print_anyway": return .print(anyway: true)
    case "seal": return .seal
    case "take_over": return .takeOver
    case "leave": return .leave
    case "short_pick":
      guard let reason = form["reason"].flatMap(ShortPick.Reason.init) else {
        throw .unclear("Say why: choose a reason.")
      }
      let note = String(
        decoding: (form["note"] ?? "").utf8.prefix(ShortPick.noteBytesMax), as: UTF8.self)
      return .shortPick(ShortPick(reason: reason, itemKey: form["item"], note: note))
    default: throw .unclear("There is no such event.")
    }
  }

  /// The client's clock may be wrong; what cannot be is left out.
  private static func captured(_ millis: Int64, now: Timestamp) -> Timestamp? {
    guard millis > 0, millis < 1 << 50 else { return nil }
    let at = Timestamp(microseconds: millis * 1_000)
    return at > now - agesMax && at < now + .hours(1) ? at : nil
  }
}
