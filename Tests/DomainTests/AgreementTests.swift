import Effects
import Orders
import Testing

/// The same lists stand in Swift, in the database and in the documents.
@Suite("Code, schema and documents agree")
struct AgreementTests {
  private func schema(_ file: String = "0001_foundation") throws -> String {
    try #require(Repository.text(of: "Sources/App/Ledger/Migrations/\(file).sql"))
  }

  /// The words in quotes of `column text ... check (column in (...))` in one table.
  private func words(_ column: String, of table: String) throws -> [String] {
    let sql = try schema()
    let begin = try #require(sql.firstRange(of: "create table \(table) (")).upperBound
    let rest = sql[begin...]
    let body = rest[..<(try #require(rest.firstRange(of: "\n);")).lowerBound)]
    let check = try #require(body.firstRange(of: "check (\(column) in (")).upperBound
    let list = body[check...]
    return quoted(list[..<(try #require(list.firstIndex(of: ")")))])
  }

  private func quoted(_ text: some StringProtocol) -> [String] {
    text.split(separator: "'", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  /// The kinds of effect that the newest migration allows; some are no deeds of the cycle.
  private func kinds() throws -> Set<String> {
    let sql = try #require(Repository.text(of: "Sources/App/Ledger/Migrations/0012_rooms.sql"))
    let begin = try #require(sql.firstRange(of: "check (kind in (\n  'accept_order'")).lowerBound
    let list = sql[begin...]
    return Set(quoted(list[..<(try #require(list.firstIndex(of: ";")))]))
  }

  @Test("the moves of an order")
  func moves() throws {
    let sql = try schema()
    let begin = try #require(sql.firstRange(of: "insert into order_status_moves")).upperBound
    let rest = sql[begin...]
    let rows = quoted(rest[..<(try #require(rest.firstIndex(of: ";")))])
    try #require(rows.count.isMultiple(of: 3))
    let theirs = stride(from: 0, to: rows.count, by: 3).map {
      rows[$0..<($0 + 3)].joined(separator: " ")
    }
    let ours = OrderStatus.allCases.flatMap { from in
      from.nexts.map { "marketplace \(from.rawValue) \($0.rawValue)" }
    }
    #expect(theirs.sorted() == ours.sorted())
  }

  @Test("the words that the database allows")
  func checks() throws {
    #expect(
      try words("status", of: "orders").sorted() == OrderStatus.allCases.map(\.rawValue).sorted())
    #expect(
      try words("status", of: "shipments").sorted()
        == ShipmentStatus.allCases.map(\.rawValue).sorted())
    #expect(try kinds().isSuperset(of: Deed.allCases.map(\.rawValue)))
    #expect(
      try words("state", of: "effects").sorted() == EffectState.allCases.map(\.rawValue).sorted())
  }

  @Test("the indexes of what is open are of what is not final")
  func indexes() throws {
    let sql = try schema()
    let final = OrderStatus.allCases.filter(\.isFinal).map { "'\($0.rawValue)'" }.joined(
      separator: ", ")
    #expect(sql.contains("generated always as (status not in (\(final))) stored"))
    let active = EffectState.allCases.filter(\.isActive).map { "'\($0.rawValue)'" }.joined(
      separator: ", ")
    #expect(sql.contains("lease is null and state in (\(active))) stored"))
  }

  @Test("docs/states.md has a heading for each state and for nothing else")
  func headings() throws {
    guard let text = Repository.text(of: "docs/states.md") else { return }
    let names = text.split(separator: "\n").filter { $0.hasPrefix("#") && $0.contains("`") }
      .flatMap { line in
        line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
          .filter { $0.offset % 2 == 1 }.map { String($0.element) }
      }
    let ours =
      OrderStatus.allCases.map(\.rawValue) + ShipmentStatus.allCases.map(\.rawValue)
      + EffectState.allCases.map(\.rawValue)
    #expect(Set(names) == Set(ours))
  }
}
