import Kit
import Ledger
import Packing
import PackingBench
import Testing

/// A packer with a scanner: numbers the events as a browser does.
final class Scanner {
  let house: Warehouse
  let name: String
  let client = UUIDv7.make()
  var seq: Int64 = 0
  var session: UUIDv7?
  private(set) var last: Answer?

  struct Answer: Sendable {
    var json: JSONValue
    var bytes: [UInt8]
    var isReplay: Bool
    var code: String { json["code"]?.string ?? "" }
    var tone: String { json["tone"]?.string ?? "" }
    var message: String { json["message"]?.string ?? "" }
    var session: UUIDv7? { json["session"]?.string.flatMap { UUIDv7(text: $0) } }
  }

  init(_ house: Warehouse, _ name: String = "kim") {
    self.house = house
    self.name = name
  }

  func request(_ event: PackingEvent) -> PackingRequest {
    seq += 1
    return PackingRequest(
      client: client, seq: seq, session: session, event: event, capturedAt: .now(), actor: name)
  }

  static func send(_ request: PackingRequest, to house: Warehouse) async throws -> Answer {
    guard case .answered(let bytes, let isReplay, _) = try await house.service.take(request) else {
      throw Refused()
    }
    return Answer(json: try JSONValue.parse(bytes), bytes: bytes, isReplay: isReplay)
  }

  struct Refused: Error {}

  @discardableResult
  func act(_ event: PackingEvent) async throws -> String {
    let answer = try await Self.send(request(event), to: house)
    last = answer
    if session == nil, answer.json["state"]?.string == "open" { session = answer.session }
    return answer.code
  }

  /// Scans of a person are seconds apart.
  @discardableResult
  func scan(_ text: String) async throws -> String {
    try await act(.scan(ScannedText(text, capturedAt: (seq + 1) * 10_000)))
  }

  /// Opens an order and scans everything that its laptop needs.
  func packAll(_ order: String, serial: String) async throws {
    for text in [order, "RAM-8", "RAM-8", "SSD-1", serial] { try await scan(text) }
    #expect(last?.code == "complete")
  }

  /// As `packAll`, with the label printed.
  func packAndPrint(_ order: String, serial: String) async throws {
    try await packAll(order, serial: serial)
    #expect(try await act(.print(anyway: false)) == "printed")
  }
}
